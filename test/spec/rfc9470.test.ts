// RFC 9470, Step Up Authentication Challenge: §3 the challenge, §4 the new request, §5 what is checked on what it brings.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import type { Harness } from '../support/harness.ts';
import { callWith, createApi, expectChallenge } from './bearer.ts';
import { tell } from './hostile.ts';

const ROUTES = [
  { path: '/recent/*', max_age: 60 },
  { path: '/strong/*', amr: ['mfa'] },
];

const mint = (harness: Harness, options: object = {}) =>
  harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true, ...options });

async function signedIn(harness = createApi({ ROUTES })): Promise<{ harness: Harness; browser: TestBrowser }> {
  const browser = harness.browser();
  await harness.signIn(browser, 'user', '/page');
  harness.received.length = 0;
  return { harness, browser };
}

/** A new sign-in as the page demands it, and where the callback leads: to the page, or to the one that refuses. */
async function stepUp(harness: Harness, browser: TestBrowser, path: string, mfa = false): Promise<Response> {
  const authorizeUrl = locationOf(await browser.navigate(path));
  const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'user', mfa });
  const back = await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } });
  return browser.navigate(locationOf(back));
}

describe('§3 the challenge', () => {
  it('401 insufficient_user_authentication with max_age, for a script whose session is too old', async () => {
    const { harness, browser } = await signedIn();
    harness.clock.now += 61;
    const response = await browser.fetch('/recent/x');
    await expectChallenge(harness, response, 401, 'insufficient_user_authentication');
    expect(response.headers.get('www-authenticate')).toContain('max_age="60"');
    expect(await response.json()).toMatchObject({ code: 'insufficient_user_authentication' });
  });

  it('401 insufficient_user_authentication for a bearer token of an old sign-in', async () => {
    const harness = createApi({ ROUTES });
    const token = await mint(harness, { claims: { auth_time: harness.clock.now - 61 } });
    const response = await callWith(harness, token, '/recent/x');
    await expectChallenge(harness, response, 401, 'insufficient_user_authentication');
    expect(response.headers.get('www-authenticate')).toContain('max_age="60"');
    const recent = await mint(harness, { claims: { auth_time: harness.clock.now - 59 } });
    expect((await callWith(harness, recent, '/recent/x')).status).toBe(200);
  });

  it('a bearer token that does not say when is not taken for a recent one', async () => {
    const harness = createApi({ ROUTES });
    const response = await callWith(harness, await mint(harness, { claims: { auth_time: undefined } }), '/recent/x');
    await expectChallenge(harness, response, 401, 'insufficient_user_authentication');
  });

  it('a bearer token without the method is challenged, with it passes', async () => {
    const harness = createApi({ ROUTES });
    const weak = await mint(harness, { claims: { amr: ['pwd'] } });
    await expectChallenge(harness, await callWith(harness, weak, '/strong/x'), 401, 'insufficient_user_authentication');
    const strong = await mint(harness, { claims: { amr: ['pwd', 'mfa'] } });
    expect((await callWith(harness, strong, '/strong/x')).status).toBe(200);
  });
});

describe('§4 the new authorization request', () => {
  it('carries max_age', async () => {
    const { harness, browser } = await signedIn();
    harness.clock.now += 61;
    const url = new URL(locationOf(await browser.navigate('/recent/x')));
    expect(url.searchParams.get('max_age')).toBe('60');
    // ZITADEL's Login V2 does not look at it.
    expect(url.searchParams.get('prompt')).toBe('login');
    expect(harness.received).toEqual([]);
  });

  it('demands a new sign-in where a method is missing, since ZITADEL takes no acr_values', async () => {
    const { harness, browser } = await signedIn();
    const url = new URL(locationOf(await browser.navigate('/strong/x')));
    expect(url.searchParams.get('prompt')).toBe('login');
    expect(url.searchParams.has('acr_values')).toBe(false);
    expect(harness.received).toEqual([]);
  });
});

describe('§5 what the new sign-in brings is checked', () => {
  it('a provider that ignores max_age lets nobody through, and makes no loop', async () => {
    const { harness, browser } = await signedIn();
    harness.clock.now += 61;
    tell(harness, 'idToken', { claims: { auth_time: harness.clock.now - 61 } });
    expect((await stepUp(harness, browser, '/recent/x')).status).toBe(403);
    expect((await browser.fetch('/recent/x')).status).toBe(401);
    expect(harness.received).toEqual([]);
  });

  it('nor does an ID token that does not say when', async () => {
    const { harness, browser } = await signedIn();
    harness.clock.now += 61;
    tell(harness, 'idToken', { claims: { auth_time: undefined } });
    expect((await stepUp(harness, browser, '/recent/x')).status).toBe(403);
    expect(harness.received).toEqual([]);
  });

  it('a method that was not used: 403', async () => {
    const { harness, browser } = await signedIn();
    expect((await stepUp(harness, browser, '/strong/x')).status).toBe(403);
    expect(harness.received).toEqual([]);
  });

  it('met, the page is shown', async () => {
    const { harness, browser } = await signedIn();
    expect((await stepUp(harness, browser, '/strong/x', true)).status).toBe(200);
    expect(harness.received.map(({ url }) => new URL(url).pathname)).toEqual(['/strong/x']);
  });
});
