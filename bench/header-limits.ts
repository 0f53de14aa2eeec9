// What servers take in header fields as they come: the largest line of one field, and of all fields together. docs/headers.md.
// `node bench/header-limits.ts [DIRECTORY…]`: the directories are looked for servers first, as `bin/` of a Python environment is.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATH = [...process.argv.slice(2), process.env['PATH'], '/usr/sbin'].join(':');
const folder = mkdtempSync(join(tmpdir(), 'header-limits-'));
const MOST = 300_000;
/** Below what counts as one field that is too large. */
const SMALL = 3_000;

chmodSync(folder, 0o755);
writeFileSync(join(folder, 'index.php'), 'ok');
writeFileSync(
  join(folder, 'app.py'),
  `def wsgi(environ, start):
    start("200 OK", [])
    return [b"ok"]
async def asgi(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
`,
);
const nginx = (port: number) =>
  `daemon off; pid ${folder}/nginx.pid; error_log /dev/null; events {} http { access_log off; server { listen ${port}; location / { return 200 ok; } } }`;
const apache = (port: number) => `ServerName localhost
Listen ${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache.log
DocumentRoot ${folder}
DefaultRuntimeDir ${folder}
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
DirectoryIndex index.php
`;

interface Kind {
  readonly version: readonly string[];
  readonly run: (port: number) => readonly string[];
}

const SERVERS: Readonly<Record<string, Kind>> = {
  nginx: { version: ['nginx', '-v'], run: (port) => ['nginx', '-c', written('nginx.conf', nginx(port))] },
  Apache: {
    version: ['apache2', '-v'],
    run: (port) => ['apache2', '-X', '-f', written('apache.conf', apache(port))],
  },
  gunicorn: { version: ['gunicorn', '--version'], run: (port) => ['gunicorn', '-b', `127.0.0.1:${port}`, 'app:wsgi'] },
  'uvicorn (h11)': {
    version: ['uvicorn', '--version'],
    run: (port) => ['uvicorn', '--http', 'h11', '--port', String(port), 'app:asgi'],
  },
  uWSGI: {
    version: ['uwsgi', '--version'],
    run: (port) => ['uwsgi', '--http-socket', `127.0.0.1:${port}`, '--module', 'app:wsgi'],
  },
  'PHP’s own': { version: ['php', '-v'], run: (port) => ['php', '-S', `127.0.0.1:${port}`, '-t', folder] },
};

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function freePort(): Promise<number> {
  const listener = createListener().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

/** Whether a request with these lines is answered 200. */
function isTaken(port: number, lines: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (answer.includes('\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(/^HTTP\/1\.\d 200 /.test(answer)));
    socket.write(
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
    );
  });
}

/** A field's line of so many bytes, its end included. */
const line = (name: string, bytes: number) => `${name}: ${'r'.repeat(bytes - name.length - 4)}`;
const several = (bytes: number) =>
  Array.from({ length: Math.floor(bytes / SMALL) }, (_, index) => line(`X-Roles-${index}`, SMALL));

async function largest(fits: (bytes: number) => Promise<boolean>): Promise<number> {
  let [good, bad] = [100, MOST];
  if (await fits(MOST)) return MOST;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

async function measure(name: string, version: string, port: number): Promise<void> {
  const one = await largest((bytes) => isTaken(port, [line('X-Forwarded-Roles', bytes)]));
  const all = await largest((bytes) => isTaken(port, several(bytes)));
  console.log(
    `${name.padEnd(15)} ${String(one).padStart(7)} one field ${String(all).padStart(7)} all fields, about   ${version}`,
  );
}

async function isReady(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isTaken(port, [])) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

const node = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
await once(node, 'listening');
await measure('Node', process.version, (node.address() as AddressInfo).port);
node.close();

for (const [name, { version, run }] of Object.entries(SERVERS)) {
  const env = { ...process.env, PATH };
  const [command = '', ...args] = version;
  const said = spawnSync(command, args, { env, encoding: 'utf8' });
  if (said.error) {
    console.log(`${name.padEnd(15)} is not here`);
    continue;
  }
  const port = await freePort();
  const [program = '', ...rest] = run(port);
  const server: ChildProcess = spawn(program, rest, { env, cwd: folder, stdio: 'ignore' });
  if (await isReady(port)) await measure(name, `${said.stdout}${said.stderr}`.split('\n')[0] ?? '', port);
  else console.log(`${name.padEnd(15)} did not start`);
  server.kill('SIGINT');
}
rmSync(folder, { recursive: true, force: true });
