// The release before and this one on the same stores, after an update, after a roll-back, and side by side in a gradual deployment.
// ARCHITECTURE §6 Cookie (two releases can run side by side), promises 1 to 4; docs/upgrading.md.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type Deployed, type Deployment, startDeployment } from './support/releases.ts';

const OPERATOR = 'c71e0f5b92a84d36be0d5a7719f3c8e46a2d90b7f15c8e33';
const COOKIE = 'postern';
const FORM = { type: 'application/x-www-form-urlencoded', body: 'text=Zo%C3%AB' };

let gateway: Deployment;
beforeAll(async () => {
  gateway = await startDeployment({
    OPERATOR_SECRET: OPERATOR,
    CLAIMS_MAX_AGE: 1,
    REVOCATION_MAX_AGE: 1,
    ROUTES: [{ path: '/data/*', forward_access_token: true }],
  });
});
afterAll(() => gateway?.stop());

async function finishSignIn(browser: TestBrowser, authorizeUrl: string, user = 'user'): Promise<Response> {
  const back = await browser.navigate(await gateway.zitadel.signIn({ authorizeUrl, user }));
  return browser.navigate(locationOf(back));
}

async function signIn(user?: string): Promise<TestBrowser> {
  const browser = gateway.browser();
  const page = await finishSignIn(browser, locationOf(await browser.navigate('/page')), user);
  expect(page.status).toBe(200);
  return browser;
}

/** ZITADEL's tokens live on; the gateway is told that they don't, and renews one as soon as it needs it and a second has passed. */
function tellShortLives(isOn: boolean): void {
  gateway.zitadel.tamper.tokenResponse = isOn ? (json) => ({ ...json, expires_in: 1 }) : undefined;
}

const post = (browser: TestBrowser, path: string, { type, body } = FORM) =>
  browser.navigate(path, {
    method: 'POST',
    body,
    headers: { 'content-type': type, 'sec-fetch-site': 'same-origin', origin: gateway.origin },
  });

const signOut = (browser: TestBrowser) =>
  browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });

async function sessionOf(browser: TestBrowser) {
  const answer = await browser.fetch('/auth/userinfo');
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { session: { id: string; started_at: number } }).session;
}

/** What the application gets of ZITADEL's. */
async function tokenSent(browser: TestBrowser): Promise<unknown> {
  const answer = await browser.fetch('/data/x', { method: 'POST', headers: { origin: gateway.origin } });
  expect(answer.status).toBe(200);
  return gateway.application.received.at(-1)?.headers['authorization'];
}

async function listSessions(): Promise<string> {
  const url = `${gateway.origin}/auth/operator/sessions?sub=${SEED.users.user}`;
  return (await fetch(url, { headers: { authorization: `Bearer ${OPERATOR}` } })).text();
}

const OLD: Deployed = { worker: 'old', objects: 'old' };
const NEW: Deployed = { worker: 'new', objects: 'new' };

describe.each<[name: string, from: Deployed, to: Deployed]>([
  ['an update', OLD, NEW],
  ['a roll-back', NEW, OLD],
  ['the new worker, the objects not yet', OLD, { worker: 'new', objects: 'old' }],
  ['the new objects, this request not yet', OLD, { worker: 'old', objects: 'new' }],
  ['rolled back, the objects not yet', NEW, { worker: 'old', objects: 'new' }],
  ['the old objects, this request not yet', NEW, { worker: 'new', objects: 'old' }],
])('%s', (_name, from, to) => {
  let before: Awaited<ReturnType<typeof begin>>;

  async function begin() {
    tellShortLives(false);
    await gateway.deploy(from);
    const [signedIn, starting, posting, leaving, left] = [
      await signIn(),
      gateway.browser(),
      gateway.browser(),
      await signIn(),
      await signIn(),
    ];
    const cookieLeft = (await left.cookies()).get(COOKIE);
    await signOut(left);
    tellShortLives(true);
    return {
      signedIn,
      session: await sessionOf(signedIn),
      renewing: await signIn('staff'),
      starting,
      authorizeUrl: locationOf(await starting.navigate('/page?a=%20b')),
      posting,
      postAuthorizeUrl: locationOf(await post(posting, '/save?x=1')),
      leaving,
      endSessionUrl: locationOf(await signOut(leaving)),
      cookieLeft: `${COOKIE}=${cookieLeft}`,
    };
  }

  beforeAll(async () => {
    before = await begin();
    await gateway.deploy(to);
  });

  it('promise 8 leaves a session signed in, the same one', async () => {
    expect(await sessionOf(before.signedIn)).toMatchObject(before.session);
    expect(await listSessions()).toContain(before.session.id);
  });

  it('promise 2 renews with the refresh token that was stored before', async () => {
    const { calls } = gateway.zitadel;
    const asked = calls.token;
    const use = async () => (await tokenSent(before.renewing)) !== undefined && calls.token > asked;
    await expect.poll(use, { timeout: 15_000, interval: 200 }).toBe(true);
    expect(calls.list.findLast(({ endpoint }) => endpoint === 'token')).toMatchObject({
      grant_type: 'refresh_token',
      status: 200,
    });
    tellShortLives(false);
    expect(await tokenSent(before.renewing)).toMatch(/^Bearer ./);
  });

  it('promise 3 finishes a sign-in that was under way', async () => {
    const page = await finishSignIn(before.starting, before.authorizeUrl);
    expect(page.status).toBe(200);
    expect((await sessionOf(before.starting)).started_at).toBeGreaterThan(0);
  });

  it('ARCHITECTURE §3 sends the form that was kept for a sign-in under way', async () => {
    const page = await (await finishSignIn(before.posting, before.postAuthorizeUrl)).text();
    const token = /name="postern-form" value="([^"]*)"/.exec(page)?.[1];
    const saved = await post(before.posting, '/save?x=1', { type: 'text/plain', body: `postern-form=${token}\r\n` });
    expect(saved.status).toBe(200);
    const received = gateway.application.received.at(-1);
    expect([received?.url, received?.type, received?.body.toString()]).toEqual(['/save?x=1', FORM.type, FORM.body]);
  });

  it('promise 4 finishes a sign-out that was under way', async () => {
    const back = await fetch(before.endSessionUrl, { redirect: 'manual' });
    expect((await before.leaving.navigate(locationOf(back))).status).toBe(200);
    expect((await before.leaving.fetch('/auth/userinfo')).status).toBe(401);
  });

  it('promise 4 keeps an ended session ended', async () => {
    const { cookieLeft } = before;
    const answer = await gateway.browser().fetch('/auth/userinfo', { headers: { cookie: cookieLeft } });
    expect(answer.status).toBe(401);
  });

  it('promise 4 ends a session that began before', async () => {
    expect((await signOut(before.signedIn)).status).toBe(303);
    expect(await listSessions()).not.toContain(before.session.id);
  });
});

describe.each(['old', 'new'] as const)('the %s release', (worker) => {
  it('ARCHITECTURE §6 takes a newer release’s cookie for no session, and leaves it where it is', async () => {
    await gateway.deploy({ worker, objects: worker });
    const browser = await signIn();
    const [header = '', ...rest] = ((await browser.cookies()).get(COOKIE) ?? '').split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString());
    const newer = Buffer.from(JSON.stringify({ ...fields, ver: fields.ver + 98 })).toString('base64url');
    const cookie = `${COOKIE}=${[newer, ...rest].join('.')}`;
    const answer = await gateway.browser().navigate('/page', { headers: { cookie } });
    expect(new URL(locationOf(answer)).pathname).toBe('/oauth/v2/authorize');
    expect(answer.headers.getSetCookie().filter((line) => line.startsWith(`${COOKIE}=`))).toEqual([]);
  });
});
