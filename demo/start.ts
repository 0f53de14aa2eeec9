// `npm run demo`: the stand-in for ZITADEL, an old application without login, and the gateway in front of it; Ctrl-C stops all three.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { SEED } from './zitadel/seed.ts';

const PORTS = { zitadel: 8080, application: 8081, gateway: 8787 };
const GATEWAY = `http://localhost:${PORTS.gateway}`;
/** Seconds that each part may take to answer. */
const PATIENCE = 60;

const children: ChildProcess[] = [];
let isStopping = false;

function stop(code: number): void {
  if (isStopping) return;
  isStopping = true;
  for (const child of children) child.kill('SIGTERM');
  // wrangler stops its own runtime; whoever does not stop in time is made to.
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(code);
  }, 5_000).unref();
  Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve)))).then(
    () => process.exit(code),
  );
}

async function isFree(port: number): Promise<boolean> {
  const tryHost = (host: string) =>
    new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
      server.listen(port, host, () => server.close(() => resolve(true)));
    });
  return (await tryHost('127.0.0.1')) && (await tryHost('::1'));
}

function start(name: string, command: string, args: string[], env: Record<string, string> = {}): void {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
    if (process.env['DEMO_VERBOSE']) process.stdout.write(chunk);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('exit', (code) => {
    if (isStopping) return;
    console.error(`\n${name} has ended (code ${code}). Its last words:\n${output}`);
    stop(1);
  });
}

async function waitFor(name: string, url: string): Promise<void> {
  for (let second = 0; second < PATIENCE && !isStopping; second += 0.25) {
    try {
      await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
      return;
    } catch {
      // Not there yet.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  if (isStopping) return;
  console.error(
    `${name} does not answer at ${url} after ${PATIENCE} seconds. DEMO_VERBOSE=1 npm run demo shows what it says.`,
  );
  stop(1);
}

const taken: string[] = [];
for (const [name, port] of Object.entries(PORTS)) if (!(await isFree(port))) taken.push(`${port} (for the ${name})`);
if (taken.length > 0) {
  console.error(`Taken: port ${taken.join(', port ')}. End what listens there, then try again.`);
  process.exit(1);
}

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
console.log('Starting; the first time takes some seconds …');

mkdirSync('.wrangler', { recursive: true });
const secrets = '.wrangler/demo.vars';
writeFileSync(secrets, `SESSION_SECRET=${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
start('The stand-in for ZITADEL', process.execPath, ['demo/zitadel/main.ts', String(PORTS.zitadel)], {
  ZITADEL_ISSUER: `http://localhost:${PORTS.zitadel}`,
  GATEWAY_ORIGIN: GATEWAY,
});
start('The application', process.execPath, ['demo/app/main.ts', String(PORTS.application)]);
// Said once more, so that the demo runs also when wrangler.toml has been changed for one's own ZITADEL.
const variables = {
  UPSTREAM_URL: `http://localhost:${PORTS.application}`,
  ZITADEL_DOMAIN: `http://localhost:${PORTS.zitadel}`,
  ZITADEL_CALLBACK_URL: `${GATEWAY}/auth/callback`,
  ZITADEL_CLIENT_ID: SEED.webClientId,
  ZITADEL_PROJECT_ID: SEED.projectId,
  // Empty is unset: the stand-in's organisations are not one's own.
  ZITADEL_ORG_ID: '',
};
start(
  'The gateway',
  'wrangler',
  [
    ...['dev', '--port', String(PORTS.gateway), '--ip', '127.0.0.1', '--env-file', secrets, '--inspector-port', '0'],
    ...['--show-interactive-dev-session=false', '--persist-to', '.wrangler/demo'],
    ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ],
  { WRANGLER_SEND_METRICS: 'false' },
);

await waitFor('The stand-in for ZITADEL', `http://localhost:${PORTS.zitadel}/.well-known/openid-configuration`);
await waitFor('The application', `http://localhost:${PORTS.application}/`);
await waitFor('The gateway', `${GATEWAY}/auth/health`);
if (!isStopping) {
  console.log(`
  Open  ${GATEWAY}

  An old guest book without login, behind the gateway. The sign-in page is a stand-in for ZITADEL; choose who you are:

    Ada Moreau              admin, user      sees everything
    Zoë Kõiv-Straße 王      staff, user      sees the staff page
    Uma Lind                user             sees the guest book
    Noel Varga              no role          sees the guest book

  Ctrl-C stops everything.
`);
}
