// Several sites in one deployment: each has its host, its application, its rules and its own sign-in. ARCHITECTURE §7 Sites; promise 12.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { OTHER_SECRET } from '../support/harness.ts';
import { APP, createSites, ORIGINS, PORTAL, PREVIEW, SHOP, sessionCookie, signInAt, WIKI } from './bed.ts';

const UPSTREAMS = ['upstream.internal', 'wiki.internal', 'shop.internal', 'preview.internal'];

describe('every site', () => {
  it.each(ORIGINS.map((origin, i) => [origin, UPSTREAMS[i]] as const))(
    '%s signs in on its own host',
    async (origin, upstream) => {
      const harness = createSites();
      const browser = harness.browser();
      const response = await signInAt(harness, browser, `${origin}/report?page=2`);
      expect(response.status).toBe(200);
      const { path, headers } = (await response.json()) as { path: string; headers: Record<string, string> };
      expect([path, headers['x-forwarded-host'], headers['x-forwarded-user']]).toEqual([
        '/report?page=2',
        new URL(origin).host,
        SEED.users.staff,
      ]);
      expect(new URL(harness.received.at(-1)?.url ?? '').host).toBe(upstream);
      expect(await sessionCookie(browser, origin)).toBeDefined();
      for (const other of ORIGINS) if (other !== origin) expect(await sessionCookie(browser, other)).toBeUndefined();
    },
  );

  it('has its own rules, and none of another’s', async () => {
    const harness = createSites();
    const statusOf = async (url: string) => (await harness.browser().fetch(url)).status;
    expect(await statusOf(`${WIKI}/public/x`)).toBe(200);
    expect(await statusOf(`${APP}/public/x`)).toBe(401);
    expect(await statusOf(`${SHOP}/public/x`)).toBe(401);
    const browser = harness.browser();
    await signInAt(harness, browser, `${SHOP}/`);
    expect((await browser.navigate(`${SHOP}/admin/x`)).status).toBe(403);
    await signInAt(harness, browser, `${WIKI}/`);
    expect((await browser.navigate(`${WIKI}/admin/x`)).status).toBe(200);
  });

  it('is named in its sessions’ events, and the first is not', async () => {
    const harness = createSites();
    for (const origin of ORIGINS) await signInAt(harness, harness.browser(), `${origin}/`);
    const began = harness.events.filter(({ event }) => event === 'session_began') as { site?: string }[];
    expect(began.map(({ site }) => site)).toEqual([
      undefined,
      'wiki.example.com',
      'shop.example.net',
      'pr-12.apps.example.com',
    ]);
  });
});

describe('the sessions of one person at several sites', () => {
  const signedInEverywhere = async () => {
    const harness = createSites({ env: { OPERATOR_SECRET: OTHER_SECRET } });
    const browser = harness.browser();
    for (const origin of ORIGINS) await signInAt(harness, browser, `${origin}/`);
    const statuses = async () => Promise.all(ORIGINS.map(async (origin) => (await browser.fetch(`${origin}/`)).status));
    return { harness, browser, statuses };
  };
  const ownForm = (origin: string, fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  });

  it('are on the profile page of each, by their hosts; a script sees those of its own site', async () => {
    const { browser } = await signedInEverywhere();
    for (const origin of ORIGINS) {
      const page = await (await browser.navigate(`${origin}/auth/profile`)).text();
      for (const each of ORIGINS) expect(page).toContain(new URL(each).host);
      const asScript = await (await browser.fetch(`${origin}/auth/profile`)).text();
      for (const each of ORIGINS) if (each !== origin) expect(asScript).not.toContain(new URL(each).host);
    }
  });

  it('are signed out of one site', async () => {
    const { harness, browser, statuses } = await signedInEverywhere();
    await browser.send(`${WIKI}/auth/logout`, ownForm(WIKI, {}));
    expect(await statuses()).toEqual([200, 401, 200, 200]);
    await harness.settle();
  });

  it('are signed out everywhere', async () => {
    const { harness, browser, statuses } = await signedInEverywhere();
    await browser.send(`${WIKI}/auth/logout`, ownForm(WIKI, { everywhere: '1' }));
    await harness.advance(31);
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });

  it('end with the session at ZITADEL, on its back channel', async () => {
    const { harness, statuses } = await signedInEverywhere();
    for (const { sid } of harness.zitadel.sessions.sso.values()) harness.zitadel.terminateSession(sid);
    await harness.advance(31);
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });

  it('are ended by the operator: at one site, or all', async () => {
    const { harness, statuses } = await signedInEverywhere();
    const operator = harness.browser();
    const headers = { authorization: `Bearer ${OTHER_SECRET}` };
    const ask = async (query: string, method = 'GET') =>
      (
        await operator.send(`${APP}/auth/operator/sessions?sub=${SEED.users.staff}${query}`, { method, headers })
      ).json();
    const { sessions } = (await ask('')) as { sessions: { site: string }[] };
    expect(sessions.map(({ site }) => site).sort()).toEqual(ORIGINS.map((origin) => new URL(origin).host).sort());
    expect(await ask('&site=shop.example.net', 'DELETE')).toMatchObject({ ended: 1 });
    expect(await ask('&site=app.example.com', 'DELETE')).toMatchObject({ ended: 1 });
    expect(await ask('&site=nobody.example', 'DELETE')).toMatchObject({ ended: 0 });
    await harness.advance(31);
    expect(await statuses()).toEqual([401, 200, 401, 200]);
    expect(await ask('', 'DELETE')).toMatchObject({ ended: 2 });
    await harness.advance(31);
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });
});

describe('a host that is no site’s', () => {
  it.each([
    'https://evil.example',
    'https://apps.example.com',
    'https://a.b.apps.example.com',
    'https://app.example.com.',
    'https://wiki.example.com:8443',
    'https://wiki.example.com.evil.example',
    'https://example.com',
    'https://[2001:db8::1]',
  ])('%s is 421', async (origin) => {
    const harness = createSites();
    expect((await harness.browser().navigate(`${origin}/`)).status).toBe(421);
    expect(harness.received).toEqual([]);
  });
});

describe('a host that a wildcard stands for', () => {
  it('asks ZITADEL with the first site’s redirect URI, which hands the answer over', async () => {
    const harness = createSites();
    const browser = harness.browser();
    const authorize = new URL(locationOf(await browser.navigate(`${PREVIEW}/x`)));
    expect(authorize.searchParams.get('redirect_uri')).toBe(`${APP}/auth/callback`);
    const back = await harness.zitadel.signIn({ authorizeUrl: authorize.href, user: SEED.users.staff });
    const handedOver = await browser.navigate(back, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(handedOver.status).toBe(303);
    const [came, passed] = [new URL(back), new URL(locationOf(handedOver))];
    expect(passed.origin + passed.pathname).toBe(`${PREVIEW}/auth/callback`);
    // The code is sealed: the host's own scripts and service workers can see its addresses.
    expect(passed.href).not.toContain(came.searchParams.get('code'));
    for (const url of [came, passed]) url.searchParams.delete('code');
    expect([...passed.searchParams]).toEqual([...came.searchParams]);
    expect(handedOver.headers.getSetCookie()).toEqual([]);
    expect(handedOver.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await sessionCookie(browser, APP)).toBeUndefined();
  });

  it('signs out by way of the first site, and ends on its own page', async () => {
    const harness = createSites();
    const browser = harness.browser();
    await signInAt(harness, browser, `${PREVIEW}/x`);
    const out = new URL(locationOf(await browser.navigate(`${PREVIEW}/auth/logout`)));
    expect(out.searchParams.get('post_logout_redirect_uri')).toBe(`${APP}/auth/logout/callback`);
    const state = out.searchParams.get('state') ?? '';
    const handedOver = await browser.navigate(`${APP}/auth/logout/callback?${new URLSearchParams({ state })}`);
    expect(new URL(locationOf(handedOver)).origin).toBe(PREVIEW);
    const page = await browser.navigate(locationOf(handedOver));
    expect([page.status, harness.events.at(-1)]).toMatchObject([200, { decision: 'signed_out' }]);
  });

  it.each([
    'evil.example',
    'apps.example.com',
    'a.b.apps.example.com',
    'app.example.com',
    'wiki.example.com',
    'x.apps.example.com.evil.example',
    'x.apps.example.com:8443',
    'x.apps.example.com/evil',
    'x@evil.example',
    'evil.example#.apps.example.com',
    'evil.example?.apps.example.com',
    'evil.example\\.apps.example.com',
    '/evil.example',
    '',
    'X.APPS.EXAMPLE.COM',
    '%2e.apps.example.com',
    '.apps.example.com',
    'x..apps.example.com',
  ])('a state that names %j leads nowhere', async (host) => {
    const harness = createSites();
    for (const path of ['/auth/callback', '/auth/logout/callback']) {
      const query = new URLSearchParams({ code: 'x', state: `1abcdefgrandom~${host}` });
      const response = await harness
        .browser()
        .navigate(`${APP}${path}?${query}`, { headers: { 'sec-fetch-site': 'cross-site' } });
      const { origin } = new URL(response.headers.get('location') ?? APP);
      expect([APP, harness.zitadel.issuer]).toContain(origin);
    }
  });

  it.each(['wiki.example.com', 'app.example.com', 'home.example.com', 'wiki.example.com:8443'])(
    'RFC 9700 §4.11 a state that names %s, which is below a wildcard and is another’s, leads nowhere',
    async (host) => {
      const wildcard = host.endsWith(':8443') ? '*.example.com:8443' : '*.example.com';
      const below = ['wiki.example.com', wildcard].map((each) => ({ host: each }));
      const harness = createSites({ env: { SITES: below, ...PORTAL } });
      for (const path of ['/auth/callback', '/auth/logout/callback']) {
        const query = new URLSearchParams({ code: 'x', state: `1abcdefgrandom~${host}` });
        const response = await harness
          .browser()
          .navigate(`${APP}${path}?${query}`, { headers: { 'sec-fetch-site': 'cross-site' } });
        const { origin } = new URL(response.headers.get('location') ?? APP);
        expect([APP, harness.zitadel.issuer]).toContain(origin);
      }
    },
  );

  it('may have an underscore in its name', async () => {
    const harness = createSites();
    const origin = 'https://pr_12.apps.example.com';
    const browser = harness.browser();
    expect((await signInAt(harness, browser, `${origin}/x`)).status).toBe(200);
    expect(await sessionCookie(browser, origin)).toBeDefined();
  });

  it('RFC 9700 §4.4 what was answered for one host is of no use at another, nor in another browser', async () => {
    const harness = createSites();
    const attacker = harness.browser();
    const victim = harness.browser();
    const other = 'https://pr-99.apps.example.com';
    const authorize = locationOf(await attacker.navigate(`${PREVIEW}/`));
    const back = new URL(await harness.zitadel.signIn({ authorizeUrl: authorize, user: SEED.users.staff }));
    const { code, state } = Object.fromEntries(back.searchParams) as { code: string; state: string };
    const moved = new URLSearchParams({
      ...Object.fromEntries(back.searchParams),
      code,
      state: state.replace('pr-12', 'pr-99'),
    });
    for (const [browser, url] of [
      [victim, `${PREVIEW}/auth/callback${back.search}`],
      [victim, back.href],
      [attacker, `${other}/auth/callback${back.search}`],
      [attacker, `${other}/auth/callback?${moved}`],
      [attacker, `${WIKI}/auth/callback${back.search}`],
    ] as const) {
      const response = await browser.navigate(url, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(response.headers.getSetCookie().filter((line) => /^__Host-postern=[^;]/.test(line))).toEqual([]);
    }
    expect(harness.zitadel.calls.token ?? 0).toBe(0);
  });
});
