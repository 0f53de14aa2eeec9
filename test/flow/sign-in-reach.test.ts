// A sign-in while ZITADEL is down, though its metadata is in memory: nobody is sent to an address that does not answer. Promise 6.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../stand-in/faults.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { beginLogin, comeBack, lastFault, logIn } from './steps.ts';

const AUTHORIZE = '/oauth/v2/authorize';

/** Questions of the gateway's own. */
function countQuestions(harness: Harness): () => number {
  let count = 0;
  const { fetch } = harness.zitadel;
  Object.assign(harness.zitadel, {
    fetch: (request: Request) => {
      if (new URL(request.url).pathname === AUTHORIZE) count += 1;
      return fetch(request);
    },
  });
  return () => count;
}

/** Somebody has signed in here before, so everything about ZITADEL is known. */
async function withMetadata(fault: Fault, options = {}) {
  const harness = createHarness(options);
  await beginLogin(harness.browser());
  harness.zitadel.faults.set('authorize', fault);
  return harness;
}

const AWAY: [string, Fault][] = [
  ['hangs', 'hang'],
  ['breaks the connection', 'reset'],
  ['answers 500', { status: 500 }],
  ['answers 503', { status: 503 }],
];

describe.each(AWAY)('an authorization endpoint that %s', (_what, fault) => {
  // Real time passes only where nothing answers.
  const options = fault === 'hang' ? { providerDeadline: 700 } : {};

  it('is a page of ours with a way on, and no login; a script is told to sign in as ever', async () => {
    const harness = await withMetadata(fault, options);
    const browser = harness.browser();
    const response = await browser.navigate('/report?a=1&b=2');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('10');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(lastFault(harness).fault).toBe('provider_unavailable');
    const page = await response.text();
    expect(page).toContain('Signing in is not possible right now');
    expect(page).toContain('href="/report?a=1&amp;b=2"');
    expect((await browser.fetch('/api')).status).toBe(401);
  });

  it('stops the login endpoint and a step-up too, and nothing of who is signed in', async () => {
    const harness = createHarness({ ...options, env: { ROUTES: [{ path: '/strong/*', amr: ['mfa'] }] } });
    // Its keys are made when they are first needed, which takes longer than an answer.
    await harness.zitadel.webKeys.active();
    const browser = harness.browser();
    expect((await logIn(harness, browser)).status).toBe(302);
    harness.zitadel.faults.set('authorize', fault);
    expect((await browser.navigate('/auth/login')).status).toBe(503);
    expect((await browser.navigate('/strong/a')).status).toBe(503);
    expect((await browser.navigate('/page')).status).toBe(200);
  });

  it('is asked again with the next visitor: once it is back, everybody goes on at once', async () => {
    const harness = await withMetadata(fault, options);
    await harness.zitadel.webKeys.active();
    const browser = harness.browser();
    expect((await browser.navigate('/')).status).toBe(503);
    harness.zitadel.faults.clear();
    expect((await logIn(harness, browser)).status).toBe(302);
  });
});

it.each<[string, Fault]>([
  ['says 404 to a request without parameters', { status: 404 }],
  ['refuses', { status: 400 }],
  ['forbids', { status: 403 }],
  ['has had too many of our questions', { status: 429 }],
  ['leads elsewhere', { status: 302, headers: { location: '/login' } }],
  ['shows a page', 'html'],
])('an authorization endpoint that %s is there', async (_what, fault) => {
  const harness = await withMetadata(fault);
  await beginLogin(harness.browser());
});

describe('the page loads itself once more, after Retry-After, without a cookie', () => {
  it.each([
    ['/report?a=1&b=%20;,', '10;url=/auth/login?return_to=%2Freport%3Fa%3D1%26b%3D%2520%3B%2C&retried=1'],
    ['/auth/login?return_to=%2Freport', '10;url=/auth/login?return_to=%2Freport&retried=1'],
    ['/auth/login', '10;url=/auth/login?retried=1'],
    ['/auth/profile', '10;url=/auth/login?return_to=%2Fauth%2Fprofile&retried=1'],
  ])('%s', async (path, refresh) => {
    const harness = await withMetadata({ status: 503 });
    const browser = harness.browser();
    const first = await browser.navigate(path);
    expect(first.headers.get('refresh')).toBe(refresh);
    expect(await first.text()).toContain('This page tries again by itself in a moment.');
    const second = await browser.navigate(refresh.slice('10;url='.length));
    expect([second.status, second.headers.get('refresh')]).toEqual([503, null]);
    expect(await second.text()).toContain('Please try again in a moment.');
  });

  it('and ends where the visitor wanted to go', async () => {
    const harness = await withMetadata({ status: 503 });
    const browser = harness.browser();
    const refresh = (await browser.navigate('/report?a=1')).headers.get('refresh') ?? '';
    harness.zitadel.faults.clear();
    const url = await beginLogin(browser, refresh.split('url=')[1]);
    const landed = await comeBack(browser, await harness.zitadel.signIn({ authorizeUrl: url, user: 'user' }));
    expect(landed.headers.get('location')).toBe('https://app.example.com/report?a=1');
  });

  it('a form that was being sent is not sent again by itself', async () => {
    const harness = await withMetadata({ status: 503 });
    const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
    const response = await harness.browser().navigate('/report', { method: 'POST', body: 'a=1', headers });
    expect([response.status, response.headers.get('refresh')]).toEqual([503, null]);
  });
});

describe('what it costs ZITADEL', () => {
  it('one question for all that begin at the same time', async () => {
    const harness = createHarness();
    await beginLogin(harness.browser());
    const questions = countQuestions(harness);
    await Promise.all(Array.from({ length: 50 }, () => beginLogin(harness.browser())));
    expect(questions()).toBe(1);
  });

  it('in a flood one a second: in between the last answer counts', async () => {
    const harness = createHarness();
    const questions = countQuestions(harness);
    for (let time = 0; time < 60; time += 1) await beginLogin(harness.browser());
    expect(questions()).toBe(20);
    await harness.advance(1);
    harness.zitadel.faults.set('authorize', { status: 503 });
    for (let time = 0; time < 5; time += 1) expect((await harness.browser().navigate('/')).status).toBe(503);
    expect(questions()).toBe(21);
  });
});
