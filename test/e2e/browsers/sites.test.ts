// Several sites of one gateway in Chromium, Firefox and WebKit: two hosts under one domain, one under another, and one by a wildcard.
// docs/sites.md; docs/security-model.md, sites are strangers; promise 12.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf, until } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type FormApplication, startFormApplication } from '../support/form-application.ts';
import { hasOpenssl, startTlsFront, type TlsFront } from '../support/tls-front.ts';

const NAMES = ['app.example.test', 'wiki.example.test', 'shop.other.test', 'pr-12.apps.example.test'] as const;

describe.skipIf(!hasOpenssl)('several sites', () => {
  let front: TlsFront;
  let application: FormApplication;
  let worker: RunningWorker;
  let origins: readonly [app: string, wiki: string, shop: string, preview: string];

  beforeAll(async () => {
    front = await startTlsFront(() => true);
    application = await startFormApplication();
    const { port } = front;
    origins = NAMES.map((name) => `https://${name}:${port}`) as unknown as typeof origins;
    const SITES = [NAMES[1], NAMES[2], '*.apps.example.test'].map((name) => ({ host: `${name}:${port}` }));
    const env = { SITES, ZITADEL_CALLBACK_URL: `${front.site}/auth/callback`, REVOCATION_MAX_AGE: 1 };
    worker = await startWorker({ upstream: application.origin, env });
    const { webApplication } = worker.zitadel;
    webApplication.redirectUris = origins.slice(0, 3).map((origin) => `${origin}/auth/callback`);
    webApplication.postLogoutRedirectUris = origins.slice(0, 3).map((origin) => `${origin}/auth/logout/callback`);
    // It would not reach the host that it is meant for: the name is the browsers' alone.
    webApplication.backChannelLogoutUri = undefined;
    front.leadTo(worker.origin);
  });
  afterAll(async () => {
    await worker?.stop();
    await application?.close();
    await front?.close();
  });
  beforeEach(() => {
    application.received.length = 0;
  });

  const userAt = async (tab: Tab, origin: string): Promise<string | undefined> => {
    await tab.goto(`${origin}/data/1`);
    await arrive(tab, /^https?:/);
    if (!(await tab.url()).startsWith(origin)) return 'sent to sign in';
    return (JSON.parse(await tab.evaluate<string>('document.body.textContent')) as { user?: string }).user;
  };
  const usersAt = async (tab: Tab) => {
    const users = [];
    for (const origin of origins) users.push(await userAt(tab, origin));
    return users;
  };
  const signIn = async (tab: Tab, origin: string) => {
    await tab.goto(`${origin}/data/1`);
    await press(tab, /Ada/);
    await arrive(tab, `${origin}/data/1`);
  };
  const ada = SEED.users.admin;

  inEachBrowser(
    'sites',
    (visit, browser) => {
      it('one form signs in at all of them, and all are signed out at once', async () => {
        const tab = await visit().tab();
        const [app] = origins;
        await signIn(tab, app);
        expect(await usersAt(tab)).toEqual([ada, ada, ada, ada]);
        await tab.goto(`${app}/auth/profile`);
        const page = await textOf(tab);
        for (const origin of origins) expect(page).toContain(new URL(origin).host);
        await press(tab, /^Sign out everywhere$/);
        await arrive(tab, new RegExp(`^${app}/auth/logout/callback`));
        // An isolate may take a session for standing a little longer.
        for (const origin of origins)
          await until(`${origin} to ask`, async () => (await userAt(tab, origin)) === 'sent to sign in');
      });

      it('one is signed out by itself, and Back shows nothing of it', async () => {
        const tab = await visit().tab();
        const [app, wiki] = origins;
        await signIn(tab, app);
        expect(await userAt(tab, wiki)).toBe(ada);
        await tab.goto(`${wiki}/auth/logout`);
        await arrive(tab, new RegExp(`^${wiki}/auth/logout/callback`));
        // WebKit's driver does not come back from a Back that leads to another site.
        if (browser().name !== 'WebKit') {
          await tab.back();
          await until('another page', async () => !(await textOf(tab)).includes('Signed out'));
          expect(await textOf(tab)).not.toContain(ada);
        }
        expect(await userAt(tab, wiki)).toBe('sent to sign in');
        expect(await userAt(tab, app)).toBe(ada);
      });

      it('one’s page has nothing done at another in the visitor’s name', async () => {
        const tab = await visit().tab();
        const [app, wiki] = origins;
        await signIn(tab, app);
        expect(await userAt(tab, wiki)).toBe(ada);
        await tab.goto(`${wiki}/page`);
        const script = (path: string) =>
          `fetch('${app}${path}', { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'a=1' }).then(() => true)`;
        expect(await tab.evaluate(script('/transfer'))).toBe(true);
        await tab.evaluate(`(() => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action: '${app}/transfer' });
          document.body.append(form);
          form.submit();
        })()`);
        await arrive(tab, `${app}/transfer`);
        expect(application.received).toEqual([]);
        expect(await userAt(tab, app)).toBe(ada);
        // Its own pages do as before.
        await tab.goto(`${app}/page`);
        expect(await tab.evaluate(script('/save'))).toBe(true);
        expect(application.received.map(({ url, headers }) => [url, headers['x-forwarded-user']])).toEqual([
          ['/save', ada],
        ]);
      });
    },
    { hosts: [...NAMES] },
  );
});
