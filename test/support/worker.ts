// The built worker in Miniflare, with the stand-in for ZITADEL and the old application as servers beside it, all on loopback.

import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { MOST_BYTES, measureVariables } from '../../cli/installation/limits.ts';
import { workerModules } from '../../cli/support/worker-modules.ts';
import { createApplication } from '../../demo/app/application.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel, type Zitadel, type ZitadelOptions } from '../../stand-in/zitadel.ts';
import { TestBrowser } from './browser.ts';
import { sendHttp } from './http.ts';

const SCRIPT = 'dist/index.js';

export interface RunningWorker {
  /** Where visitors go: `http://localhost:{port}`. */
  readonly origin: string;
  readonly zitadel: Zitadel;
  readonly miniflare: Miniflare;
  /** What the worker has logged. */
  readonly logs: readonly string[];
  browser(): TestBrowser;
  /** New isolates, which read this list. */
  restartWithSites(text: string): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** Changes to the variables; `undefined` leaves one out. */
  readonly env?: Record<string, unknown>;
  readonly zitadel?: ZitadelOptions;
  /** Origin of another upstream than the old application. */
  readonly upstream?: string;
  /** Origin of another OpenID provider than the stand-in. */
  readonly issuer?: string;
  readonly port?: number;
  /** Path of another build than that of `npm run build`. */
  readonly script?: string;
  /** The list of sites in the namespace CONFIGURATION. */
  readonly sites?: (port: number) => readonly object[];
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

export async function startWorker(options: WorkerOptions = {}): Promise<RunningWorker> {
  const { script = SCRIPT } = options;
  if (!existsSync(script)) throw new Error(`${script} is missing: npm run build`);
  const port = options.port ?? (await freePort());
  const origin = `http://localhost:${port}`;
  const zitadel = createZitadel({ backChannelRetryDelays: [0, 0], ...options.zitadel });
  const provider = await zitadel.listen();
  zitadel.webApplication.redirectUris = [`${origin}/auth/callback`];
  zitadel.webApplication.postLogoutRedirectUris = [`${origin}/auth/logout/callback`];
  zitadel.webApplication.backChannelLogoutUri = `${origin}/auth/backchannel-logout`;
  const application = options.upstream === undefined ? await createApplication().listen() : undefined;
  const variables = {
    UPSTREAM_URL: options.upstream ?? application?.origin,
    ZITADEL_DOMAIN: options.issuer ?? provider.origin,
    ZITADEL_CLIENT_ID: SEED.webClientId,
    ZITADEL_PROJECT_ID: SEED.projectId,
    ZITADEL_CALLBACK_URL: `${origin}/auth/callback`,
    SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
    ...options.env,
  };
  const bindings = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
  // Neither Miniflare nor workerd refuses what Cloudflare would.
  const [longest] = measureVariables(bindings, {});
  if (longest && longest.bytes > MOST_BYTES)
    throw new Error(`${longest.name} could not be deployed: ${longest.bytes} bytes`);
  const logs: string[] = [];
  const settings = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port,
    // The worker's events; a test that wants them reads them here.
    handleStructuredLogs: (log) => void logs.push(log.message),
    ...workerModules(script),
    compatibilityDate: '2026-07-30',
    bindings: bindings as Record<string, string>,
    kvNamespaces: ['SESSIONS', ...(options.sites ? ['CONFIGURATION'] : [])],
    durableObjects: { USER_SESSIONS: { className: 'UserSessions', useSQLite: true } },
  });
  const miniflare = new Miniflare(settings);
  await miniflare.ready;
  const putSites = async (text: string) => (await miniflare.getKVNamespace('CONFIGURATION')).put('sites', text);
  if (options.sites) await putSites(JSON.stringify(options.sites(port)));
  return {
    origin,
    zitadel,
    miniflare,
    logs,
    async restartWithSites(text) {
      await putSites(text);
      await miniflare.setOptions(settings);
    },
    browser: () => new TestBrowser(sendHttp, origin),
    async stop() {
      await miniflare.dispose();
      zitadel.close();
      await provider.close();
      await application?.close();
    },
  };
}
