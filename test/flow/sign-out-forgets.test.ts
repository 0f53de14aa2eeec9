// What a sign-out makes the browser forget, and which pages it was told not to keep in the first place.
// Clear Site Data §3.1; RFC 9111 §5.2.2.5 (no-store); docs/browsers.md, Back after a sign-out.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER } from '../support/harness.ts';
import { signedIn } from './steps.ts';

const OWN = { 'sec-fetch-site': 'same-origin' };
const AHEAD = '"prefetchCache", "prerenderCache"';
const clears = (response: Response) => response.headers.get('clear-site-data');

describe('Clear-Site-Data', () => {
  it.each([
    ['', `"cache", ${AHEAD}`],
    ['"Not=A?Brand";v="8"', `"cache", ${AHEAD}`],
    ['"Chromium";v="156", "Google Chrome";v="156", "Not=A?Brand";v="8"', AHEAD],
  ])('on the way to ZITADEL and back, for Sec-CH-UA %s', async (brands, types) => {
    const { harness, browser } = await signedIn();
    const headers = { ...OWN, ...(brands !== '' && { 'sec-ch-ua': brands }) };
    const away = await browser.navigate('/auth/logout', { headers });
    expect([locationOf(away).startsWith(ISSUER), clears(away)]).toEqual([true, types]);
    const back = locationOf(await harness.zitadel.fetch(locationOf(away)));
    expect(clears(await browser.navigate(back, { headers }))).toBe(types);
  });

  it('on a sign-out that ZITADEL does not hear of, and where return_to leads on', async () => {
    const { harness, browser } = await signedIn({ providerDeadline: 500 });
    harness.zitadel.faults.set('revocation', 'reset');
    expect(clears(await browser.navigate('/auth/logout', { headers: OWN }))).toContain('"cache"');
    const onwards = await browser.navigate('/auth/logout?return_to=/bye', { headers: OWN });
    expect([onwards.status, clears(onwards)]).toEqual([303, expect.stringContaining('"cache"')]);
  });

  it('not on what a script or a service worker has fetched: WebKit would never hand it over', async () => {
    const { browser } = await signedIn();
    const answer = await browser.fetch('/auth/logout', { method: 'POST', headers: OWN });
    expect([answer.status, clears(answer)]).toEqual([303, null]);
  });

  it('nowhere else: not on the question, which another site can cause, nor on a stale way back', async () => {
    const { browser } = await signedIn();
    const cross = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect(clears(await browser.navigate('/auth/logout', cross))).toBeNull();
    expect(clears(await createHarness().browser().navigate('/auth/logout/callback?state=x', cross))).toBeNull();
    expect(clears(await browser.navigate('/page'))).toBeNull();
  });
});

describe('no-store', () => {
  const routes = [
    { path: '/open', access: 'public' },
    { path: '/theirs/*', no_store: false },
    { path: '/secret/*', no_store: true },
  ];
  const storing = async (path: string, how: 'navigate' | 'fetch', isSignedIn = true) => {
    const { harness, browser } = await signedIn({ env: { ROUTES: routes } });
    const visitor = isSignedIn ? browser : harness.browser();
    return (await visitor[how](path)).headers.get('cache-control');
  };

  it.each([
    ['/page', 'navigate', 'private, no-store'],
    ['/page', 'fetch', 'private'],
    ['/open', 'navigate', 'private, no-store'],
    ['/theirs/page', 'navigate', 'private'],
    ['/secret/data', 'fetch', 'private, no-store'],
    // One path in two readings, of which one is secret.
    ['/theirs/..%2fsecret/data', 'fetch', 'private, no-store'],
  ] as const)('%s, %s, signed in: %s', async (path, how, wanted) => {
    expect(await storing(path, how)).toBe(wanted);
  });

  it('a public page of nobody’s stays as it is', async () => {
    expect(await storing('/open', 'navigate', false)).toBeNull();
  });
});
