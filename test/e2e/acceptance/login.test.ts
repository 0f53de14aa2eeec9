// ARCHITECTURE §2: the login endpoint, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectProblem } from './support/expectations.ts';
import { addressOf, type BlackBox, openBox } from './support/gateway.ts';

let box: BlackBox;
beforeAll(async () => {
  box = await openBox({ env: { ROUTES: [{ path: '/', access: 'public' }] } });
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
});

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
  it('asks for a code with PKCE, state and nonce, and the default scopes', async () => {
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

  it.each(['login', 'select_account', 'create'])('prompt=%s is passed on', async (prompt) => {
    expect((await authorize(`?prompt=${prompt}`)).searchParams.get('prompt')).toBe(prompt);
  });

  it.each(['abc', '1 openid', '1%20x', '-1', ''])('organization=%s is not passed on', async (organization) => {
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

describe('problem JSON of the endpoints', () => {
  it('userinfo without a session leads a script to the login, and back to its page', async () => {
    const answer = await box.visitor().fetch('/auth/userinfo', { headers: { referer: `${box.origin}/app/page?x=1` } });
    expectProblem(answer, 401);
    expect(new URL(answer.json().login_url).searchParams.get('return_to')).toBe('/app/page?x=1');
  });
});
