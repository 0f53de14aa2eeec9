// Bindings in the worker's environment, told apart from variables: instances of classes, not JSON data.
// Workers: Bindings (env); KV `SESSIONS`, Durable Object `USER_SESSIONS`, service bindings.

import { isPlain } from './issues.ts';

export type Environment = Readonly<Record<string, unknown>>;

/** An empty text, as shells and dashboards leave it behind, is no value. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== '';

/** Version metadata is the one binding that is a plain table. */
const PLAIN_BINDINGS = ['CF_VERSION_METADATA'];

/** Each binding the gateway knows, with a method that tells it from others, and how wrangler.toml declares it. */
export const BINDINGS = {
  SESSIONS: {
    method: 'put',
    required: true,
    wanted: 'a KV namespace (refresh tokens)',
    example: '[[kv_namespaces]] binding = "SESSIONS", id = "…"',
  },
  USER_SESSIONS: {
    method: 'idFromName',
    required: true,
    wanted: 'a Durable Object namespace of the class UserSessions',
    example: '[[durable_objects.bindings]] name = "USER_SESSIONS", class_name = "UserSessions"',
  },
  CONFIGURATION: {
    method: 'put',
    required: false,
    wanted: 'a KV namespace (the list of sites)',
    example: '[[kv_namespaces]] binding = "CONFIGURATION", id = "…"',
  },
  LOGIN_RATE_LIMIT: {
    method: 'limit',
    required: false,
    wanted: 'a rate limit',
    example: '[[ratelimits]] name = "LOGIN_RATE_LIMIT", namespace_id = "1001", simple = { limit = 100, period = 60 }',
  },
} as const;

export type BindingName = keyof typeof BINDINGS;

export const isBinding = (name: string, value: unknown): boolean => PLAIN_BINDINGS.includes(name) || !isPlain(value);

export function hasMethod(env: Environment, name: string, method: string): boolean {
  const value = env[name];
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Environment)[method] === 'function';
}

/** The service bindings that an upstream `service:NAME` can be. */
export const isService = (env: Environment, name: string): boolean => hasMethod(env, name, 'fetch');
