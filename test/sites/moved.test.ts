// Promise 12: what one site was given, sealed or signed, is moved to another by whoever holds it. RFC 9700 §4.4, §4.5; OIDC Core §4.

import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createApplication } from '../../stand-in/seed-makers.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { OTHER_SECRET } from '../support/harness.ts';
import { APP, createSites, ORIGINS, PREVIEW, SHOP, SITES, signInAt, WIKI } from './bed.ts';

const PAIRS = ORIGINS.flatMap((from) => ORIGINS.filter((to) => to !== from).map((to) => [from, to] as const));
const KEY = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: 'one' };
const CHROMIUM =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
const AS_FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

const sendForm = (browser: TestBrowser, url: string, headers: Record<string, string> = {}) =>
  browser.navigate(url, {
    method: 'POST',
    body: 'amount=1000',
    headers: { ...AS_FORM, 'sec-fetch-site': 'same-origin', origin: new URL(url).origin, ...headers },
  });

describe.each(PAIRS)('promise 12: made for %s, moved to %s', (from, to) => {
  it('a kept form is sent nowhere', async () => {
    const harness = createSites();
    const browser = harness.browser();
    const authorize = locationOf(await sendForm(browser, `${from}/transfer`));
    let response = await browser.navigate(
      await harness.zitadel.signIn({ authorizeUrl: authorize, user: SEED.users.staff }),
      { headers: { 'sec-fetch-site': 'cross-site' } },
    );
    while (!locationOf(response).includes('/auth/resubmit')) response = await browser.navigate(locationOf(response));
    await signInAt(harness, browser, `${to}/`);
    const moved = locationOf(response).replace(from, to);
    expect(moved).toContain(to);
    const answer = await browser.navigate(moved);
    expect(await answer.text()).not.toContain('transfer');
    expect(answer.headers.get('location')).toBe(`${to}/`);
    const token = new URL(moved).searchParams.get('form') ?? '';
    const before = harness.received.length;
    await browser.navigate(`${to}/transfer`, {
      method: 'POST',
      body: `postern-form=${token}\r\n`,
      headers: { ...AS_FORM, 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin', origin: to },
    });
    // What goes up, if anything, is the text itself and not the form that it stands for.
    for (const request of harness.received.slice(before)) expect(await request.text()).not.toContain('amount');
  });

  it('the way on to ZITADEL leads nowhere', async () => {
    const harness = createSites();
    const browser = harness.browser();
    const location = locationOf(await sendForm(browser, `${from}/transfer`, { 'user-agent': CHROMIUM }));
    expect(location).toContain(`${from}/auth/onward?to=`);
    expect((await browser.navigate(location)).status).toBe(200);
    const moved = await browser.navigate(location.replace(from, to));
    expect(locationOf(moved)).toBe(`${to}/`);
  });

  it('the cookie and the state of a sign-out are no way back', async () => {
    const harness = createSites();
    const browser = harness.browser();
    await signInAt(harness, browser, `${from}/`);
    await signInAt(harness, browser, `${to}/`);
    const out = new URL(locationOf(await browser.navigate(`${from}/auth/logout?return_to=/bye`)));
    const query = new URLSearchParams({ state: out.searchParams.get('state') ?? '' });
    const round = (await browser.jar.getCookies(from)).find(({ key }) => key === '__Host-postern-logout');
    const cookie = `${await browser.jar.getCookieString(to)}; ${round?.cookieString()}`;
    const back = await browser.navigate(`${to}/auth/logout/callback?${query}`, { headers: { cookie } });
    // The first site hands what is a preview host's own over to it.
    const isHandedOver = from === PREVIEW && to === APP;
    expect(back.headers.get('location')?.slice(0, from.length)).toBe(isHandedOver ? from : undefined);
    // Whoever is signed in there is asked, and stays so.
    expect((await browser.navigate(`${to}/`)).status).toBe(200);
  });

  it('OIDC Core §4 a third party’s target_link_uri, return_to and hint stay on the site', async () => {
    const harness = createSites();
    for (const name of ['target_link_uri', 'return_to']) {
      const browser = harness.browser();
      const query = new URLSearchParams({ [name]: `${from}/secret`, iss: harness.zitadel.issuer });
      const end = await signInAt(harness, browser, `${to}/auth/login?${query}`);
      expect(end.status).toBe(200);
      expect(harness.received.at(-1)?.url).not.toContain('secret');
      expect((await browser.fetch(`${from}/`)).status).toBe(401);
    }
  });

  it('a question about a visitor is answered to who knows the secret of their site’s upstream, wherever it is asked', async () => {
    const harness = createSites({ env: { UPSTREAM_SECRET: OTHER_SECRET } });
    const browser = harness.browser();
    await signInAt(harness, browser, `${to}/`);
    const cookie = await browser.jar.getCookieString(to);
    const asked = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/', 'x-forwarded-host': new URL(to).host, cookie };
    for (const secret of [OTHER_SECRET, 'guess', '']) {
      const headers = { ...asked, 'x-gateway-secret': secret };
      const answer = await harness.browser().fetch(`${from}/auth/check`, { headers });
      const isAnswered = to === APP && secret === OTHER_SECRET;
      expect(answer.status).toBeOneOf(isAnswered ? [204] : [403, 421]);
      expect(answer.headers.get('x-forwarded-user')).toBe(isAnswered ? SEED.users.staff : null);
    }
  });
});

describe('an assertion', () => {
  it('RFC 7519 names the site that made it, its upstream and its address', async () => {
    const harness = createSites({ env: { ASSERTION_KEY: JSON.stringify(KEY), ASSERTION_BINDING: 'request' } });
    const browser = harness.browser();
    const claims = [];
    for (const origin of ORIGINS) {
      await signInAt(harness, browser, `${origin}/a`);
      const { iss, aud, htu } = decodeJwt(harness.received.at(-1)?.headers.get('x-identity-assertion') ?? '');
      expect([iss, htu]).toEqual([origin, `${origin}/a`]);
      expect(aud).toBe(new URL(harness.received.at(-1)?.url ?? '').origin);
      claims.push(`${iss} ${aud}`);
    }
    expect(new Set(claims).size).toBe(ORIGINS.length);
  });

  it('of two sites with one upstream still says which', async () => {
    const TWO = [{ host: 'wiki.example.com' }, { host: 'shop.example.net' }];
    const harness = createSites({ env: { SITES: TWO, ASSERTION_KEY: JSON.stringify(KEY) } });
    const browser = harness.browser();
    for (const origin of [WIKI, SHOP]) {
      await signInAt(harness, browser, `${origin}/`);
      const received = harness.received.at(-1)?.headers;
      expect(decodeJwt(received?.get('x-identity-assertion') ?? '').iss).toBe(origin);
      expect(received?.get('x-forwarded-host')).toBe(new URL(origin).host);
    }
  });
});

describe('tokens of ZITADEL', () => {
  const OTHER_PROJECT = '249703732336418999';
  const OTHER_CLIENT = '249703852243222777';
  const ROUTES = [{ path: '/api/*', credentials: ['bearer'] }];

  it('a bearer token of one site’s project is none of another’s', async () => {
    const own = SITES.map((site) => ({ ...site, routes: ROUTES, project_id: OTHER_PROJECT }));
    const harness = createSites({ env: { ROUTES, SITES: own } });
    for (const project of [SEED.projectId, OTHER_PROJECT]) {
      const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.staff, jwt: true, aud: [project] });
      for (const origin of ORIGINS) {
        const answer = await harness
          .browser()
          .fetch(`${origin}/api/x`, { headers: { authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(project === (origin === APP ? SEED.projectId : OTHER_PROJECT) ? 200 : 401);
      }
    }
  });

  it('Back-Channel Logout §2.6 a logout token for one site’s client is refused at another’s', async () => {
    const own = SITES.map((site) => (site.host === 'shop.example.net' ? { ...site, client_id: OTHER_CLIENT } : site));
    const harness = createSites({
      env: { SITES: own },
      zitadel: { lifetimes: { accessToken: 600 }, backChannelRetryDelays: [] },
    });
    harness.zitadel.store.applications.set(
      OTHER_CLIENT,
      createApplication({
        id: OTHER_CLIENT,
        clientId: OTHER_CLIENT,
        projectId: SEED.projectId,
        kind: 'oidc',
        name: 'Shop',
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: [`${SHOP}/auth/callback`],
        backChannelLogoutUri: `${WIKI}/auth/backchannel-logout`,
      }),
    );
    harness.zitadel.webApplication.backChannelLogoutUri = undefined;
    const browser = harness.browser();
    for (const origin of [WIKI, SHOP]) await signInAt(harness, browser, `${origin}/`);
    // Each is renewed by the client that it was made for.
    await harness.advance(500);
    for (const origin of [WIKI, SHOP]) expect((await browser.fetch(`${origin}/`)).status).toBe(200);
    await harness.settle();
    const renewed = harness.events.filter(({ event }) => event === 'refreshed') as { site?: string }[];
    expect(renewed.map(({ site }) => site).sort()).toEqual(['shop.example.net', 'wiki.example.com']);
    for (const { sid } of harness.zitadel.sessions.sso.values()) harness.zitadel.terminateSession(sid);
    await harness.settle();
    expect(harness.events.map((event) => 'decision' in event && event.decision)).toContain('bad_logout_token');
    await harness.advance(31);
    expect((await browser.fetch(`${WIKI}/`)).status).toBe(200);
  });
});

describe('a session’s id', () => {
  it('of somebody else ends nothing, at whatever site it is sent', async () => {
    const harness = createSites();
    const victim = harness.browser();
    await signInAt(harness, victim, `${WIKI}/`);
    const { session } = (await (await victim.fetch(`${WIKI}/auth/userinfo`)).json()) as { session: { id: string } };
    const attacker = harness.browser();
    for (const origin of ORIGINS) {
      await signInAt(harness, attacker, `${origin}/`, SEED.users.user);
      await attacker.send(`${origin}/auth/profile`, {
        method: 'POST',
        body: new URLSearchParams({ session: session.id }),
        headers: { ...AS_FORM, origin, 'sec-fetch-site': 'same-origin' },
      });
    }
    await harness.advance(31);
    expect((await victim.navigate(`${WIKI}/`)).status).toBe(200);
  });
});

describe('a site that is gone', () => {
  it('is 421, and its cookies and sessions are nobody’s at the others', async () => {
    const harness = createSites();
    const browser = harness.browser();
    for (const origin of ORIGINS) await signInAt(harness, browser, `${origin}/`);
    const cookie = await browser.jar.getCookieString(WIKI);
    const rest = harness.browser(harness.isolate({ SITES: SITES.filter(({ host }) => host !== 'wiki.example.com') }));
    expect((await rest.navigate(`${WIKI}/`, { headers: { cookie } })).status).toBe(421);
    for (const origin of [APP, SHOP, PREVIEW]) {
      expect((await rest.fetch(`${origin}/`, { headers: { cookie } })).status).toBe(401);
      const own = await browser.jar.getCookieString(origin);
      expect((await rest.fetch(`${origin}/`, { headers: { cookie: own } })).status).toBe(200);
    }
  });
});
