// Step-up: a route that asks for a recent or a stronger sign-in. RFC 9470; ARCHITECTURE §3.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { lastReceived, send, sendAgain, unescaped } from './form-steps.ts';
import { comeBack } from './steps.ts';

const ROUTES = [
  { path: '/recent/*', max_age: 60 },
  { path: '/strong/*', amr: ['mfa'] },
];

describe('step-up', () => {
  it('sends a navigation to ZITADEL once; met, it ends at the page', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    const toProvider = await browser.navigate('/strong/a');
    const authorizeUrl = new URL(locationOf(toProvider));
    expect(authorizeUrl.searchParams.get('prompt')).toBe('login');
    const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'user', mfa: true });
    const back = await browser.navigate(callbackUrl);
    expect(locationOf(back)).toMatch(/\/strong\/a$/);
    expect((await browser.navigate('/strong/a')).status).toBe(200);
  });

  it('a script gets the challenge, and a login_url that signs in anew', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    harness.clock.now += 61;
    const answer = await browser.fetch('/recent/a');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
    expect(answer.headers.get('www-authenticate')).toContain('max_age="60"');
    const { code, login_url } = (await answer.json()) as { code: string; login_url: string };
    expect(code).toBe('insufficient_user_authentication');
    expect(new URL(login_url).searchParams.get('prompt')).toBe('login');
  });
});

/** Somebody whose sign-in has become too old for /recent. */
async function signedInLongAgo(env: Record<string, unknown> = {}) {
  const harness = createHarness({ env: { ROUTES, ...env } });
  const browser = harness.browser();
  await harness.signIn(browser, 'user', '/echo');
  harness.clock.now += 61;
  return { harness, browser };
}

/** ZITADEL answers with the session that its browser had already, whose sign-in is too old. */
async function answerOld(harness: Harness, authorizeUrl: string) {
  const auth_time = harness.clock.now - 61;
  harness.zitadel.tamper.idToken = (claims, header) => ({ claims: { ...claims, auth_time }, header });
  return harness.zitadel.signIn({ authorizeUrl, user: 'user' });
}

/** Goes to the page, to ZITADEL, and back in vain; the address that the browser shows at last, and its page. */
async function stepUpInVain(harness: Harness, browser: TestBrowser, path: string) {
  const callbackUrl = await answerOld(harness, locationOf(await browser.navigate(path)));
  const url = locationOf(await comeBack(browser, callbackUrl));
  const response = await browser.navigate(url);
  return { url: new URL(url), response, page: await response.text() };
}

const hrefsOf = (page: string) =>
  [...page.matchAll(/<a class="button [^"]*" href="([^"]*)"/g)].map(([, href = '']) => unescaped(href));

describe('OIDC Core §3.1.2.1 how ZITADEL is asked', () => {
  it.each([
    ['/recent/a', { prompt: 'login', max_age: '60' }],
    ['/strong/a', { prompt: 'login', max_age: null }],
  ])('for %s: with %j and the name of who is signed in', async (path, wanted) => {
    const { browser } = await signedInLongAgo();
    const { searchParams } = new URL(locationOf(await browser.navigate(path)));
    expect({ prompt: searchParams.get('prompt'), max_age: searchParams.get('max_age') }).toEqual(wanted);
    expect(searchParams.get('login_hint')).toBe('uma@acme.zitadel.example');
  });

  it.each(['', 'x'.repeat(257), 'a\u0000b', 7, undefined])('a login name %j is no hint', async (preferred_username) => {
    const harness = createHarness({ env: { ROUTES } });
    harness.zitadel.tamper.userinfo = (claims) => ({ ...claims, preferred_username });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    const { searchParams } = new URL(locationOf(await browser.navigate('/strong/a')));
    expect([searchParams.get('prompt'), searchParams.has('login_hint')]).toEqual(['login', false]);
  });

  it('with the session that ZITADEL’s browser has, the person is asked again, and the page is shown', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const [browser, atProvider] = [harness.browser(), new Map<string, string>()];
    const signIn = async (path: string) => {
      const authorizeUrl = locationOf(await browser.navigate(path));
      return locationOf(
        await comeBack(browser, await harness.zitadel.signIn({ authorizeUrl, user: 'user', browser: atProvider })),
      );
    };
    await signIn('/echo');
    harness.clock.now += 61;
    expect(await signIn('/recent/a')).toBe(`${ORIGIN}/recent/a`);
    expect((await browser.navigate('/recent/a')).status).toBe(200);
  });
});

describe('a new sign-in that is still too old or too weak', () => {
  it.each([
    ['/recent/a?x=1', 'max_age', 'You signed in too long ago for this page'],
    ['/strong/a', 'amr', 'This page needs a second factor'],
  ])('%s says so once, on a page of its own, without a code in its address', async (path, unmet, sentence) => {
    const { harness, browser } = await signedInLongAgo();
    const { url, response, page } = await stepUpInVain(harness, browser, path);
    expect(Object.fromEntries(url.searchParams)).toEqual({ unmet, return_to: path });
    expect(url.pathname).toBe('/auth/step-up');
    expect(response.status).toBe(403);
    expect(page).toContain(sentence);
    expect(
      harness.received.filter(({ url: target }) => target.includes('/recent') || target.includes('/strong')),
    ).toEqual([]);
    // The reason is in the log, beside the callback that it belongs to.
    const [event] = harness.events.filter((each) => 'decision' in each && each.decision === 'step_up_refused');
    expect(event).toMatchObject({ endpoint: 'callback', status: 302, reason: expect.stringMatching(/auth_time|amr/) });
  });

  it('offers another try, which asks ZITADEL anew, and succeeds when that succeeds', async () => {
    const { harness, browser } = await signedInLongAgo();
    const { page } = await stepUpInVain(harness, browser, '/recent/a?x=1');
    const [again, back] = hrefsOf(page);
    expect([again, back]).toEqual(['/recent/a?x=1', '/']);
    const authorizeUrl = locationOf(await browser.navigate(again ?? ''));
    expect(new URL(authorizeUrl).searchParams.get('prompt')).toBe('login');
    delete harness.zitadel.tamper.idToken;
    const landed = locationOf(await comeBack(browser, await harness.zitadel.signIn({ authorizeUrl, user: 'user' })));
    expect((await browser.navigate(landed)).status).toBe(200);
  });

  it('is never a loop: following whatever redirects there are, one meets ZITADEL once', async () => {
    const { harness, browser } = await signedInLongAgo();
    let [next, asked] = ['/recent/a', 0];
    let response = await browser.navigate(next);
    while (response.status === 302 && asked < 5) {
      next = locationOf(response);
      if (next.startsWith(harness.zitadel.issuer)) {
        asked += 1;
        next = await answerOld(harness, next);
      }
      response = await browser.navigate(next);
    }
    expect([response.status, asked]).toEqual([403, 1]);
  });

  it('leaves the new session, for pages that ask for less', async () => {
    const { harness, browser } = await signedInLongAgo();
    await stepUpInVain(harness, browser, '/recent/a');
    expect((await browser.navigate('/echo')).status).toBe(200);
    expect((await browser.fetch('/recent/a')).status).toBe(401);
  });

  it('keeps a form for the next try', async () => {
    const { harness, browser } = await signedInLongAgo();
    const body = 'name=Ada&text=a%20b';
    const callbackUrl = await answerOld(harness, locationOf(await send(browser, { path: '/recent/form', body })));
    const page = await browser.navigate(locationOf(await comeBack(browser, callbackUrl)));
    expect(page.status).toBe(403);
    const [again = ''] = hrefsOf(await page.text());
    const { response: second } = await sendAgain(browser, again);
    delete harness.zitadel.tamper.idToken;
    const authorizeUrl = locationOf(second);
    const landed = locationOf(await comeBack(browser, await harness.zitadel.signIn({ authorizeUrl, user: 'user' })));
    expect((await sendAgain(browser, landed)).response.status).toBe(200);
    const { request, bytes } = await lastReceived(harness);
    expect([request.method, new TextDecoder().decode(bytes)]).toEqual(['POST', body]);
  });
});

describe('GET /auth/step-up', () => {
  it.each(['https://evil.example/', '//evil.example', '/auth/login', '/auth/step-up?return_to=/x', ''])(
    'leads nowhere else: return_to=%s',
    async (return_to) => {
      const { browser } = await signedInLongAgo();
      const page = await browser.navigate(`/auth/step-up?${new URLSearchParams({ return_to })}`);
      expect(page.status).toBe(403);
      expect(hrefsOf(await page.text())[0]).toBe('/');
    },
  );

  it('without a session it is the way to the page', async () => {
    const response = await createHarness({ env: { ROUTES } }).browser().navigate('/auth/step-up?return_to=/recent/a');
    expect(locationOf(response)).toBe(`${ORIGIN}/recent/a`);
  });

  it('a script gets problem JSON', async () => {
    const { browser } = await signedInLongAgo();
    const response = await browser.fetch('/auth/step-up?return_to=/recent/a&unmet=max_age');
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'forbidden']);
  });
});
