// What comes back to the redirect URI: only the answer to a login of this browser, from the provider that was asked, once.
// RFC 6749 §4.1.2, §10.12; RFC 9207; RFC 9700 §2.1, §4.2.4, §4.4 (mix-up), §4.5 (injection); FAPI 2.0 client modules.

import { describe, expect, it } from 'vitest';
import {
  beginLogin,
  callbackFor,
  comeBack,
  expectNoSession,
  expectOwnHeaders,
  isSignedIn,
  lastFault,
  logIn,
  pathOf,
} from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER } from '../support/harness.ts';

/** A login whose callback address is changed on its way; the answer, and whoever sees it. */
async function comeBackWith(change: (url: URL) => void, discovery: Record<string, unknown> = {}) {
  const harness = createHarness();
  harness.zitadel.tamper.discovery = (json) => ({ ...json, ...discovery });
  const browser = harness.browser();
  const url = await callbackFor(harness, await beginLogin(browser));
  change(url);
  return { harness, browser, response: await comeBack(browser, url) };
}

async function expectRefused(change: (url: URL) => void, reason: RegExp, discovery?: Record<string, unknown>) {
  const { harness, browser, response } = await comeBackWith(change, discovery);
  expect(response.status).toBe(400);
  expect(lastFault(harness)).toMatchObject({ fault: 'login_failed', reason: expect.stringMatching(reason) });
  expect(harness.zitadel.calls.token).toBe(0);
  await expectNoSession(harness, browser);
}

/** A login begins anew, and nobody is signed in by what came. */
async function expectStartedAgain(change: (url: URL) => void) {
  const { harness, browser, response } = await comeBackWith(change);
  expect(response.status).toBe(302);
  expect(locationOf(response)).toMatch(new RegExp(`^${ISSUER}/oauth/v2/authorize\\?`));
  expect(harness.zitadel.calls.token).toBe(0);
  await expectNoSession(harness, browser);
}

describe('state', () => {
  it('fapi2 ensure-authorization-response-with-invalid-state-fails', () =>
    expectStartedAgain((url) => url.searchParams.set('state', `${url.searchParams.get('state')}1`)));

  it('fapi2 ensure-authorization-response-with-invalid-missing-state-fails', () =>
    expectStartedAgain((url) => url.searchParams.delete('state')));

  it('RFC 9700 §2.1: the answer to another browser’s login signs nobody in here (login CSRF)', async () => {
    const harness = createHarness();
    const attackers = await callbackFor(harness, await beginLogin(harness.browser()), { user: 'admin' });
    const victim = harness.browser();
    await beginLogin(victim);
    const response = await comeBack(victim, attackers);
    expect(new URL(locationOf(response)).origin).toBe(ISSUER);
    expect(harness.zitadel.calls.token).toBe(0);
    await expectNoSession(harness, victim);
  });

  it.each([
    ['a login that worked', () => undefined],
    ['a login that was refused', (url: URL) => url.searchParams.delete('code')],
  ])('RFC 9700 §4.2.4: is of use once, after %s', async (_name, change) => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const spoilt = new URL(url);
    change(spoilt);
    await comeBack(browser, spoilt);
    expect([...(await browser.cookies()).keys()].filter((name) => name.includes('-tx-'))).toEqual([]);
    const { token } = harness.zitadel.calls;
    expect((await comeBack(browser, url)).status).toBe(302);
    expect(harness.zitadel.calls.token).toBe(token);
  });

  it('a transaction cookie under another login’s name does not stand in for it', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const [[name = '', value = ''] = []] = await browser.cookies();
    await browser.jar.removeAllCookies();
    const other = url.searchParams.get('state')?.replace(/.$/, '_') ?? '';
    url.searchParams.set('state', other);
    const response = await browser.navigate(url.href, { headers: { cookie: `${name}=${value}` } });
    expect(new URL(locationOf(response)).origin).toBe(ISSUER);
    expect(harness.zitadel.calls.token).toBe(0);
  });
});

describe('code', () => {
  it('RFC 9700 §4.5: another user’s code in this browser’s login fails at PKCE and begins anew', async () => {
    const harness = createHarness();
    const stolen = await callbackFor(harness, await beginLogin(harness.browser()), { user: 'admin' });
    const victim = harness.browser();
    const url = await callbackFor(harness, await beginLogin(victim));
    url.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const response = await comeBack(victim, url);
    expect(new URL(locationOf(response)).origin).toBe(ISSUER);
    await expectNoSession(harness, victim);
  });

  it('RFC 6749 §10.5: a replayed code makes no second session', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const cookies = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
    expect((await comeBack(browser, url)).status).toBe(302);
    const replay = await harness.browser().navigate(url.href, { headers: { cookie: cookies } });
    expect(new URL(locationOf(replay)).origin).toBe(ISSUER);
    expect(replay.headers.getSetCookie().some((line) => /^__Host-postern(?:\.\d+)?=/.test(line))).toBe(false);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('missing: refused', () => expectRefused((url) => url.searchParams.delete('code'), /no authorization code/));

  it('tokens in the query are not taken', () =>
    expectRefused((url) => url.searchParams.set('id_token', 'eyJhbGciOiJub25lIn0.e30.'), /implicit/));

  it('a JARM response is not taken', () =>
    expectRefused((url) => url.searchParams.set('response', 'eyJhbGciOiJub25lIn0.e30.'), /JARM/));
});

describe('iss (RFC 9207)', () => {
  it('§2.4 refuses a foreign one: the mix-up attack', () =>
    expectRefused((url) => url.searchParams.set('iss', 'https://evil.example'), /\biss\b/));

  it('§2.4 refuses an empty one, which is nobody’s', () =>
    expectRefused((url) => url.searchParams.set('iss', ''), /\biss\b/));

  it('§2.4 compares letter by letter', () =>
    expectRefused((url) => url.searchParams.set('iss', `${ISSUER}/`), /\biss\b/));

  it('§2.4 refuses a foreign one in an error response as well', () =>
    expectRefused((url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
      url.searchParams.set('iss', 'https://evil.example');
    }, /\biss\b/));

  it('§2.4 refuses a response without it where the metadata promises it', () =>
    expectRefused(() => {}, /\biss\b/, { authorization_response_iss_parameter_supported: true }));

  it('takes the right one, promised or not', async () => {
    const { browser } = await comeBackWith((url) => url.searchParams.set('iss', ISSUER));
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a parameter that is there twice', () => {
  it.each(['code', 'state', 'iss', 'error'])('%s: refused, whichever would be right', async (name) => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    url.searchParams.append(name, url.searchParams.get(name) ?? 'a');
    url.searchParams.append(name, 'b');
    const response = await comeBack(browser, url);
    expect(response.status).toBe(400);
    expect(lastFault(harness)).toMatchObject({ decision: 'repeated_parameter', reason: expect.stringContaining(name) });
    expect(harness.zitadel.calls.token).toBe(0);
    await expectNoSession(harness, browser);
  });
});

describe('an error response', () => {
  const answerWith = (error: string, description = 'why') =>
    comeBackWith((url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', error);
      url.searchParams.set('error_description', description);
    });

  it('access_denied is a 403 page', async () => {
    const { harness, browser, response } = await answerWith('access_denied');
    expect(response.status).toBe(403);
    expect(lastFault(harness).fault).toBe('login_denied');
    expectOwnHeaders(response);
    await expectNoSession(harness, browser);
  });

  it.each([
    'login_required',
    'interaction_required',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'made-up',
  ])('%s is a 400 page', async (error) => {
    const { harness, browser, response } = await answerWith(error);
    expect(response.status).toBe(400);
    expectOwnHeaders(response);
    expect(lastFault(harness).reason).toContain(error);
    await expectNoSession(harness, browser);
  });

  it('CVE-2021-32702: nothing of it is shown, escaped or not', async () => {
    const script = '<script>alert(1)</script>';
    const { response } = await answerWith(`x${script}`, `y${script}`);
    const page = await response.text();
    expect(page).not.toContain('alert(1)');
    expect(page).not.toContain('<script');
  });

  it('no line of the log can be forged by it', async () => {
    const { harness } = await answerWith('x\nlevel=info', `y\r\n${'z'.repeat(5000)}`);
    const { reason } = lastFault(harness);
    expect(reason).toMatch(/^[ -~]{1,300}$/);
  });

  it('denied once, the next login works', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    expect((await logIn(harness, browser, { cancel: true })).status).toBe(403);
    expect(pathOf(await logIn(harness, browser))).toBe('/');
    expect(await isSignedIn(browser)).toBe(true);
  });
});
