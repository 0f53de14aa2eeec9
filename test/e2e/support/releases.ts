// Two releases of the worker on the same stores: which of them answers visitors, and which of them the Durable Objects run.
// In a gradual deployment these are two choices: a request goes to either, and an object runs one of them.

import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { workerModules } from '../../../cli/support/worker-modules.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createZitadel, type Zitadel } from '../../../stand-in/zitadel.ts';
import { TestBrowser } from '../../support/browser.ts';
import { sendHttp } from '../../support/http.ts';
import { freePort } from '../../support/worker.ts';
import { type FormApplication, startFormApplication } from './form-application.ts';

const SCRIPTS = {
  old: new URL('../../fixtures/release-0.1.0/worker.js', import.meta.url).pathname,
  new: new URL('../../../dist/index.js', import.meta.url).pathname,
} as const;

export type Release = keyof typeof SCRIPTS;

export interface Deployed {
  readonly worker: Release;
  readonly objects: Release;
}

export interface Deployment {
  readonly origin: string;
  readonly zitadel: Zitadel;
  readonly application: FormApplication;
  /** From here on. Everything stored stays. */
  deploy(deployed: Deployed): Promise<void>;
  browser(): TestBrowser;
  stop(): Promise<void>;
}

export async function startDeployment(env: Readonly<Record<string, unknown>>): Promise<Deployment> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const zitadel = createZitadel();
  const provider = await zitadel.listen();
  zitadel.webApplication.redirectUris = [`${origin}/auth/callback`];
  zitadel.webApplication.postLogoutRedirectUris = [`${origin}/auth/logout/callback`];
  const application = await startFormApplication();
  const bindings = {
    UPSTREAM_URL: application.origin,
    ZITADEL_DOMAIN: provider.origin,
    ZITADEL_CLIENT_ID: SEED.webClientId,
    ZITADEL_PROJECT_ID: SEED.projectId,
    ZITADEL_CALLBACK_URL: `${origin}/auth/callback`,
    SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
    ...env,
  } as Record<string, string>;
  const optionsFor = (deployed: Deployed) => toOptions(deployed, bindings, port);
  const miniflare = new Miniflare(optionsFor({ worker: 'old', objects: 'old' }));
  await miniflare.ready;
  return {
    origin,
    zitadel,
    application,
    deploy: (deployed) => miniflare.setOptions(optionsFor(deployed)),
    browser: () => new TestBrowser(sendHttp, origin),
    async stop() {
      await miniflare.dispose();
      zitadel.close();
      await provider.close();
      await application.close();
    },
  };
}

/** The objects' storage is named after the worker that has their class, so that one stays, whatever it runs. */
function toOptions({ worker, objects }: Deployed, bindings: Record<string, string>, port: number) {
  const common = {
    compatibilityDate: '2026-07-30',
    bindings,
    kvNamespaces: { SESSIONS: 'sessions' },
  };
  const class_ = { className: 'UserSessions', useSQLite: true };
  return convertV4MiniflareOptions({
    host: '127.0.0.1',
    port,
    handleStructuredLogs: () => undefined,
    workers: [
      {
        ...common,
        name: 'gateway',
        ...workerModules(SCRIPTS[worker]),
        durableObjects: { USER_SESSIONS: { ...class_, scriptName: 'objects' } },
      },
      { ...common, name: 'objects', ...workerModules(SCRIPTS[objects]), durableObjects: { USER_SESSIONS: class_ } },
    ],
  });
}
