// The gateway: bundled by the operator's own Wrangler, run in its Miniflare on loopback, with what the folder's files say.

import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadInstallation } from '../../installation/installation.ts';
import { CommandError } from '../../support/failure.ts';
import { OWN_ROOT } from '../../support/own-package.ts';
import type { System } from '../../support/system.ts';
import { workerModules } from '../../support/worker-modules.ts';

type MiniflareModule = typeof import('miniflare');
type MiniflareRequest = import('miniflare').Request;

export interface Gateway {
  readonly origin: string;
  /** What the worker has logged since it was started. */
  readonly logs: readonly string[];
  /**
   * With what the files say now, changed by these; all sessions here are over.
   * `tokenLife`: seconds that the gateway is told its tokens live, whatever ZITADEL says.
   */
  restart(changes?: Readonly<Record<string, string>>, tokenLife?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Path of the one module. */
export async function bundleWorker(system: System, folder: string): Promise<string> {
  const outdir = join(folder, 'bundle');
  const args = ['deploy', '--dry-run', '--outdir', outdir, '--config', join(folder, 'wrangler.toml')];
  const { code, stdout, stderr } = await system.runWrangler(args);
  const script = code === 0 ? (await readdir(outdir)).find((name) => name.endsWith('.js')) : undefined;
  if (script === undefined)
    throw new CommandError('Wrangler does not build the worker', {
      hints: (stderr || stdout).trim().split('\n').slice(-8),
    });
  return join(outdir, script);
}

export async function startGateway(config: string, script: string, port: number): Promise<Gateway> {
  const { convertV4MiniflareOptions, fetch, Miniflare, Response } = await loadMiniflare();
  const logs: string[] = [];
  let running: InstanceType<MiniflareModule['Miniflare']> | undefined;

  /** Every call of the worker's, the application's included. */
  const shorten = (tokenLife: number) => async (request: MiniflareRequest) => {
    const answer = await fetch(request.url, { ...pick(request), redirect: 'manual' });
    const headers = new Headers([...answer.headers]);
    // It has been unpacked
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
    const text = await answer.text();
    const body = text.replace(/"expires_in":\d+/, `"expires_in":${tokenLife}`);
    return new Response(body === '' ? null : body, { status: answer.status, headers: [...headers] });
  };

  async function start(changes: Readonly<Record<string, string>>, tokenLife?: number): Promise<void> {
    const { wrangler, secrets } = await loadInstallation({ config });
    logs.length = 0;
    running = new Miniflare(
      convertV4MiniflareOptions({
        host: '127.0.0.1',
        port,
        handleStructuredLogs: ({ message }: { message: string }) => void logs.push(message),
        ...workerModules(script),
        compatibilityDate: '2026-07-30',
        bindings: { ...wrangler.vars, ...secrets, ...changes } as Record<string, string>,
        ...(tokenLife !== undefined && { outboundService: shorten(tokenLife) }),
        kvNamespaces: ['SESSIONS'],
        durableObjects: { USER_SESSIONS: { className: 'UserSessions', useSQLite: true } },
      }),
    );
    await running.ready;
  }

  const stop = async () => {
    await running?.dispose();
    running = undefined;
  };
  return {
    origin: `http://localhost:${port}`,
    logs,
    restart: async (changes = {}, tokenLife) => {
      await stop();
      await start(changes, tokenLife);
    },
    stop,
  };
}

const pick = ({ method, headers, body }: MiniflareRequest) => ({
  method,
  headers,
  ...(body && { body, duplex: 'half' as const }),
});

/** Wrangler brings it; where it lies is Wrangler's business. */
async function loadMiniflare(): Promise<MiniflareModule> {
  for (const place of [join(process.cwd(), 'package.json'), join(OWN_ROOT, 'package.json')]) {
    try {
      const wrangler = createRequire(place).resolve('wrangler/package.json');
      const path = createRequire(wrangler).resolve('miniflare');
      const loaded = await import(pathToFileURL(path).href);
      return loaded.default ?? loaded;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND')) throw cause;
    }
  }
  throw new CommandError('there is no Wrangler here', { hints: ['npm install --save-dev wrangler'] });
}
