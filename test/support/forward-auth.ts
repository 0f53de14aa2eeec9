// Real proxies with the configurations of examples/forward-auth, their addresses and their secret changed.
// Debian has HAProxy and Apache; Caddy, Traefik and Envoy come from PyPI, into a folder outside the tree (.ci/run).

import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendHttp } from './http.ts';
import { type RunningProcess, startProcess } from './processes.ts';

const EXAMPLE = 'examples/forward-auth';
const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const FROM_PYPI = join(CACHE, 'postern-proxies');
const SECRET_IN_FILES = 'the value of UPSTREAM_SECRET';
const SITE = 'app.example.com';

export interface Ports {
  /** The public one, the proxy's. */
  readonly port: number;
  readonly gatewayPort: number;
  readonly applicationPort: number;
  readonly gatewaySecret: string;
}

interface Started {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Proxy {
  readonly name: string;
  readonly command: string;
  /** Of examples/forward-auth. */
  readonly files: readonly string[];
  /** `folder`: where the changed files are. */
  start(folder: string, ports: Ports): Started;
}

const environment = ({ gatewaySecret, gatewayPort }: Ports) => ({
  GATEWAY_SECRET: gatewaySecret,
  GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
});

export const PROXIES: readonly Proxy[] = [
  {
    name: 'Caddy',
    command: join(FROM_PYPI, 'bin/caddy'),
    files: ['Caddyfile'],
    start(folder, ports) {
      return {
        args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
        env: { ...environment(ports), HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      };
    },
  },
  {
    name: 'Traefik',
    command: join(FROM_PYPI, 'bin/traefik'),
    files: ['traefik.yml'],
    start: (folder, { port }) => ({
      args: [
        `--entryPoints.site.address=127.0.0.1:${port}`,
        `--providers.file.filename=${folder}/traefik.yml`,
        '--global.checkNewVersion=false',
      ],
    }),
  },
  {
    name: 'Envoy',
    command: join(FROM_PYPI, 'envoy/_bin/envoy'),
    files: ['envoy.yaml'],
    start: (folder) => ({
      args: ['-c', join(folder, 'envoy.yaml'), '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'],
    }),
  },
  {
    name: 'HAProxy',
    command: '/usr/sbin/haproxy',
    files: ['haproxy.cfg', 'haproxy.lua'],
    start: (folder, ports) => ({ args: ['-db', '-f', join(folder, 'haproxy.cfg')], env: environment(ports) }),
  },
  {
    name: 'Apache',
    command: '/usr/sbin/apache2',
    files: ['apache.conf', 'apache.lua'],
    start(folder, ports) {
      const modules = ['mpm_event', 'authz_core', 'env', 'headers', 'lua', 'proxy', 'proxy_http'];
      const lines = [
        `ServerRoot ${folder}`,
        ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        `PidFile ${folder}/pid`,
        `DefaultRuntimeDir ${folder}`,
        `ErrorLog ${folder}/error.log`,
        'ServerName localhost',
        `Listen 127.0.0.1:${ports.port}`,
        'User daemon',
        'Group daemon',
        `Include ${folder}/apache.conf`,
      ];
      writeFileSync(join(folder, 'httpd.conf'), `${lines.join('\n')}\n`);
      return { args: ['-D', 'FOREGROUND', '-f', join(folder, 'httpd.conf')], env: environment(ports) };
    },
  },
];

/** Apache's Lua has no HTTP of its own. */
const LUA_SOCKET = '/usr/share/lua/5.3/socket/http.lua';

export function hasProxy({ name, command }: Proxy): boolean {
  return existsSync(command) && (name !== 'Apache' || existsSync(LUA_SOCKET));
}

/** `spoil` changes the files further. */
export async function startProxy(proxy: Proxy, ports: Ports, spoil = (text: string) => text): Promise<RunningProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-proxy-'));
  // Apache's workers are another user.
  chmodSync(folder, 0o755);
  cpSync(EXAMPLE, folder, { recursive: true });
  for (const file of proxy.files) {
    const path = join(folder, file);
    writeFileSync(path, spoil(changed(readFileSync(path, 'utf8'), folder, ports)));
  }
  const { args, env = {} } = proxy.start(folder, ports);
  const running = await startProcess({ command: proxy.command, args, env, port: ports.port });
  await untilItKnowsTheSite(ports.port);
  return {
    output: running.output,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Traefik listens before it has read its file. */
async function untilItKnowsTheSite(port: number): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const { status } = await sendHttp(new Request(`http://localhost:${port}/`));
    if (status !== 404) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the proxy does not know its site');
}

/** Everything that the file's head says is to be changed, and the session's cookie, which has another name without TLS. */
function changed(text: string, folder: string, { port, gatewayPort, applicationPort, gatewaySecret }: Ports): string {
  return text
    .replaceAll('127.0.0.1:8787', `127.0.0.1:${gatewayPort}`)
    .replaceAll('port_value: 8787', `port_value: ${gatewayPort}`)
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${applicationPort}`)
    .replaceAll('port_value: 8081', `port_value: ${applicationPort}`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replaceAll('port_value: 8080', `port_value: ${port}`)
    .replace(`\n${SITE} {`, `\nhttp://localhost:${port} {`)
    .replaceAll(SITE, 'localhost')
    .replaceAll(SECRET_IN_FILES, gatewaySecret)
    .replaceAll('__Host-postern', 'postern')
    .replaceAll('/etc/haproxy/gateway.lua', `${folder}/haproxy.lua`)
    .replaceAll('/etc/apache2/gateway.lua', `${folder}/apache.lua`);
}
