// The whole worker. What it does is said in wrangler.toml and postern.toml.
export { default, UserSessions } from 'postern/worker';
