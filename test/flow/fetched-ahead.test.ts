// What is fetched ahead begins nothing and ends nothing, whatever it is marked with, and its answer is none that a browser would keep.

import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createHarness } from '../support/harness.ts';
import { isSignedIn, signedIn } from './steps.ts';

const OWN = { 'sec-fetch-site': 'same-origin' };

const MARKS: Record<string, string>[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender', 'sec-speculation-tags': 'null' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
  { 'x-purpose': 'preview' },
  { 'x-moz': 'prefetch' },
  { 'x-sec-purpose': 'prefetch' },
  { 'next-router-prefetch': '1', rsc: '1' },
  { 'next-router-segment-prefetch': '/_tree', rsc: '1' },
  { 'x-middleware-prefetch': '1' },
  { 'hx-preloaded': 'true', 'hx-request': 'true' },
];

describe.each(MARKS)('fetched ahead with %j', (mark) => {
  it('GET /auth/logout ends nothing; a real one afterwards does', async () => {
    const { browser } = await signedIn();
    const ahead = await browser.navigate('/auth/logout', { headers: { ...OWN, ...mark } });
    expect([ahead.status, ahead.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(ahead.headers.getSetCookie()).toEqual([]);
    expect(await isSignedIn(browser)).toBe(true);
    expect((await browser.navigate('/auth/logout', { headers: OWN })).status).toBe(303);
  });

  it('by a script, too', async () => {
    const { browser } = await signedIn();
    expect((await browser.fetch('/auth/logout', { headers: mark })).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each(['/auth/login', '/auth/login?return_to=/page&prompt=login', '/auth/profile', '/page'])(
    'GET %s begins nothing, and counts for no limit',
    async (path) => {
      let counted = 0;
      const LOGIN_RATE_LIMIT = { limit: async () => ({ success: ++counted > 0 }) };
      const { gateway, browser: startBrowser } = createHarness();
      const browser = startBrowser(createApp({ ...gateway, bindings: { ...gateway.bindings, LOGIN_RATE_LIMIT } }));
      const from = { 'cf-connecting-ip': '203.0.113.7' };
      for (const how of ['navigate', 'fetch'] as const) {
        const ahead = await browser[how](path, { headers: { ...from, ...mark } });
        expect([ahead.status, ahead.headers.get('location'), counted]).toEqual([401, null, 0]);
        expect([ahead.headers.get('cache-control'), ahead.headers.getSetCookie()]).toEqual(['no-store', []]);
      }
      expect((await browser.navigate(path, { headers: from })).status).toBe(302);
      expect(counted).toBe(1);
    },
  );

  it.each(['/auth/callback?code=a&state=1x', '/auth/logout/callback?state=x', '/auth/resubmit?form=x'])(
    'GET %s does nothing',
    async (path) => {
      const { harness, browser } = await signedIn();
      const ahead = await browser.navigate(path, { headers: mark });
      expect([ahead.status, ahead.headers.getSetCookie()]).toEqual([400, []]);
      expect(harness.events.at(-1)).toMatchObject({ decision: 'prefetched', fault: 'bad_request' });
    },
  );
});

describe('marks of what a visitor really does', () => {
  it.each<Record<string, string>>([
    { 'service-worker-navigation-preload': 'true' },
    { 'next-router-prefetch': '0' },
    { purpose: 'navigation' },
  ])('%j: a sign-out', async (mark) => {
    const { browser } = await signedIn();
    expect((await browser.navigate('/auth/logout', { headers: { ...OWN, ...mark } })).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('a GET of the sign-out by a script asks first', () => {
  it.each<[string, Record<string, string>]>([
    ['fetch', {}],
    ['fetch that wants a page (Turbo, htmx)', { accept: 'text/html, application/xhtml+xml' }],
    ['fetch of mode same-origin', { 'sec-fetch-mode': 'same-origin', accept: 'text/html' }],
    ['a service worker that passes a navigation on', { 'sec-fetch-mode': 'navigate', accept: 'text/html' }],
  ])('%s', async (_what, headers) => {
    const { harness, browser } = await signedIn();
    const response = await browser.fetch('/auth/logout', { headers });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<form method="post" action="/auth/logout">');
    expect(harness.events.at(-1)).toMatchObject({ decision: 'asked_before_logout' });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('XMLHttpRequest of an older browser', async () => {
    const { browser } = await signedIn();
    const headers = { referer: 'https://app.example.com/page', 'x-requested-with': 'XMLHttpRequest' };
    expect((await browser.send('/auth/logout', { headers })).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('its POST signs out', async () => {
    const { browser } = await signedIn();
    expect((await browser.fetch('/auth/logout', { method: 'POST' })).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });
});
