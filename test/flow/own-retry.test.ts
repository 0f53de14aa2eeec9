// A page that can't be had right now loads itself once more, after Retry-After, without script: only what may be asked twice, and once.

import { describe, expect, it } from 'vitest';
import type { RequestContext } from '../../src/answer/answers.ts';
import { ownRetry } from '../../src/answer/own-retry.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { signedIn } from './steps.ts';

const upstream = () => {
  throw new TypeError('connection refused');
};

/** Signed in, and the application does not answer. */
async function withoutApplication(world?: { harness: Harness; browser: TestBrowser }) {
  const { harness, browser } = world ?? (await signedIn({ upstream }));
  const go = async (path = '/report?a=1', init: RequestInit = {}) => {
    const response = await browser.navigate(path, init);
    const { headers, status } = response;
    const marks = headers.getSetCookie().filter((line) => line.startsWith('__Host-postern-retried='));
    return { status, refresh: headers.get('refresh'), retryAfter: headers.get('retry-after'), marks, response };
  };
  return { harness, browser, go };
}

const AGAIN = { refresh: '10', retryAfter: '10' };
const BY_HAND = { refresh: null, retryAfter: '10', marks: [] };

describe('an application that does not answer', () => {
  it('is asked once more by itself, and then by hand: the page says which', async () => {
    const { go, harness } = await withoutApplication();
    const first = await go();
    expect(first).toMatchObject({ status: 502, ...AGAIN });
    expect(first.marks).toEqual(['__Host-postern-retried=1; Path=/; Max-Age=70; HttpOnly; SameSite=Lax; Secure']);
    const page = await first.response.text();
    expect(page).toContain('This page tries again by itself in a moment.');
    expect(page).toContain('<a class="button primary" href="/report?a=1">Try again</a>');
    const second = await go();
    expect(second).toMatchObject({ status: 502, ...BY_HAND });
    expect(await second.response.text()).toContain('Please try again in a moment.');
    // What the gateway remembers by is its own business.
    for (const { headers } of harness.received) expect(headers.get('cookie') ?? '').not.toContain('postern');
  });

  it('is not told so by a browser that keeps no cookies', async () => {
    const harness = createHarness({ upstream, env: { ROUTES: [{ path: '/*', access: 'public' }] } });
    const browser = harness.browser();
    browser.keepsCookies = false;
    const { go } = await withoutApplication({ harness, browser });
    expect(await go()).toMatchObject(AGAIN);
    // As browsers load a page that has said Refresh.
    const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-user': '?0' };
    expect(await go('/report?a=1', { headers })).toMatchObject(BY_HAND);
  });

  it.each([
    ['a form', { method: 'POST', body: 'a=1', headers: { 'sec-fetch-site': 'same-origin' } }],
    ['what another site has led here', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['what a sibling has led here', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['HEAD', { method: 'HEAD' }],
  ])('%s is left to the visitor', async (_what, init) => {
    const { go } = await withoutApplication();
    expect(await go('/report', init)).toMatchObject({ status: 502, ...BY_HAND });
  });

  it('a script gets the status and Retry-After', async () => {
    const { browser } = await withoutApplication();
    const response = await browser.fetch('/api');
    expect(response.status).toBe(502);
    expect(response.headers.get('retry-after')).toBe('10');
    expect(response.headers.has('refresh')).toBe(false);
  });
});

describe('who may load itself', () => {
  it.each([
    ['/auth/logout', 'store_unavailable', false],
    ['/auth/logout?return_to=%2Fa', 'store_unavailable', false],
    ['/auth/logout/callback?state=a', 'store_unavailable', false],
    ['/auth/check', 'store_unavailable', false],
    ['/auth/check', 'provider_unavailable', false],
    ['/auth/profile', 'store_unavailable', true],
    // ZITADEL leads there, which is another site.
    ['/auth/callback?code=a&state=b', 'provider_unavailable', true],
    ['/page', 'internal', false],
    ['/page', 'upstream_loop', false],
  ] as const)('%s after %s: %j', (path, code, loadsItself) => {
    const { gateway } = createHarness();
    const isCallback = path.startsWith('/auth/callback');
    const raw = new Request(ORIGIN + path, {
      headers: { 'sec-fetch-site': isCallback ? 'cross-site' : 'same-origin', 'sec-fetch-user': '?1' },
    });
    const context = { req: { raw, url: raw.url, method: 'GET' } } as unknown as RequestContext;
    const { refresh, cookies } = ownRetry(gateway, context, code, 10);
    expect([refresh !== undefined, cookies.length > 0]).toEqual([loadsItself, loadsItself]);
  });
});

it('429 waits for the visitor', async () => {
  const { browser, harness } = await signedIn();
  Object.assign(harness.gateway.bindings, { LOGIN_RATE_LIMIT: { limit: async () => ({ success: false }) } });
  await browser.jar.removeAllCookies();
  const response = await browser.navigate('/', { headers: { 'cf-connecting-ip': '192.0.2.1' } });
  expect([response.status, response.headers.get('refresh'), response.headers.get('retry-after')]).toEqual([
    429,
    null,
    '60',
  ]);
  expect(await response.text()).toContain('Please wait a minute');
});
