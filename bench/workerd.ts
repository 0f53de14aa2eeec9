// One workerd of its own per worker that is measured: visitors' socket straight into it, nothing of a development server in between.
// workerd's configuration is Cap'n Proto text (workerd.capnp); its CPU time is what the kernel counts for its threads (schedstat).

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/worker.ts';

const BINARY = fileURLToPath(new URL('../node_modules/workerd/bin/workerd', import.meta.url));
/** Milliseconds. */
const PATIENCE = 15_000;

export interface WorkerdOptions {
  /** Path of a bundled module. */
  readonly script: string;
  /** Texts as they are, all else as JSON. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** With Postern's KV namespace, at this port of loopback, and its Durable Object. */
  readonly kvPort?: number;
  readonly port?: number;
  /** Port of loopback for workerd's inspector. */
  readonly inspectorPort?: number;
  /** Hears what the worker logs, in pieces as they come; without it that is written and thrown away. */
  readonly onLog?: (text: string) => void;
}

export interface RunningWorkerd {
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** Milliseconds from the start of the process until it took connections: the worker has been compiled and evaluated by then. */
  readonly startedIn: number;
  /** Seconds of CPU so far. */
  cpu(): number;
  /** Bytes of memory that the process holds. */
  memory(): number;
  stop(): Promise<void>;
}

export async function startWorkerd(options: WorkerdOptions): Promise<RunningWorkerd> {
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  await copyFile(options.script, join(folder, 'worker.js'));
  await writeFile(join(folder, 'config.capnp'), configuration(options, port, folder));
  const inspector = options.inspectorPort === undefined ? [] : ['-i', `127.0.0.1:${options.inspectorPort}`];
  const started = performance.now();
  const { onLog } = options;
  const child = spawn(BINARY, ['serve', 'config.capnp', ...inspector], {
    cwd: folder,
    stdio: ['ignore', onLog ? 'pipe' : 'ignore', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => onLog?.(String(chunk)));
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (onLog) onLog(String(chunk));
    else complaints += chunk;
  });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  while (!(await accepts(port))) {
    if (child.exitCode === null && performance.now() - started < PATIENCE) continue;
    await stop();
    throw new Error(`workerd did not start\n${complaints}`);
  }
  const startedIn = performance.now() - started;
  const { pid = 0 } = child;
  return {
    origin: `http://localhost:${port}`,
    port,
    pid,
    startedIn,
    cpu: () => cpuOf(pid),
    memory: () => memoryOf(pid),
    stop,
  };
}

function configuration({ script: _, bindings = {}, kvPort }: WorkerdOptions, port: number, folder: string): string {
  const texts = Object.entries(bindings).map(([name, value]) =>
    typeof value === 'string'
      ? `(name = ${quote(name)}, text = ${quote(value)})`
      : `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`,
  );
  const stores = [
    '(name = "SESSIONS", kvNamespace = "kv")',
    '(name = "USER_SESSIONS", durableObjectNamespace = "UserSessions")',
  ];
  const objects = `
    durableObjectNamespaces = [(className = "UserSessions", uniqueKey = "bench", enableSql = true)],
    durableObjectStorage = (localDisk = "disk"),`;
  const services = [
    '(name = "main", worker = .worker)',
    '(name = "internet", network = (allow = ["public", "private"]))',
    ...(kvPort === undefined
      ? []
      : [
          `(name = "kv", external = (address = "127.0.0.1:${kvPort}", http = ()))`,
          `(name = "disk", disk = (path = ${quote(folder)}, writable = true))`,
        ]),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(',\n    ')}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-07-30",
  bindings = [${[...texts, ...(kvPort === undefined ? [] : stores)].join(',\n    ')}],${kvPort === undefined ? '' : objects}
);
`;
}

const quote = (text: string): string => JSON.stringify(text);

/** Of each thread in nanoseconds: `/proc/{pid}/stat` counts in hundredths of a second, which is a whole turn's error. */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + nanosecondsOf(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e9;
}

function nanosecondsOf(schedstat: string): number {
  return Number(readFileSync(schedstat, 'utf8').split(' ')[0]);
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 2));
  });
}

export interface KeyValueServer {
  readonly port: number;
  /** Reads, writes and deletions so far. */
  readonly operations: number;
  stop(): void;
}

/** What workerd's KV binding talks to: `GET`, `PUT` and `DELETE /{key}`. */
export async function startKeyValueServer(): Promise<KeyValueServer> {
  const values = new Map<string, Buffer>();
  let operations = 0;
  const server = createServer(async (request, response) => {
    operations++;
    const [key = ''] = (request.url ?? '').split('?');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'PUT') values.set(key, Buffer.concat(chunks));
    if (request.method === 'DELETE') values.delete(key);
    const value = request.method === 'GET' ? values.get(key) : Buffer.alloc(0);
    response.writeHead(value ? 200 : 404).end(value);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get operations() {
      return operations;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
