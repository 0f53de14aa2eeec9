// Forms of pages whose policy says `form-action 'self'`: the way to ZITADEL leads by a page of ours, which no policy stops.
// CSP Level 3 §6.4.1; ARCHITECTURE §2 /auth/onward.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import { formOf, lastReceived, OWN, send, URLENCODED } from './form-steps.ts';
import { comeBack, expectOwnHeaders, isSignedIn, signedIn } from './steps.ts';

const ENGINES = {
  Chromium: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  Firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  WebKit: 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
};
const UA = { 'user-agent': ENGINES.Chromium };

/** The page of ours that `response` leads to, and where it leads on. */
async function pageBehind(browser: TestBrowser, response: Response) {
  const url = locationOf(response);
  expect(url).toMatch(new RegExp(`^${ORIGIN}/auth/onward\\?to=`));
  const page = await browser.navigate(url);
  expect(page.status).toBe(200);
  expectOwnHeaders(page);
  const [, onward = ''] = /^0; url=(https:.*)$/.exec(page.headers.get('refresh') ?? '') ?? [];
  const html = await page.text();
  expect(html.replaceAll('&amp;', '&')).toContain(`href="${onward}"`);
  const isSignOut = onward.includes('end_session');
  expect(html.match(/<script[^>]*>/g)).toEqual(isSignOut ? null : ['<script src="/auth/onward.js" defer>']);
  return { url, page, onward };
}

describe('a form of the application without a session', () => {
  it.each(Object.entries(ENGINES))(
    '%s: 303 to a page of ours, which leads on; the form arrives after it',
    async (_name, engine) => {
      const harness = createHarness();
      const browser = harness.browser();
      const response = await send(browser, { headers: { ...OWN, 'user-agent': engine } });
      expect(response.status).toBe(303);
      const { onward } = await pageBehind(browser, response);
      expect(onward).toMatch(new RegExp(`^${ISSUER}/oauth/v2/authorize\\?`));
      const landed = locationOf(
        await comeBack(browser, await harness.zitadel.signIn({ authorizeUrl: onward, user: 'user' })),
      );
      const { action, body } = formOf(await (await browser.navigate(landed)).text());
      await send(browser, { path: action, type: 'text/plain', body });
      expect(new TextDecoder().decode((await lastReceived(harness)).bytes)).toBe('name=Ada');
    },
  );

  it('what names no engine has no policies, and goes straight', async () => {
    const response = await send(createHarness().browser());
    expect([response.status, new URL(locationOf(response)).origin]).toEqual([303, ISSUER]);
  });

  it.each<[string, string, Record<string, string>, boolean]>([
    ['a GET form of the application', '/search?q=1', { 'sec-fetch-site': 'same-origin' }, true],
    ['a GET form without fields', '/search?', { 'sec-fetch-site': 'same-origin' }, true],
    ['a link without a query', '/search', { 'sec-fetch-site': 'same-origin' }, false],
    ['a link of another site', '/search?q=1', { 'sec-fetch-site': 'cross-site' }, false],
    ['what somebody has typed', '/search?q=1', { 'sec-fetch-site': 'none' }, false],
    ['the sign-in in a window of client.js', '/auth/login?return_to=/', { 'sec-fetch-site': 'same-origin' }, false],
  ])('%s: by a page %s', async (_what, path, headers, isByPage) => {
    const browser = createHarness().browser();
    const response = await browser.navigate(path, { headers: { ...UA, ...headers } });
    expect([response.status, new URL(locationOf(response)).origin === ORIGIN]).toEqual([302, isByPage]);
    if (!isByPage) return;
    const { page } = await pageBehind(browser, response);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('unsafe-none');
  });

  it('a script is told 401, and gets no page', async () => {
    const response = await createHarness().browser().fetch('/search?q=1', { headers: UA });
    expect(response.status).toBe(401);
  });
});

describe('a sign-out form', () => {
  const post = (browser: TestBrowser, headers: Record<string, string>) =>
    browser.navigate('/auth/logout', {
      method: 'POST',
      body: 'return_to=/bye',
      headers: { ...UA, 'content-type': URLENCODED, ...headers },
    });

  it.each([
    ['of the application', { 'sec-fetch-site': 'same-origin', origin: ORIGIN }],
    ['of a page with Referrer-Policy: no-referrer', { 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ])('%s ends the session, and a page of ours leads on to ZITADEL, and back', async (_what, headers) => {
    const { browser } = await signedIn();
    const response = await post(browser, headers);
    expect(response.status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
    const { url, onward } = await pageBehind(browser, response);
    expect(onward).toMatch(new RegExp(`^${ISSUER}/oidc/v1/end_session\\?.*id_token_hint=`));
    expect(url).not.toContain(new URL(onward).searchParams.get('id_token_hint')?.split('.')[1]);
    const back = `/auth/logout/callback?state=${new URL(onward).searchParams.get('state')}`;
    expect(locationOf(await browser.navigate(back))).toBe(`${ORIGIN}/bye`);
  });

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['of another site that hides its name', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['of a sibling that hides its name', { 'sec-fetch-site': 'same-site', origin: 'null' }],
  ])('%s is refused by a page', async (_what, headers) => {
    const { browser } = await signedIn();
    const response = await post(browser, headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('a link needs no page in between', async () => {
    const { browser } = await signedIn();
    const response = await browser.navigate('/auth/logout', { headers: { ...UA, 'sec-fetch-site': 'same-origin' } });
    expect(new URL(locationOf(response)).origin).toBe(ISSUER);
  });
});

describe('GET /auth/onward', () => {
  const sealed = async (harness: Harness) =>
    new URL(locationOf(await send(harness.browser(), { headers: { ...OWN, ...UA } })));

  it.each<[string, (url: URL, harness: Harness) => unknown]>([
    ['nothing', (url) => url.searchParams.delete('to')],
    ['an address', (url) => url.searchParams.set('to', 'https://evil.example/')],
    [
      'something else that we have sealed',
      async (url, { gateway }) =>
        url.searchParams.set(
          'to',
          await gateway.keyring.seal('form-token', { location: 'https://evil.example/', at: 9e9 }),
        ),
    ],
    [
      'what another secret has sealed',
      (url) => url.searchParams.set('to', `${url.searchParams.get('to')?.slice(0, -6)}AAAAAA`),
    ],
    ['what is ten minutes old', (_url, harness) => harness.advance(601)],
  ])('with %s leads nowhere but home', async (_what, change) => {
    const harness = createHarness();
    const url = await sealed(harness);
    await change(url, harness);
    const response = await harness.browser().navigate(url.href);
    expect([response.status, locationOf(response)]).toEqual([302, `${ORIGIN}/`]);
  });

  it('is no place to come back to', async () => {
    const harness = createHarness();
    const { pathname, search } = await sealed(harness);
    const response = await harness
      .browser()
      .navigate(`/auth/logout?return_to=${encodeURIComponent(pathname + search)}`);
    expect(response.status).toBe(200);
  });
});
