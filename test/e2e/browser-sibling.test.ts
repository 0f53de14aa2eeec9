// Chromium and two hosts under one domain: what a sibling plants in a cookie of the whole domain is neither a session nor a login of the
// gateway's, and no kept form of somebody else's is sent. docs/security-model.md, the sibling subdomain.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { send } from './acceptance/support/send.ts';
import { type FormApplication, startFormApplication } from './support/form-application.ts';
import { hasOpenssl, RESOLVES_HERE, startTlsFront, type TlsFront } from './support/tls-front.ts';

const AS_A_PAGE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' };

describe.skipIf(!hasChromium || !hasOpenssl)('a sibling subdomain', () => {
  let front: TlsFront;
  let application: FormApplication;
  let worker: RunningWorker;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    front = await startTlsFront();
    application = await startFormApplication();
    const ROUTES = [{ path: '/data/public', access: 'public' }];
    const env = { ROUTES, ZITADEL_CALLBACK_URL: `${front.site}/auth/callback` };
    worker = await startWorker({ upstream: application.origin, env });
    worker.zitadel.webApplication.redirectUris = [`${front.site}/auth/callback`];
    front.leadTo(worker.origin);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGUMENTS, RESOLVES_HERE] });
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
    await application?.close();
    await front?.close();
  });

  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en' });
    page = await context.newPage();
    application.received.length = 0;
  });
  afterEach(() => context?.close());

  const attack = (path: string, more: object = {}) =>
    send(Number(new URL(worker.origin).port), front.site + path, { headers: AS_A_PAGE, ...more });
  const pairOf = (lines: readonly string[], name: string) =>
    lines.find((line) => line.startsWith(name))?.split(';', 1)[0] as string;

  /** The victim's visit to the sibling, which leads on. */
  async function visitSibling(cookies: readonly string[], location: string): Promise<void> {
    front.answerAt((_request, response) => {
      response.writeHead(302, { 'Set-Cookie': [...cookies], Location: location }).end();
    });
    await page.goto(`${front.sibling}/`);
  }

  const planted = (pair: string) =>
    ['theme=dark,', 'theme2=dark, ', 'theme3="x",\t'].flatMap((start) => [
      `${start}${pair}; Domain=example.test; Path=/; Secure`,
      `${start}${pair}; Domain=example.test; Path=/data; Secure`,
    ]);

  async function signIn(name: RegExp): Promise<void> {
    await page.goto(`${front.site}/page`);
    await page.getByRole('button', { name }).click();
    await page.waitForURL(`${front.site}/page`);
  }

  async function seen(path: string): Promise<{ user?: string; cookie?: string }> {
    await page.goto(front.site + path);
    return JSON.parse((await page.locator('body').textContent()) ?? '');
  }

  async function attackersSession(): Promise<string> {
    const start = await attack('/page');
    const callback = await worker.zitadel.signIn({ authorizeUrl: start.headers.get('location') ?? '', user: 'nobody' });
    const { pathname, search } = new URL(callback);
    const headers = { ...AS_A_PAGE, cookie: pairOf(start.cookies, '__Host-postern-tx-') };
    return pairOf((await attack(pathname + search, { headers })).cookies, '__Host-postern=');
  }

  it('can’t have its own form sent in the name of whoever signs in', async () => {
    await signIn(/Ada/);
    await context.clearCookies({ name: '__Host-postern' });
    const headers = { ...AS_A_PAGE, origin: front.site, 'content-type': 'application/x-www-form-urlencoded' };
    const kept = await attack('/transfer?to=attacker', { method: 'POST', headers, body: 'amount=1000' });
    expect(kept.status).toBe(303);
    await visitSibling(planted(pairOf(kept.cookies, '__Host-postern-tx-')), kept.headers.get('location') ?? '');
    // ZITADEL still knows her, so that the login ends without a word; without its transaction it is another one.
    await page.waitForURL(`${front.site}/`);
    await page.waitForLoadState('networkidle');
    expect((await seen('/data/1')).user).toBe(SEED.users.admin);
    expect(application.received).toEqual([]);
  });

  it('not even with the very cookie of its login: the form is shown with its target, and waits', async () => {
    await signIn(/Ada/);
    await context.clearCookies({ name: '__Host-postern' });
    const headers = { ...AS_A_PAGE, origin: front.site, 'content-type': 'application/x-www-form-urlencoded' };
    const kept = await attack('/transfer?to=attacker', { method: 'POST', headers, body: 'amount=1000' });
    const [name = '', value = ''] = pairOf(kept.cookies, '__Host-postern-tx-').split(/=(.*)/);
    await context.addCookies([{ name, value, url: front.site, secure: true }]);
    await page.goto(kept.headers.get('location') ?? '');
    await page.waitForURL('**/auth/resubmit?**');
    await page.waitForLoadState('networkidle');
    expect(await page.locator('main').textContent()).toContain('/transfer?to=attacker');
    expect(application.received).toEqual([]);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL('**/transfer?to=attacker');
    expect(application.received).toHaveLength(1);
  });

  it('can’t put its own session in the place of a visitor’s', async () => {
    const session = await attackersSession();
    await signIn(/Ada/);
    await visitSibling(planted(session), `${front.site}/page`);
    const { user, cookie = '' } = await seen('/data/1');
    expect(user).toBe(SEED.users.admin);
    // The application sees the sibling's cookies as they are, but no sealed value of ours.
    expect(cookie.split('; ')).toContain('theme=dark');
    expect(cookie).not.toContain(session.slice(session.indexOf('=') + 1));
  });

  it('can’t sign anybody in', async () => {
    const session = await attackersSession();
    await visitSibling(
      [...planted(session), `${session}; Domain=example.test; Path=/; Secure`],
      `${front.site}/data/public`,
    );
    expect((await seen('/data/public')).user).toBeUndefined();
    await page.goto(`${front.site}/data/1`);
    await page.getByRole('button', { name: /Ada/ }).waitFor();
  });
});
