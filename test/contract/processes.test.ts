// Promise 1 across processes: three workerds, two that answer visitors and one that holds the users' objects, as on the platform.
// ARCHITECTURE §5. It runs the worker as it is, bundled from its sources, and in real time.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../demo/app/application.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel } from '../../stand-in/zitadel.ts';
import { locationOf, TestBrowser } from '../support/browser.ts';
import { SECRET } from '../support/harness.ts';
import { bundleWorker } from './bundle.ts';

const ORIGIN = 'http://localhost:18787';
const zitadel = createZitadel();
const closing: (() => Promise<unknown>)[] = [];
let processes: Miniflare[] = [];

beforeAll(async () => {
  const provider = await zitadel.listen();
  const application = await createApplication().listen();
  const registry = await mkdtemp(join(tmpdir(), 'registry-'));
  zitadel.webApplication.redirectUris = [`${ORIGIN}/auth/callback`];
  const script = await bundleWorker(new URL('../../src/index.ts', import.meta.url));
  const start = async (name: string) => {
    const isStore = name === 'store';
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        name,
        modules: true,
        script,
        compatibilityDate: '2026-07-30',
        unsafeDevRegistryPath: registry,
        handleStructuredLogs: () => undefined,
        bindings: {
          UPSTREAM_URL: application.origin,
          ZITADEL_DOMAIN: provider.origin,
          ZITADEL_CLIENT_ID: SEED.webClientId,
          ZITADEL_CALLBACK_URL: `${ORIGIN}/auth/callback`,
          SESSION_SECRET: SECRET,
          CLAIMS_MAX_AGE: 1,
          REVOCATION_MAX_AGE: 1,
        },
        kvNamespaces: ['SESSIONS'],
        durableObjects: {
          USER_SESSIONS: isStore
            ? { className: 'UserSessions', useSQLite: true }
            : { className: 'UserSessions', scriptName: 'store', useSQLite: true },
        },
      }),
    );
    await miniflare.ready;
    closing.push(() => miniflare.dispose());
    return miniflare;
  };
  await start('store');
  processes = [await start('one'), await start('two')];
  closing.push(
    async () => zitadel.close(),
    () => provider.close(),
    () => application.close(),
    () => rm(registry, { recursive: true, force: true }),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

const sendTo = (index: number) => async (request: Request) => {
  const { url, method, headers } = request;
  const init = { method, headers: [...headers] as [string, string][], redirect: 'manual' as const };
  return (await processes[index % processes.length]?.dispatchFetch(url, init)) as unknown as Response;
};

describe('promise 1, in several workerd processes', () => {
  it('one hundred parallel requests at expiry make exactly one refresh, and all succeed', async () => {
    // Only the first access token is short-lived.
    zitadel.tamper.tokenResponse = (json) => {
      zitadel.tamper.tokenResponse = undefined;
      return { ...json, expires_in: 2 };
    };
    const browser = new TestBrowser(sendTo(0), ORIGIN);
    const authorizeUrl = locationOf(await browser.navigate('/auth/login?return_to=/guestbook'));
    const callback = await zitadel.signIn({ authorizeUrl, user: 'admin' });
    expect((await browser.navigate(callback)).status).toBe(302);
    await wait(2500);
    zitadel.faults.set('token', { delay: 300 });
    const cookie = await browser.jar.getCookieString(ORIGIN);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const headers = {
          cookie,
          'sec-fetch-mode': 'cors',
          'sec-fetch-dest': 'empty',
          'sec-fetch-site': 'same-origin',
        };
        const answer = await sendTo(index)(new Request(`${ORIGIN}/guestbook`, { headers }));
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    const refreshes = zitadel.calls.list.filter(({ grant_type }) => grant_type === 'refresh_token');
    expect(refreshes.map(({ status }) => status)).toEqual([200]);
  });

  it('signed out in one process is signed out in the other', async () => {
    const browser = new TestBrowser(sendTo(0), ORIGIN);
    const callback = await zitadel.signIn({
      authorizeUrl: locationOf(await browser.navigate('/auth/login?return_to=/guestbook')),
      user: 'user',
    });
    await browser.navigate(callback);
    const cookie = await browser.jar.getCookieString(ORIGIN);
    const visit = async () => {
      const answer = await sendTo(1)(
        new Request(`${ORIGIN}/guestbook`, { headers: { cookie, 'sec-fetch-mode': 'cors' } }),
      );
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await visit()).toBe(200);
    await (await browser.navigate('/auth/logout')).arrayBuffer();
    await wait(2100);
    expect(await visit()).toBe(401);
  });
});
