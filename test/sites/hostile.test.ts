// Promise 12: a site whose application is hostile, with its answers, pages, scripts and service workers, against its neighbours and their visitors.
// Fetch Metadata §2.3; RFC 6265bis §5.7; RFC 7636 §1; docs/security-model.md, sites are strangers.

import { describe, expect, it } from 'vitest';
import { startWarnings } from '../../src/config/load.ts';
import { SEED } from '../../stand-in/seed.ts';
import { load } from '../config/environment.ts';
import { locationOf } from '../support/browser.ts';
import { echo, OTHER_SECRET } from '../support/harness.ts';
import { APP, createSites, ORIGINS, PREVIEW, SHOP, SITES, sessionCookie, signInAt, WIKI } from './bed.ts';

/** Of one domain, so that SameSite holds nothing back. */
const SIBLINGS = [
  [WIKI, APP],
  [APP, WIKI],
  [PREVIEW, APP],
  [WIKI, PREVIEW],
] as const;

/** Of the wiki's upstream. */
const OWN = [...OTHER_SECRET].reverse().join('');

type Fields = Readonly<Record<string, string>>;
const SAME_SITE = { 'sec-fetch-site': 'same-site' };
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What a page of `from` can have a browser send. */
const sentBy = (from: string): readonly (readonly [string, string, Fields])[] => [
  ['a form', 'POST', { ...SAME_SITE, ...NAVIGATION, ...FORM, origin: from }],
  ['a form that hides where it is from', 'POST', { ...SAME_SITE, ...NAVIGATION, ...FORM, origin: 'null' }],
  ['a form in a frame', 'POST', { ...SAME_SITE, ...NAVIGATION, ...FORM, 'sec-fetch-dest': 'iframe', origin: from }],
  ['a form, in an older browser', 'POST', { ...FORM, accept: 'text/html', origin: from }],
  ['a script', 'GET', { ...SAME_SITE, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: from }],
  ['a script that needs no answer', 'POST', { ...SAME_SITE, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }],
  [
    'a script that deletes',
    'DELETE',
    { ...SAME_SITE, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: from },
  ],
  ['a picture', 'GET', { ...SAME_SITE, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ['a foreign script', 'GET', { ...SAME_SITE, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
  // Chromium sends the cookie along: the page that has caused it is of the same domain. The redirect makes it cross-site.
  [
    'a form by way of another domain',
    'POST',
    { 'sec-fetch-site': 'cross-site', ...NAVIGATION, ...FORM, origin: 'null' },
  ],
  [
    'a script by way of another domain',
    'POST',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', origin: 'null' },
  ],
  [
    'a picture by way of another domain',
    'GET',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  ],
  [
    'a fetch ahead',
    'GET',
    { ...SAME_SITE, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', 'sec-purpose': 'prefetch' },
  ],
];

describe.each(SIBLINGS)('promise 12: a page of %s, whose visitor is signed in at %s, too,', (from, to) => {
  it('has nothing done there in the visitor’s name', async () => {
    const harness = createSites();
    const browser = harness.browser();
    for (const origin of [from, to]) await signInAt(harness, browser, `${origin}/`);
    for (const [what, method, headers] of sentBy(from)) {
      const before = harness.received.length;
      const response = await browser.send(`${to}/transfer`, {
        method,
        headers,
        ...(method === 'POST' && { body: 'a=1' }),
      });
      expect([what, response.status]).toEqual([what, 401]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(harness.received).toHaveLength(before);
    }
    // Nothing has ended either, and a link is the visitor's own way.
    for (const dest of ['document', 'iframe']) {
      const link = { ...SAME_SITE, ...NAVIGATION, 'sec-fetch-dest': dest };
      expect((await browser.send(`${to}/`, { headers: link })).status).toBe(200);
    }
    expect((await browser.fetch(`${to}/transfer`, { method: 'POST', headers: { origin: to } })).status).toBe(200);
  });

  it('is nobody on a public page', async () => {
    const routes = [{ path: '/public/*', access: 'public' }];
    const harness = createSites({ env: { ROUTES: routes, SITES: SITES.map((site) => ({ ...site, routes })) } });
    const browser = harness.browser();
    for (const origin of [from, to]) await signInAt(harness, browser, `${origin}/`);
    for (const [what, method, headers] of sentBy(from)) {
      await browser.send(`${to}/public/x`, { method, headers });
      expect([what, harness.received.at(-1)?.headers.get('x-forwarded-user')]).toEqual([what, null]);
    }
  });

  it('has done what the rule lets it do', async () => {
    const routes = [
      { path: '/api/*', cors: [from] },
      { path: '/acs', keep_post: 'cross-site' },
    ];
    const harness = createSites({ env: { ROUTES: routes, SITES: SITES.map((site) => ({ ...site, routes })) } });
    const browser = harness.browser();
    for (const origin of [from, to]) await signInAt(harness, browser, `${origin}/`);
    const script = { ...SAME_SITE, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    const statusOf = async (path: string, headers: Fields) =>
      (await browser.send(to + path, { method: 'POST', headers })).status;
    expect(await statusOf('/api/x', { ...script, origin: from })).toBe(200);
    expect(await statusOf('/api/x', { ...script, origin: SHOP })).toBe(401);
    expect(await statusOf('/acs', { ...SAME_SITE, ...NAVIGATION, ...FORM, origin: from })).toBe(200);
  });
});

it('with one site, a sibling’s requests are the application’s to judge, as they were', async () => {
  const harness = createSites({ env: { SITES: undefined } });
  const browser = harness.browser();
  await signInAt(harness, browser, `${APP}/`);
  for (const [, method, headers] of sentBy(WIKI).slice(0, 8))
    expect((await browser.send(`${APP}/transfer`, { method, headers })).status).toBe(200);
});

describe('an application’s answer', () => {
  const answering = (headers: [string, string][]) => (request: Request) =>
    new URL(request.url).host === 'wiki.internal' ? new Response('', { headers }) : echo(request);

  it.each([
    '__Host-postern=x; Domain=example.com; Path=/; Secure',
    '__Host-postern=x; Path=/; Secure',
    '__host-POSTERN=x; Domain=example.com; Path=/; Secure',
    '=__Host-postern=x; Domain=example.com; Path=/; Secure',
    ' "__Host-postern-logout=x; Domain=.example.com; Path=/; Secure',
    '__Host-postern-tx-0abcdefgrandom=x; Domain=example.com; Path=/auth; Secure',
    '__Host-postern.0=2~x; Domain=example.com; Path=/; Secure',
  ])('sets no cookie of the gateway’s: %s', async (line) => {
    const harness = createSites({ upstream: answering([['set-cookie', line]]) });
    const browser = harness.browser();
    await signInAt(harness, browser, `${WIKI}/`);
    const answer = await browser.fetch(`${WIKI}/`);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('may set a cookie of the whole domain, which is nothing to the gateway and hides nothing of a neighbour’s', async () => {
    const lines = ['theme=dark; Domain=example.com; Path=/', 'postern=x; Domain=example.com; Path=/'];
    const harness = createSites({ upstream: answering(lines.map((line) => ['set-cookie', line])) });
    const browser = harness.browser();
    await signInAt(harness, browser, `${APP}/`);
    await signInAt(harness, browser, `${WIKI}/`);
    const { headers } = (await (await browser.fetch(`${APP}/`)).json()) as { headers: Fields };
    expect(headers).toMatchObject({ cookie: 'theme=dark; postern=x', 'x-forwarded-user': SEED.users.staff });
  });

  it('signs nobody out at a neighbour: Clear-Site-Data clears no cookies of the domain', async () => {
    const harness = createSites({ upstream: answering([['clear-site-data', '"*"']]) });
    const browser = harness.browser();
    for (const origin of [APP, WIKI]) await signInAt(harness, browser, `${origin}/`);
    const answer = await browser.fetch(`${WIKI}/`);
    expect(answer.headers.get('clear-site-data')).not.toMatch(/cookies|\*/);
    expect(answer.headers.getSetCookie().filter((line) => /postern/i.test(line))).toEqual([]);
    expect(await sessionCookie(browser, APP)).toBeDefined();
  });
});

describe('an upstream of one site', () => {
  it('gets its own secret and no other, nor the secrets of others’ rules', async () => {
    const own = SITES.map((site) =>
      site.host === 'wiki.example.com' ? { ...site, upstream_secret: 'WIKI_SECRET' } : site,
    );
    const harness = createSites({ env: { SITES: own, UPSTREAM_SECRET: OTHER_SECRET, WIKI_SECRET: OWN } });
    const browser = harness.browser();
    const secrets = [];
    for (const origin of ORIGINS) {
      await signInAt(harness, browser, `${origin}/`);
      secrets.push(harness.received.at(-1)?.headers.get('x-gateway-secret'));
    }
    expect(secrets).toEqual([OTHER_SECRET, OWN, null, null]);
    // With its own it can ask about its own site alone.
    for (const origin of ORIGINS) {
      const headers = { 'x-gateway-secret': OWN, 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/public/x' };
      expect((await harness.browser().fetch(`${origin}/auth/check`, { headers })).status).toBe(
        origin === WIKI ? 204 : 403,
      );
    }
  });
});

describe('a preview’s service worker, which reads each address of its host', () => {
  it('RFC 7636 §1 gets no code that it could have exchanged with a verifier of its own', async () => {
    const harness = createSites();
    const victim = harness.browser();
    await signInAt(harness, victim, `${APP}/`);
    const begun = new URL(locationOf(await harness.browser().navigate(`${PREVIEW}/`)));
    const verifier = 'a-verifier-that-the-attacker-knows-0123456789';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    begun.searchParams.set('code_challenge', Buffer.from(digest).toString('base64url'));
    const back = await harness.zitadel.signIn({ authorizeUrl: begun.href, user: SEED.users.staff });
    const seen = new URL(locationOf(await victim.navigate(back, { headers: { 'sec-fetch-site': 'cross-site' } })));
    expect(seen.origin).toBe(PREVIEW);
    const exchange = (code: string | null) =>
      harness.zitadel.fetch(`${harness.zitadel.issuer}/oauth/v2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: SEED.webClientId,
          code: code ?? '',
          redirect_uri: `${APP}/auth/callback`,
          code_verifier: verifier,
        }),
      });
    expect((await exchange(seen.searchParams.get('code'))).status).toBe(400);
    // The code itself would have done.
    expect((await exchange(new URL(back).searchParams.get('code'))).status).toBe(200);
  });

  it.each(['as it came', 'sealed for another host', 'sealed for another answer'])(
    'a code %s begins no session',
    async (how) => {
      const harness = createSites();
      const browser = harness.browser();
      const backTo = async (origin: string) =>
        harness.zitadel.signIn({
          authorizeUrl: locationOf(await browser.navigate(`${origin}/`)),
          user: SEED.users.staff,
        });
      const own = new URL(await backTo(PREVIEW));
      const handedOver = async (back: string) => new URL(locationOf(await browser.navigate(back)));
      const other = await handedOver(await backTo(how.includes('host') ? 'https://pr-99.apps.example.com' : PREVIEW));
      const url = new URL(`${PREVIEW}/auth/callback${own.search}`);
      if (how !== 'as it came') url.searchParams.set('code', other.searchParams.get('code') ?? '');
      const answer = await browser.navigate(url.href, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(answer.status).toBe(400);
      expect(await sessionCookie(browser, PREVIEW)).toBeUndefined();
    },
  );
});

it('promise 12: invented tokens cost as much at all hosts of a wildcard together as at one', async () => {
  const routes = [{ path: '/*', credentials: ['bearer'] }];
  const env = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
  const harness = createSites({ env: { ...env, SITES: SITES.map((site) => ({ ...site, routes })) } });
  const statuses = [];
  for (let i = 0; i < 40; i++) {
    const headers = { authorization: `Bearer ${'x'.repeat(60)}${i}`, 'cf-connecting-ip': '203.0.113.7' };
    statuses.push((await harness.browser().fetch(`https://pr-${i}.apps.example.com/`, { headers })).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.slice(20).every((status) => status === 429)).toBe(true);
});

describe('a wildcard stands for whole names that no site has', () => {
  it.each([
    ['https://.apps.example.com', ['*.apps.example.com']],
    ['https://apps.example.com', ['*.apps.example.com']],
    ['https://wiki.example.com:8443', ['*.example.com:8443', 'wiki.example.com']],
    ['https://app.example.com:8443', ['*.example.com:8443']],
    ['https://wiki.example.com', ['*.example.com', 'wiki.example.com:8443']],
  ])('%s is not served by %j', async (url, hosts) => {
    const harness = createSites({ env: { SITES: hosts.map((host) => ({ host })) } });
    expect((await harness.browser().navigate(`${url}/`)).status).toBe(421);
  });

  it('nor is localhost below *.localhost', async () => {
    const ZITADEL_CALLBACK_URL = 'http://app.localhost:8787/auth/callback';
    const harness = createSites({ env: { ZITADEL_CALLBACK_URL, SITES: [{ host: '*.localhost:8787' }] } });
    expect((await harness.browser().navigate('http://localhost:8787/')).status).toBe(421);
    expect((await harness.browser().navigate('http://pr.localhost:8787/')).status).toBe(302);
  });
});

describe('what the operator is told at the start', () => {
  it.each([
    [{}, 1],
    [{ ZITADEL_CLIENT_SECRET: OTHER_SECRET }, 0],
  ])('that without authentication of its own a code is worth tokens to any site: %j', (env, count) => {
    const loaded = load({ SITES, ...env });
    expect(loaded.ok && startWarnings(loaded)).toHaveLength(count);
  });
});
