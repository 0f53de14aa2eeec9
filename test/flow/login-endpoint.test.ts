// GET /auth/login: what a link may ask for, and nothing else; where it ends. ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER, ORIGIN } from '../support/harness.ts';
import { callbackFor, comeBack, expectOwnHeaders, pathOf } from './steps.ts';

async function authorizeFor(query: string, env: Record<string, unknown> = {}): Promise<URL> {
  const response = await createHarness({ env }).browser().navigate(`/auth/login${query}`);
  expect(response.status).toBe(302);
  expectOwnHeaders(response);
  return new URL(locationOf(response));
}

const STANDARD = [
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
];

describe('what is passed on', () => {
  it.each([
    ['prompt', 'login'],
    ['prompt', 'select_account'],
    ['prompt', 'create'],
    ['login_hint', 'zoë@acme.example'],
    ['ui_locales', 'de-CH fr'],
  ])('%s=%s', async (name, value) => {
    const { searchParams } = await authorizeFor(`?${new URLSearchParams({ [name]: value })}`);
    expect([...searchParams.keys()].sort()).toEqual([...STANDARD, name].sort());
    expect(searchParams.get(name)).toBe(value);
  });

  it('organization, as a scope', async () => {
    const { searchParams } = await authorizeFor('?organization=249703000000000001');
    expect(searchParams.get('scope')?.split(' ')).toContain('urn:zitadel:iam:org:id:249703000000000001');
    expect([...searchParams.keys()].sort()).toEqual(STANDARD);
  });

  it('organization is ignored where ZITADEL_ORG_ID is set', async () => {
    const env = { ZITADEL_ORG_ID: '249703000000000001' };
    const { searchParams } = await authorizeFor('?organization=249703000000000002', env);
    const scopes = searchParams
      .get('scope')
      ?.split(' ')
      .filter((scope) => scope.includes(':org:id:'));
    expect(scopes).toEqual(['urn:zitadel:iam:org:id:249703000000000001']);
  });
});

describe('what is not', () => {
  it.each([
    'prompt=none',
    'prompt=consent',
    'prompt=login+create',
    'login_hint=a%0Ab',
    `login_hint=${'x'.repeat(257)}`,
    'ui_locales=de%22%3E',
    'organization=1+openid',
    'organization=acme',
    'max_age=0',
    'acr_values=x',
    'response_mode=form_post',
    'request=eyJ',
    'request_uri=https%3A%2F%2Fevil.example',
    'claims=%7B%7D',
    'id_token_hint=x',
    'display=popup',
  ])('%s', async (query) => {
    const { searchParams } = await authorizeFor(`?${query}`);
    expect([...searchParams.keys()].sort()).toEqual(STANDARD);
    expect(searchParams.get('scope')).not.toContain(':org:id:');
  });

  it.each(['client_id', 'redirect_uri', 'state', 'nonce', 'scope', 'code_challenge', 'response_type'])(
    '%s cannot be set from outside',
    async (name) => {
      const { searchParams } = await authorizeFor(`?${name}=evil`);
      expect(searchParams.getAll(name)).toHaveLength(1);
      expect(searchParams.get(name)).not.toBe('evil');
    },
  );
});

describe('where it ends', () => {
  async function endOf(query: string, env: Record<string, unknown> = {}): Promise<string> {
    const harness = createHarness({ env });
    const browser = harness.browser();
    const start = await browser.navigate(`/auth/login${query}`);
    return pathOf(await comeBack(browser, await callbackFor(harness, new URL(locationOf(start)))));
  }

  it('at return_to', async () => expect(await endOf('?return_to=%2Freports%3Fa%3D1%23x')).toBe('/reports?a=1#x'));
  it('at a whole URL of our own', async () =>
    expect(await endOf(`?return_to=${encodeURIComponent(`${ORIGIN}/b`)}`)).toBe('/b'));
  it('at ZITADEL_POST_LOGIN_URL', async () =>
    expect(await endOf('', { ZITADEL_POST_LOGIN_URL: '/home' })).toBe('/home'));

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/.//evil.example',
    '/%2F/evil.example',
    'javascript:alert(1)',
    'https://app.example.com@evil.example/',
    'https://app.example.com.evil.example/',
    'http://app.example.com/',
    '/auth/logout',
    '/auth/login',
    ' /x',
    '\t//evil.example',
  ])('never at %j', async (target) => {
    expect(await endOf(`?return_to=${encodeURIComponent(target)}`)).toBe('/');
  });
});

describe('a login that a third party initiates (OIDC Core §4)', () => {
  it('takes iss with or without a slash', async () => {
    expect((await authorizeFor(`?iss=${encodeURIComponent(`${ISSUER}/`)}`)).origin).toBe(ISSUER);
  });

  it.each([
    'https://evil.example',
    `${ISSUER}.evil.example`,
    `${ISSUER}/evil.example`,
    `${ISSUER}//`,
    ISSUER.toUpperCase(),
    '',
  ])('refuses another iss (%s) with a page, and starts nothing', async (iss) => {
    const harness = createHarness();
    const response = await harness.browser().navigate(`/auth/login?iss=${encodeURIComponent(iss)}`);
    expect(response.status).toBe(400);
    expectOwnHeaders(response);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.text()).not.toContain('evil.example');
  });
});

describe('GET /auth/login?prompt=login', () => {
  async function hintFor(query: string, isSignedIn = true) {
    const harness = createHarness();
    const browser = harness.browser();
    if (isSignedIn) await harness.signIn(browser, 'user', '/echo');
    const location = locationOf(await browser.navigate(`/auth/login?${query}`));
    return new URL(location).searchParams.get('login_hint');
  }

  it('asks for whoever is signed in, if they are to come back to a page and nobody else is named', async () => {
    expect(await hintFor('prompt=login&return_to=/echo')).toBe('uma@acme.zitadel.example');
    expect(await hintFor('prompt=login&return_to=/echo&login_hint=zoe')).toBe('zoe');
  });

  it.each(['', 'prompt=login', 'return_to=/echo', 'prompt=select_account&return_to=/echo', 'prompt=create'])(
    '%s names nobody',
    async (query) => {
      expect(await hintFor(query)).toBeNull();
    },
  );

  it('names nobody where nobody is signed in, or nobody can say', async () => {
    expect(await hintFor('prompt=login&return_to=/echo', false)).toBeNull();
  });
});

describe('POST /auth/login: OIDC Core §4, a third party initiates a login by a form', () => {
  const post = (body: string, query = '', headers: Record<string, string> = {}) =>
    createHarness()
      .browser()
      .navigate(`/auth/login${query}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site', ...headers },
      });

  it('takes what a link may bring, and no more', async () => {
    const fields = {
      iss: ISSUER,
      login_hint: 'uma@acme.example',
      prompt: 'login',
      redirect_uri: 'https://evil.example/',
    };
    const response = await post(new URLSearchParams(fields).toString());
    expect(response.status).toBe(303);
    const { origin, searchParams } = new URL(locationOf(response));
    expect([origin, searchParams.get('login_hint'), searchParams.get('prompt')]).toEqual([
      ISSUER,
      'uma@acme.example',
      'login',
    ]);
    expect(searchParams.get('redirect_uri')).toBe(`${ORIGIN}/auth/callback`);
  });

  it.each([
    ['target_link_uri=https%3A%2F%2Fapp.example.com%2Freport%3Fa%3D1', '', '/report?a=1'],
    ['target_link_uri=https%3A%2F%2Fevil.example%2F', '', '/'],
    ['return_to=%2Fbody', '?return_to=/query', '/body'],
    ['', '?return_to=/query', '/query'],
  ])('%j %j ends at %s', async (body, query, landed) => {
    const harness = createHarness();
    const browser = harness.browser();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    const response = await browser.navigate(`/auth/login${query}`, { method: 'POST', body, headers });
    const done = await comeBack(browser, await callbackFor(harness, new URL(locationOf(response))));
    expect(pathOf(done)).toBe(landed);
  });

  it('a foreign issuer is refused, a script is told 401, and a body of any size is taken for none', async () => {
    expect((await post('iss=https%3A%2F%2Fevil.example')).status).toBe(400);
    const script = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' };
    expect((await post('', '', script)).status).toBe(401);
    expect((await post(`return_to=/${'x'.repeat(100_000)}`)).status).toBe(303);
  });
});
