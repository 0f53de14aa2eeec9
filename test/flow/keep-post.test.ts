// POSTs of other sites to pages that need a sign-in: kept where the route says so, and else the visitor is told.
// ARCHITECTURE §1 `keep_post`, §3 first row; docs/security-model.md.

import { describe, expect, it } from 'vitest';
import { createHarness, type Harness, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { lastReceived, OWN, send, sendAgain, signInFrom, unescaped } from './form-steps.ts';
import { lastFault, signedIn } from './steps.ts';

const SITES = {
  'a page of ours': OWN,
  'a page of ours, no-referrer': { 'sec-fetch-site': 'same-origin', origin: 'null' },
  'a share target': { 'sec-fetch-site': 'none', origin: 'null' },
  'an identity provider': {
    'sec-fetch-site': 'cross-site',
    origin: 'https://idp.example',
    referer: 'https://idp.example/',
  },
  'a site without a name': { 'sec-fetch-site': 'cross-site', origin: 'null' },
  'a sibling': { 'sec-fetch-site': 'same-site', origin: 'https://shop.example.com' },
} as const satisfies Record<string, Record<string, string>>;
type Sender = keyof typeof SITES;

/** Who is kept by which setting. */
const KEPT: Readonly<Record<string, readonly Sender[]>> = {
  'same-origin': ['a page of ours', 'a page of ours, no-referrer', 'a share target'],
  'cross-site': Object.keys(SITES) as Sender[],
  none: [],
};
const CASES = Object.keys(KEPT).flatMap((keep_post) =>
  (Object.keys(SITES) as Sender[]).map((from) => [from, keep_post] as const),
);

const headersOf = (from: Sender) => SITES[from] as Record<string, string>;
const withRule = (keep_post: string, more: object = {}) =>
  createHarness({ env: { ROUTES: [{ path: '/acs/*', keep_post, ...more }] } });
const keptBy = ({ objects }: Harness) => [...objects.storages.keys()].filter((name) => name.startsWith('form:'));
const FORM = { path: '/acs/post?RelayState=1', body: 'SAMLResponse=PHNhbWw%2B' };

describe('keep_post', () => {
  it.each(CASES)('a form of %s, keep_post = %j', async (from, keep_post) => {
    const harness = withRule(keep_post);
    const browser = harness.browser();
    const response = await send(browser, { ...FORM, headers: headersOf(from) });
    if (!KEPT[keep_post]?.includes(from)) {
      expect(response.status).toBe(401);
      expect(unescaped(await response.text())).toContain('/auth/login?return_to=%2Facs%2Fpost%3FRelayState%3D1');
      expect([keptBy(harness), response.headers.getSetCookie(), harness.received]).toEqual([[], [], []]);
      return;
    }
    const { response: answer } = await sendAgain(browser, await signInFrom(harness, browser, response));
    expect(answer.status).toBe(200);
    const { request, bytes } = await lastReceived(harness);
    expect([request.method, new URL(request.url).search]).toEqual(['POST', '?RelayState=1']);
    expect(new TextDecoder().decode(bytes)).toBe(FORM.body);
  });

  it.each([
    ['an identity provider', 'https://idp.example', 'cross-site', 'https://idp.example/'],
    ['a site without a name', 'null', 'cross-site', null],
    ['a sibling', 'https://shop.example.com', 'same-site', null],
    ['a page of ours', UPSTREAM, 'same-origin', OWN.referer.replace(ORIGIN, UPSTREAM)],
  ] as const)(
    'the application sees that %s sent it: our page in between makes no foreign form its own',
    async (from, origin, site, referer) => {
      const harness = withRule('cross-site');
      const browser = harness.browser();
      const landed = await signInFrom(harness, browser, await send(browser, { ...FORM, headers: headersOf(from) }));
      await sendAgain(browser, landed);
      const { headers } = (await lastReceived(harness)).request;
      expect([headers.get('origin'), headers.get('sec-fetch-site')]).toEqual([origin, site]);
      if (referer !== null) expect(headers.get('referer')).toBe(referer);
      else expect(headers.get('referer') ?? '').not.toMatch(/acs|idp/);
    },
  );

  it('a foreign form that a service worker has passed on is foreign to the application too', async () => {
    const harness = withRule('cross-site');
    const browser = harness.browser();
    // As WebKit sends it.
    const passedOn = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty', origin: 'https://idp.example' };
    await sendAgain(browser, await signInFrom(harness, browser, await send(browser, { ...FORM, headers: passedOn })));
    const { headers } = (await lastReceived(harness)).request;
    expect([headers.get('origin'), headers.get('sec-fetch-site')]).toEqual(['https://idp.example', 'cross-site']);
  });

  it.each<[string, Record<string, string>]>([
    ['Firefox', { 'sec-fetch-mode': 'same-origin', 'upgrade-insecure-requests': '1', referer: 'https://idp.example/' }],
    ['WebKit', { 'sec-fetch-mode': 'navigate', referer: `${ORIGIN}/sw.js` }],
  ])('what %s makes up for a service worker’s foreign form reaches no application', async (_browser, more) => {
    const harness = withRule('cross-site');
    const browser = harness.browser();
    const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty', origin: ORIGIN, ...more };
    await sendAgain(browser, await signInFrom(harness, browser, await send(browser, { ...FORM, headers })));
    const { headers: received } = (await lastReceived(harness)).request;
    expect([received.get('origin'), received.get('sec-fetch-site')]).toEqual(['null', 'cross-site']);
    expect(received.get('referer') ?? '').not.toContain('sw.js');
  });

  it('is the strictest of the rules that a path’s readings meet', async () => {
    const ROUTES = [
      { path: '/ACS/*', keep_post: 'none' },
      { path: '/acs/*', keep_post: 'cross-site' },
    ];
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    expect((await send(browser, { ...FORM, headers: headersOf('an identity provider') })).status).toBe(401);
    expect((await send(browser, { ...FORM, headers: OWN })).status).toBe(401);
  });

  it('keeps none of a script’s, whatever the route says', async () => {
    const harness = withRule('cross-site', { unauthenticated: 'redirect' });
    const init = { method: 'POST', body: FORM.body, headers: { ...SITES['an identity provider'] } };
    expect((await harness.browser().fetch(FORM.path, init)).status).toBe(401);
    expect(keptBy(harness)).toEqual([]);
  });

  it('a step-up keeps by the same rule', async () => {
    const { harness, browser } = await signedIn({ env: { ROUTES: [{ path: '/acs/*', amr: ['mfa'] }] } });
    const refused = await send(browser, { ...FORM, headers: headersOf('an identity provider') });
    expect([refused.status, lastFault(harness).fault]).toEqual([401, 'unauthenticated']);
    expect((await send(browser, { ...FORM, headers: OWN })).status).toBe(303);
  });

  it('who is signed in sends what they like: the application’s own check stands as it was', async () => {
    const { harness, browser } = await signedIn({ env: { ROUTES: [{ path: '/acs/*', keep_post: 'none' }] } });
    expect((await send(browser, { ...FORM, headers: headersOf('an identity provider') })).status).toBe(200);
    expect((await lastReceived(harness)).request.headers.get('origin')).toBe('https://idp.example');
  });
});
