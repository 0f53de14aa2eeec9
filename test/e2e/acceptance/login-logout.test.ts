// Design §2 and §5.3–5.4: login, logout, back channel and cookies, from outside.

import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectNoInlineScript, expectOwnHeaders, expectPage, expectProblem } from './support/expectations.ts';
import { type Answer, addressOf, type BlackBox, openBox, type Visitor } from './support/gateway.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let box: BlackBox;
beforeAll(async () => {
  box = await openBox({ env: { ROUTES: [{ path: '/', access: 'public' }] } });
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
});

const isSignedIn = async (visitor: Visitor) => (await visitor.fetch('/auth/userinfo')).status === 200;
const authorize = async (query: string, visitor = box.visitor()) => {
  const answer = await visitor.go(`/auth/login${query}`);
  expect([302, 303]).toContain(answer.status);
  return new URL(addressOf(answer));
};
/** Where a login ends that began at the login endpoint. */
async function endOf(query: string): Promise<string> {
  const visitor = box.visitor();
  const callback = await box.zitadel.signIn({ authorizeUrl: await authorize(query, visitor), user: 'user' });
  const answer = await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
  return new URL(addressOf(answer), box.origin).href;
}

describe('GET /auth/login', () => {
  it('authorization code with PKCE, state and nonce, the default scopes', async () => {
    const url = await authorize('');
    const sent = Object.fromEntries(url.searchParams);
    expect(sent).toMatchObject({
      client_id: SEED.webClientId,
      redirect_uri: `${box.origin}/auth/callback`,
      response_type: 'code',
      code_challenge_method: 'S256',
    });
    expect(sent.code_challenge).toMatch(/^[\w-]{43}$/);
    expect(sent.state?.length).toBeGreaterThan(20);
    expect(sent.nonce?.length).toBeGreaterThan(20);
    const wanted =
      'openid profile email offline_access urn:zitadel:iam:user:metadata urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles';
    for (const scope of wanted.split(' ')) expect(sent.scope?.split(' ')).toContain(scope);
  });

  it('passes on login_hint, prompt, ui_locales; organization as a scope; nothing else', async () => {
    const plain = [...(await authorize('')).searchParams.keys()];
    const query = new URLSearchParams({
      login_hint: 'uma@acme.example',
      prompt: 'select_account',
      ui_locales: 'de et',
      organization: '249703000000000001',
      acr_values: 'x',
      max_age: '0',
      redirect_uri: 'https://evil.example/',
      client_id: 'evil',
      scope: 'evil',
      response_type: 'token',
      request: 'x',
      id_token_hint: 'x',
      code_challenge_method: 'plain',
      state: 'evil',
      nonce: 'evil',
      unknown: 'x',
    });
    const url = await authorize(`?${query}`);
    expect(url.searchParams.get('login_hint')).toBe('uma@acme.example');
    expect(url.searchParams.get('prompt')).toBe('select_account');
    expect(url.searchParams.get('ui_locales')).toBe('de et');
    expect(url.searchParams.get('scope')).toContain('urn:zitadel:iam:org:id:249703000000000001');
    expect([...url.searchParams.keys()].sort()).toEqual([...plain, 'login_hint', 'prompt', 'ui_locales'].sort());
    expect(url.href).not.toContain('evil');
  });

  it.each(['none', 'consent', 'login consent', 'x'])('prompt=%s is not passed on', async (prompt) => {
    expect((await authorize(`?prompt=${encodeURIComponent(prompt)}`)).searchParams.get('prompt') ?? '').not.toContain(
      prompt,
    );
  });

  it.each(['login', 'select_account', 'create'])('prompt=%s is', async (prompt) => {
    expect((await authorize(`?prompt=${prompt}`)).searchParams.get('prompt')).toBe(prompt);
  });

  it.each(['abc', '1 openid', '1%20x', '-1', ''])('organization=%s is not', async (organization) => {
    const url = await authorize(`?organization=${organization}`);
    expect(url.searchParams.get('scope')).not.toContain('urn:zitadel:iam:org:id:');
  });

  it.each([
    ['', '/'],
    ['?return_to=/a%3Fb%3Dc', '/a?b=c'],
    ['?return_to=https://app.example.com/x', '/x'],
    ['?return_to=https://evil.example/', '/'],
    ['?return_to=//evil.example', '/'],
    ['?return_to=/%5Cevil.example', '/'],
    ['?return_to=/%09/evil.example', '/'],
    ['?return_to=/.//evil.example', '/'],
    ['?return_to=javascript:alert(1)', '/'],
    ['?return_to=https://app.example.com@evil.example/', '/'],
    ['?return_to=https://app.example.com.evil.example/', '/'],
    ['?return_to=http://app.example.com/x', '/'],
    ['?return_to=/x&return_to=https://evil.example', '/'],
    ['?target_link_uri=https://app.example.com/deep', '/deep'],
    ['?target_link_uri=https://evil.example/', '/'],
  ])('return_to is of the same origin only: %s ends at %s', async (query, path) => {
    const end = new URL(await endOf(query));
    expect(end.origin).toBe(box.origin);
    if (path !== '/') expect(end.pathname + end.search).toBe(path);
    else expect(end.pathname).not.toMatch(/^\/[/\\]/);
  });

  it('initiate_login_uri: our issuer starts a login, a foreign one does not', async () => {
    expect((await authorize(`?iss=${encodeURIComponent(box.zitadel.issuer)}`)).origin).toBe(box.zitadel.issuer);
    const answer = await box.visitor().go('/auth/login?iss=https%3A%2F%2Fevil.example');
    expect(answer.status).toBe(400);
  });

  it('a login that began at a protected page ends at that page', async () => {
    const answer = await box.visitor().signIn('user', { path: '/deep/page?a=b&c=%20' });
    expect(new URL(addressOf(answer), box.origin).href).toBe(`${box.origin}/deep/page?a=b&c=%20`);
  });
});

describe('cookies', () => {
  it('on HTTPS: __Host-postern…, HttpOnly, Secure, SameSite, Path=/, no Domain', async () => {
    const visitor = box.visitor();
    const first = await visitor.go('/page');
    const second = await box.visitor().signIn('user');
    const lines = [...first.cookies, ...second.cookies];
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/^__Host-postern[^=]*=/);
      const attributes = line
        .split(';')
        .slice(1)
        .map((part) => part.trim().toLowerCase());
      expect(attributes).toEqual(expect.arrayContaining(['path=/', 'httponly', 'secure']));
      expect(attributes.some((part) => /^samesite=(lax|strict)$/.test(part))).toBe(true);
      expect(attributes.some((part) => part.startsWith('domain'))).toBe(false);
    }
    expect(second.cookies.some((line) => /^__Host-postern=ey/.test(line))).toBe(true);
  });

  it('the session cookie is a JWE (dir, A256GCM, kid) with its purpose and version in the header', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const value = (await visitor.cookies()).get('__Host-postern') ?? '';
    expect(value.split('.')).toHaveLength(5);
    const header = JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    expect(header.kid).toBeTruthy();
    expect(Object.keys(header).length).toBeGreaterThan(3);
  });

  it('a plain request of a signed-in user sets no cookie', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    expect((await visitor.fetch('/page')).cookies).toEqual([]);
  });

  it('on plain-HTTP loopback: postern…, without Secure, no HSTS', async () => {
    const local = await openBox({ origin: 'http://localhost:8787' });
    try {
      const visitor = local.visitor();
      const first = await visitor.go('/page');
      expectOwnHeaders(first, false);
      const second = await visitor.signIn('user');
      for (const line of [...first.cookies, ...second.cookies]) {
        expect(line).toMatch(/^postern[^=]*=/);
        expect(line).not.toMatch(/; secure/i);
        expect(line).toMatch(/; httponly/i);
      }
      expect(await isSignedIn(visitor)).toBe(true);
      expect((await visitor.fetch('/page')).headers.get('strict-transport-security')).toBeNull();
    } finally {
      await local.stop();
    }
  });

  it('at most eight transactions at a time, and at least five still end signed in', async () => {
    const visitor = box.visitor();
    const logins: string[] = [];
    for (let tab = 0; tab < 12; tab += 1) logins.push(addressOf(await visitor.go(`/tab/${tab}`)));
    const names = [...(await visitor.cookies()).keys()];
    expect(names.length).toBeLessThanOrEqual(8);
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const tab of [11, 10, 9, 8, 7]) {
      const callback = await box.zitadel.signIn({ authorizeUrl: logins[tab] ?? '', user: 'user' });
      const answer = await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(new URL(addressOf(answer), box.origin).pathname).toBe(`/tab/${tab}`);
    }
  });
});

describe('GET /auth/callback', () => {
  it('once more with the same state: goes on, since a session exists', async () => {
    const visitor = box.visitor();
    const callback = await box.zitadel.signIn({ authorizeUrl: addressOf(await visitor.go('/page')), user: 'user' });
    const coming = { headers: { 'sec-fetch-site': 'cross-site' } };
    await visitor.go(callback, coming);
    const again = await visitor.go(callback, coming);
    expect([302, 303]).toContain(again.status);
    expect(new URL(addressOf(again), box.origin).origin).toBe(box.origin);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('whose transaction is gone starts again, once, and then says so', async () => {
    const victim = box.visitor();
    const callback = await box.zitadel.signIn({
      authorizeUrl: addressOf(await box.visitor().go('/page')),
      user: 'user',
    });
    const again = await victim.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect([302, 303]).toContain(again.status);
    expect(await isSignedIn(victim)).toBe(false);
  });

  it('a browser that keeps no cookies gets a page, not a loop', async () => {
    let target = '/page';
    let answer: Answer | undefined;
    for (let round = 0; round < 6; round += 1) {
      // A new visitor each time: nothing is kept.
      answer = await box.visitor().go(target, { headers: { 'sec-fetch-site': 'cross-site' } });
      if (answer.status !== 302 && answer.status !== 303) break;
      const next = addressOf(answer);
      target = next.startsWith(box.zitadel.issuer)
        ? await box.zitadel.signIn({ authorizeUrl: next, user: 'user' })
        : next;
    }
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    if (answer) expectNoInlineScript(answer);
  });

  it.each([
    '',
    '?code=x',
    '?state=x',
    '?code=x&state=y',
    '?error=x',
    '?state=%00%ff&code=%0d%0a',
    '?code=a&code=b&state=c&state=d',
  ])('callback%s never makes a session', async (query) => {
    const visitor = box.visitor();
    const answer = await visitor.go(`/auth/callback${query}`);
    expect(answer.status).toBeLessThan(500);
    expectOwnHeaders(answer);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('a new login gets a new session id', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const first = (await visitor.fetch('/auth/userinfo')).json().session.id;
    const callback = await box.zitadel.signIn({
      authorizeUrl: await authorize('?prompt=login', visitor),
      user: 'admin',
    });
    await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    const second = (await visitor.fetch('/auth/userinfo')).json();
    expect(second.sub).toBe(SEED.users.admin);
    expect(second.session.id).not.toBe(first);
  });
});

describe('logout', () => {
  const ends = (answer: Answer) => [302, 303].includes(answer.status) && addressOf(answer).includes('end_session');

  it.each([
    ['same-origin', undefined],
    ['none', undefined],
    [undefined, 'https://app.example.com/page'],
  ])('a GET with Sec-Fetch-Site %s, Referer %s ends the session', async (site, referer) => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const headers = { accept: 'text/html', ...(site && { 'sec-fetch-site': site }), ...(referer && { referer }) };
    const answer = await visitor.ask('/auth/logout', { headers });
    expect(ends(answer)).toBe(true);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it.each([
    ['cross-site', undefined],
    ['same-site', undefined],
    ['CROSS-SITE', undefined],
    ['rubbish', 'https://app.example.com/page'],
    ['cross-site', 'https://app.example.com/page'],
    [undefined, 'https://evil.example/'],
    [undefined, 'https://app.example.com.evil.example/'],
    [undefined, undefined],
  ])('a GET with Sec-Fetch-Site %s, Referer %s asks first', async (site, referer) => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const headers = { accept: 'text/html', ...(site && { 'sec-fetch-site': site }), ...(referer && { referer }) };
    const answer = await visitor.ask('/auth/logout', { headers });
    expect(answer.status).toBe(200);
    expectNoInlineScript(answer);
    expect(answer.text).toMatch(/<form[^>]+method="?post/i);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('a cross-site POST is refused', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' },
    ]) {
      const answer = await visitor.ask('/auth/logout', { method: 'POST', headers });
      expect([400, 403]).toContain(answer.status);
    }
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('a same-origin POST ends it, here and at ZITADEL, and revokes the refresh token', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const stolen = (await visitor.cookies()).get('__Host-postern');
    box.zitadel.calls.reset();
    const answer = await visitor.go('/auth/logout', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', origin: box.origin },
    });
    expect(ends(answer)).toBe(true);
    expect(
      answer.cookies.some((line) => /^__Host-postern=;/.test(line) && /max-age=0/i.test(line) && /secure/i.test(line)),
    ).toBe(true);
    await expect.poll(() => box.zitadel.calls.revocation).toBe(1);
    expect(stolen).toBeTruthy();
  });

  it('return_to: goes on after ZITADEL, of the same origin only', async () => {
    for (const [given, end] of [
      ['/bye', '/bye'],
      ['https://evil.example/', undefined],
      ['//evil.example', undefined],
    ] as const) {
      const visitor = box.visitor();
      await visitor.signIn('user');
      const answer = await visitor.go(`/auth/logout?return_to=${encodeURIComponent(given)}`, {
        headers: { 'sec-fetch-site': 'same-origin' },
      });
      const state = new URL(addressOf(answer)).searchParams.get('state');
      const done = await visitor.go(`/auth/logout/callback?state=${state}`, {
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      if (end === undefined) expect(done.headers.get('location') ?? '').not.toContain('evil');
      else expect(new URL(addressOf(done), box.origin).pathname).toBe(end);
    }
  });

  it.each(['', '?state=', '?state=other', '?state=x&return_to=https://evil.example', '?return_to=/bye'])(
    'logout/callback%s: the signed-out page, nothing reflected',
    async (query) => {
      const answer = await box
        .visitor()
        .go(`/auth/logout/callback${query}`, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.text).not.toContain('evil');
    },
  );

  it('without a session: no error', async () => {
    const answer = await box.visitor().go('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(answer.status).toBeLessThan(400);
  });

  it('while ZITADEL does not answer: signed out all the same, within seconds', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    box.zitadel.faults.set('revocation', 'hang');
    const began = Date.now();
    const answer = await visitor.go('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    box.zitadel.faults.clear();
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(answer.status).toBeLessThan(400);
    expect(await isSignedIn(visitor)).toBe(false);
  });
});

describe('POST /auth/backchannel-logout', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const post = (body: string, headers: Record<string, string> = {}) =>
    box.ask('/auth/backchannel-logout', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  async function token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
    const { privateKey, kid } = await box.zitadel.webKeys.active();
    const all = {
      iss: box.zitadel.issuer,
      aud: SEED.webClientId,
      sub: SEED.users.user,
      iat: now(),
      exp: now() + 120,
      jti: crypto.randomUUID(),
      events: { [EVENT]: {} },
      ...claims,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(kept).setProtectedHeader({ alg: 'RS256', kid, typ: 'logout+jwt', ...header }).sign(privateKey);
  }
  const refused = (answer: Answer) => {
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/json/);
    expect(answer.json().error ?? answer.json().code).toBeTruthy();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  };

  it('ends the user’s sessions: 200, no-store', async () => {
    const visitor = box.visitor();
    await visitor.signIn('staff');
    // It ends only sessions that began before its iat, which may lie a little ahead.
    const answer = await post(`logout_token=${await token({ sub: SEED.users.staff, iat: now() + 1, unknown: 1 })}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each<[string, Record<string, unknown>]>([
    ['a foreign issuer', { iss: 'https://evil.example' }],
    ['a foreign audience', { aud: 'other' }],
    ['no events', { events: undefined }],
    ['another event', { events: { 'http://schemas.openid.net/event/foobar': {} } }],
    ['events as a string', { events: EVENT }],
    ['the event as a string', { events: { [EVENT]: 'x' } }],
    ['a nonce', { nonce: 'x' }],
    ['neither sub nor sid', { sub: undefined }],
    ['no iat', { iat: undefined }],
    ['no jti', { jti: undefined }],
    ['expired', { iat: now() - 900, exp: now() - 600 }],
    ['an exp that is a string', { exp: '9999999999' }],
    ['an iat far in the future', { iat: now() + 3600, exp: now() + 7200 }],
    ['a sub that is no string', { sub: 5 }],
    ['a sid that is no string', { sid: ['x'] }],
  ])('%s: 400 with the error in JSON', async (_kind, claims) => {
    refused(await post(`logout_token=${await token(claims)}`));
  });

  it('no token, two tokens, rubbish, alg none, an ID token’s shape, the wrong content type, GET', async () => {
    const good = await token();
    refused(await post(''));
    refused(await post('logout_token='));
    refused(await post('logout_token=rubbish'));
    refused(await post(`logout_token=${good}&logout_token=${await token()}`));
    const [, payload] = good.split('.');
    refused(await post(`logout_token=${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`));
    refused(await post(JSON.stringify({ logout_token: good }), { 'content-type': 'application/json' }));
    expect((await box.ask(`/auth/backchannel-logout?logout_token=${good}`)).status).toBeGreaterThanOrEqual(400);
    expect((await post(`logout_token=${good}`)).status).toBe(200);
  });

  it('a jti counts once: a replay ends nothing more', async () => {
    const replayed = await token({ sub: SEED.users.admin, iat: now() + 2 });
    expect((await post(`logout_token=${replayed}`)).status).toBe(200);
    const visitor = box.visitor();
    await visitor.signIn('admin');
    await post(`logout_token=${replayed}`);
    const { session } = (await visitor.fetch('/auth/userinfo')).json();
    expect(session.id).toBeTruthy();
    const profile = await visitor.go('/auth/profile');
    expectPage(profile, 200);
  });

  it('with sub and sid both must match', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const answer = await post(`logout_token=${await token({ sid: 'V2_none', iat: now() + 1 })}`);
    expect([200, 400]).toContain(answer.status);
    expectPage(await visitor.go('/auth/profile'), 200);
  });
});

describe('problem JSON of the endpoints', () => {
  it('userinfo without a session leads a script to the login, and back to its page', async () => {
    const answer = await box.visitor().fetch('/auth/userinfo', { headers: { referer: `${box.origin}/app/page?x=1` } });
    expectProblem(answer, 401);
    expect(new URL(answer.json().login_url).searchParams.get('return_to')).toBe('/app/page?x=1');
  });
});
