// Two hosts under one domain in Chromium, Firefox and WebKit: what a sibling plants in cookies of the whole domain is no session of the gateway's.
// docs/security-model.md, the sibling subdomain; RFC 6265bis §5.7 (`__Host-`).

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { send } from '../acceptance/support/send.ts';
import { type FormApplication, startFormApplication } from '../support/form-application.ts';
import { hasOpenssl, startTlsFront, type TlsFront } from '../support/tls-front.ts';

const AS_A_PAGE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };

describe.skipIf(!hasOpenssl)('a sibling subdomain', () => {
  let front: TlsFront;
  let application: FormApplication;
  let worker: RunningWorker;

  beforeAll(async () => {
    front = await startTlsFront();
    application = await startFormApplication();
    const ROUTES = [{ path: '/data/public', access: 'public' }];
    const env = { ROUTES, ZITADEL_CALLBACK_URL: `${front.site}/auth/callback` };
    worker = await startWorker({ upstream: application.origin, env });
    worker.zitadel.webApplication.redirectUris = [`${front.site}/auth/callback`];
    front.leadTo(worker.origin);
  });
  afterAll(async () => {
    await worker?.stop();
    await application?.close();
    await front?.close();
  });

  /** A session of the attacker's own, as its cookie. */
  async function attackersSession(): Promise<string> {
    const visit = (path: string, more: object = {}) =>
      send(Number(new URL(worker.origin).port), front.site + path, { headers: { ...AS_A_PAGE, ...more } });
    const pairOf = (lines: readonly string[], name: string) =>
      lines.find((line) => line.startsWith(name))?.split(';', 1)[0] as string;
    const start = await visit('/page');
    const callback = await worker.zitadel.signIn({ authorizeUrl: start.headers.get('location') ?? '', user: 'nobody' });
    const { pathname, search } = new URL(callback);
    const done = await visit(pathname + search, { cookie: pairOf(start.cookies, '__Host-postern-tx-') });
    return pairOf(done.cookies, '__Host-postern=');
  }

  /** The victim's visit to the sibling, which plants cookies for the whole domain and leads on. */
  async function visitSibling(tab: Tab, session: string, path: string, name: string): Promise<void> {
    const planted = ['theme=dark,', 'theme2=dark, ', 'theme3="x",\t'].flatMap((start) => [
      `${start}${session}; Domain=example.test; Path=/; Secure`,
      `${start}${session}; Domain=example.test; Path=/data; Secure`,
    ]);
    front.answerAt((_request, response) => {
      // WebKitGTK keeps `__Host-` cookies of a whole domain, against RFC 6265bis §5.7: what it plants there no gateway can tell from its own.
      const plain = name === 'WebKit' ? [] : [`${session}; Domain=example.test; Path=/; Secure`];
      response.writeHead(302, { 'Set-Cookie': [...planted, ...plain], Location: front.site + path }).end();
    });
    await tab.goto(`${front.sibling}/`);
    await arrive(tab, front.site + path);
  }

  const seen = async (tab: Tab) =>
    JSON.parse(await tab.evaluate<string>('document.body.textContent')) as { user?: string; cookie?: string };

  inEachBrowser(
    'what a sibling plants',
    (visit, browser) => {
      it('takes nobody’s session, and is nobody’s', async () => {
        const session = await attackersSession();
        const tab = await visit().tab();
        await visitSibling(tab, session, '/data/public', browser().name);
        const anonymous = await seen(tab);
        expect(anonymous.user).toBeUndefined();
        // The application sees the sibling's cookies as they are, but no sealed value of ours.
        expect(anonymous.cookie).toContain('theme=dark');
        expect(anonymous.cookie).not.toContain(session.slice(session.indexOf('=') + 1));
        await tab.goto(`${front.site}/data/1`);
        await press(tab, /Ada/);
        await arrive(tab, `${front.site}/data/1`);
        expect((await seen(tab)).user).toBe(SEED.users.admin);
        await visitSibling(tab, session, '/data/2', browser().name);
        expect((await seen(tab)).user).toBe(SEED.users.admin);
        expect(await textOf(tab)).toContain(SEED.users.admin);
      });
    },
    { hosts: ['app.example.test', 'blog.example.test'] },
  );
});
