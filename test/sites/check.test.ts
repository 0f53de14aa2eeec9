// GET /auth/check with several sites: one proxy, one address of the gateway, and each site judged as itself. ARCHITECTURE §2, §7 Sites.

import { describe, expect, it } from 'vitest';
import { AS_NAVIGATION, GATEWAY_SECRET, NEW_GATEWAY_SECRET } from '../flow/asking.ts';
import type { Harness } from '../support/harness.ts';
import { APP, createSites, SITES, signInAt, WIKI } from './bed.ts';

const INSIDE = 'https://gateway.internal:8787';
const WIKI_AGAIN = { host: 'wiki.example.com', routes: [{ path: '/public/*', access: 'public' }] };
const RULE = { path: '/w/*', hosts: ['wiki.example.com'] };
const OF_ITS_OWN = [{ ...SITES[0], upstream_secret: 'WIKI_SECRET' }, ...SITES.slice(1)];

function ask({ app }: Harness, at: string, about: string, { uri = '/w/a', cookie = '', secret = GATEWAY_SECRET } = {}) {
  const headers = {
    ...AS_NAVIGATION,
    ...(cookie && { cookie }),
    'x-gateway-secret': secret,
    'x-original-method': 'GET',
    'x-original-uri': uri,
    'x-forwarded-host': new URL(about).host,
  };
  return app.request(`${at}/auth/check?unauthenticated=redirect`, { headers });
}

describe.each([
  ['a site', { SITES: [WIKI_AGAIN] }],
  ['the host of a rule', { SITES: undefined, ROUTES: [RULE] }],
])('§2 a question about %s', (_what, env) => {
  it.each([INSIDE, APP, WIKI])('is answered by it, asked at %s', async (at) => {
    const harness = createSites({ env: { ...env, UPSTREAM_SECRET: GATEWAY_SECRET } });
    const stranger = await ask(harness, at, WIKI);
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      302,
      `${WIKI}/auth/login?return_to=${encodeURIComponent('/w/a')}`,
    ]);
    const browser = harness.browser();
    await signInAt(harness, browser, `${WIKI}/w/a`);
    const cookie = await browser.jar.getCookieString(WIKI);
    expect((await ask(harness, at, WIKI, { cookie })).status).toBe(204);
    expect((await ask(harness, at, APP, { cookie })).status).toBe(302);
  });
});

describe('promise 12: who speaks for one site does not for another', () => {
  const harness = createSites({
    env: { UPSTREAM_SECRET: GATEWAY_SECRET, SITES: OF_ITS_OWN, WIKI_SECRET: NEW_GATEWAY_SECRET },
  });
  const uri = '/public/a';

  it('a site with an application of its own is asked about with the secret of that', async () => {
    expect((await ask(harness, INSIDE, WIKI, { uri, secret: NEW_GATEWAY_SECRET })).status).toBe(204);
    expect((await ask(harness, WIKI, WIKI, { uri, secret: NEW_GATEWAY_SECRET })).status).toBe(204);
  });

  it.each([INSIDE, APP, WIKI])('with no other, asked at %s', async (at) => {
    expect((await ask(harness, at, WIKI, { uri })).status).toBeOneOf([403, 421]);
    expect((await ask(harness, at, APP, { uri, secret: NEW_GATEWAY_SECRET })).status).toBeOneOf([403, 421]);
    const shop = await ask(harness, at, 'https://shop.example.net', { uri });
    expect(shop.status).toBeOneOf([403, 421]);
  });

  it('no other address is moved to the site that a header names', async () => {
    const headers = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/', 'x-forwarded-host': 'wiki.example.com' };
    for (const path of ['/auth/check/', '/auth/checks', '/auth/userinfo', '/auth/login', '/x?/auth/check']) {
      const plain = await harness.app.request(APP + path);
      expect((await harness.app.request(APP + path, { headers })).status, path).toBe(plain.status);
    }
  });
});
