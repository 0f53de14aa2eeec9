// The authorization endpoint and the login pages: checklist points 5, 11, 17, 21, 22.

import { describe, expect, it } from 'vitest';
import { apiControl } from '../../stand-in/api/control.ts';
import { type Bed, claimsOf, createBed, SCOPE, SEED, signAssertion } from './support.ts';

interface ErrorAnswer {
  status: number;
  error?: string;
  error_description?: string;
}

async function errorOf(bed: Bed, changes: Record<string, string | undefined>): Promise<ErrorAnswer> {
  const response = await bed.zitadel.fetch(bed.authorizeUrl(changes));
  return { status: response.status, ...((await response.json()) as object) };
}

describe('before the request exists', () => {
  it('5 answers an unknown client with JSON and 400, not with a redirect', async () => {
    expect(await errorOf(createBed(), { client_id: '1' })).toEqual({
      status: 400,
      error: 'invalid_request',
      error_description: 'Errors.App.NotFound',
    });
  });

  it.each([
    [{ client_id: undefined }, 400, 'invalid_request', /missing client_id/],
    [{ redirect_uri: undefined }, 500, 'server_error', /missing redirect_uri/],
    [{ redirect_uri: `${SEED.redirectUri}/` }, 400, 'invalid_request', /redirect_uri is missing in the client conf/],
    [{ response_type: 'id_token' }, 400, 'unauthorized_client', /response type is missing in the client conf/],
    [{ scope: '' }, 400, 'invalid_request', /scope of your request is missing/],
    [{ prompt: 'none login' }, 400, 'invalid_request', /`none` must only be used as a single value/],
  ])('5 refuses %o', async (changes, status, error, description) => {
    const answer = await errorOf(createBed(), changes);
    expect(answer).toMatchObject({ status, error });
    expect(answer.error_description).toMatch(description);
  });

  it('5 judges scope and prompt before the redirect URI', async () => {
    const answer = await errorOf(createBed(), { scope: '', redirect_uri: 'http://evil.example/' });
    expect(answer.error_description).toMatch(/scope/);
  });

  it('5 takes http from a public client in development mode only, from a confidential one always', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.devMode = false;
    expect((await errorOf(bed, {})).error_description).toMatch(/redirect_uri is http and is not allowed/);
    bed.zitadel.webApplication.authMethod = 'client_secret_basic';
    expect((await bed.zitadel.fetch(bed.authorizeUrl())).status).toBe(302);
  });

  it('5 reads registered URIs as globs in development mode only', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.redirectUris = ['https://*.example.com/**/callback'];
    const redirect_uri = 'https://a.example.com/x/y/callback';
    expect((await bed.zitadel.fetch(bed.authorizeUrl({ redirect_uri }))).status).toBe(302);
    const foreign = 'https://a.evil.test/.example.com/x/callback';
    expect(await errorOf(bed, { redirect_uri: foreign })).toMatchObject({ status: 400 });
    bed.zitadel.webApplication.devMode = false;
    expect(await errorOf(bed, { redirect_uri })).toMatchObject({ status: 400 });
  });
});

describe('scopes', () => {
  it('11 drops unknown ones and appends every role scope of the project', async () => {
    const bed = createBed();
    const { access_token } = await bed.login({
      authorize: { scope: 'openid read:messages urn:zitadel:iam:org:project:roles' },
    });
    const { scope } = (await bed.introspect(access_token)).body;
    expect(scope.split(' ')).toEqual([
      'openid',
      'urn:zitadel:iam:org:project:role:admin',
      'urn:zitadel:iam:org:project:role:staff',
      'urn:zitadel:iam:org:project:role:user',
    ]);
  });

  it('11 keeps a role scope that exists, and then appends no other', async () => {
    const bed = createBed();
    const role = 'urn:zitadel:iam:org:project:role:';
    const { access_token } = await bed.login({ authorize: { scope: `openid ${role}user ${role}wizard` } });
    expect((await bed.introspect(access_token)).body.scope).toBe(`openid ${role}user`);
  });

  it('11 are dropped without a word when there is nothing else', async () => {
    expect((await createBed().zitadel.fetch(createBed().authorizeUrl({ scope: 'read:messages' }))).status).toBe(302);
  });

  it('11 appends nothing without role assertion', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    const { access_token } = await bed.login();
    expect((await bed.introspect(access_token)).body.scope).toBe(SCOPE);
  });
});

describe('request object', () => {
  it('by value counts over the parameters beside it, when the client’s key signed it', async () => {
    const bed = createBed();
    const file = await bed.zitadel.createApplicationKey(SEED.webApplicationId);
    const claims = { sub: undefined, state: 'inside' };
    const request = await signAssertion(file, bed, claims);
    expect((await bed.signIn({ authorize: { request, state: 'outside' } })).get('state')).toBe('inside');
    const foreign = await createBed().zitadel.createApplicationKey(SEED.webApplicationId);
    const forged = await signAssertion({ ...foreign, keyId: file.keyId }, bed, claims);
    for (const bad of [forged, 'x', '']) {
      expect(await errorOf(bed, { request: bad })).toMatchObject({
        status: 400,
        error_description: 'request object invalid',
      });
    }
  });
});

describe('organisation scopes', () => {
  const scopeFor = (...ids: string[]) => `openid ${ids.map((id) => `urn:zitadel:iam:org:id:${id}`).join(' ')}`;

  it('17 redirects with invalid_scope when two organisations are asked for', async () => {
    const bed = createBed();
    const scope = scopeFor(SEED.organizationId, SEED.otherOrganizationId);
    const response = await bed.zitadel.fetch(bed.authorizeUrl({ scope }));
    const url = new URL(response.headers.get('location') ?? '');
    expect(url.origin + url.pathname).toBe(SEED.redirectUri);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      error: 'invalid_scope',
      error_description: 'Only one organization scope may be provided',
      state: 'state-1',
    });
  });

  it('17 redirects with an error for an unknown organisation', async () => {
    const bed = createBed();
    const response = await bed.zitadel.fetch(bed.authorizeUrl({ scope: scopeFor('123') }));
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  it('17 lets nobody of another organisation in', async () => {
    const bed = createBed();
    const authorize = { scope: scopeFor(SEED.organizationId) };
    await expect(bed.signIn({ user: 'outsider', authorize })).rejects.toThrow('Errors.User.NotAllowedOrg');
    expect((await bed.signIn({ user: 'user', authorize })).has('code')).toBe(true);
  });

  it('17 takes the scope for a hint only, as before v4.12.3, when enforcement is off', async () => {
    const bed = createBed({ settings: { enforceOrganizationScope: false } });
    const authorize = { scope: scopeFor(SEED.organizationId) };
    const { access_token } = await bed.login({ user: 'outsider', authorize });
    const { body } = await bed.userinfo(access_token);
    expect(body['urn:zitadel:iam:user:resourceowner:id']).toBe(SEED.otherOrganizationId);
  });

  it('17 takes the primary domain for the same question', async () => {
    const bed = createBed();
    const authorize = { scope: 'openid urn:zitadel:iam:org:domain:primary:globex.zitadel.example' };
    await expect(bed.signIn({ user: 'user', authorize })).rejects.toThrow('Errors.User.NotAllowedOrg');
    const { access_token } = await bed.login({ user: 'outsider', authorize });
    const { body } = await bed.userinfo(access_token);
    expect(body['urn:zitadel:iam:org:domain:primary']).toBe('globex.zitadel.example');
  });
});

describe('who gets in', () => {
  it('refuses a user without a role where the project wants one', async () => {
    const bed = createBed();
    bed.zitadel.project.authorizationRequired = true;
    await expect(bed.signIn({ user: 'nobody' })).rejects.toThrow('Errors.User.GrantRequired');
    expect((await bed.signIn({ user: 'user' })).has('code')).toBe(true);
  });

  it('refuses a deactivated user', async () => {
    const bed = createBed();
    bed.zitadel.deactivateUser('user');
    await expect(bed.signIn({ user: 'user' })).rejects.toThrow('Errors.User.NotActive');
  });

  it('goes back with access_denied when the person cancels', async () => {
    const bed = createBed();
    const callback = await bed.zitadel.signIn({ authorizeUrl: bed.authorizeUrl(), user: 'user', cancel: true });
    expect(Object.fromEntries(new URL(callback).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
    });
  });

  it('answers with code and state and nothing else (no iss, no session_state)', async () => {
    expect([...(await createBed().signIn()).keys()]).toEqual(['code', 'state']);
  });

  it('tells amr by how they signed in', async () => {
    const bed = createBed();
    const amrOf = async (mfa: boolean) => (await bed.introspect((await bed.login({ mfa })).access_token)).body.amr;
    expect(await amrOf(false)).toEqual(['pwd']);
    expect(await amrOf(true)).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('answers in the fragment or by form on request', async () => {
    const bed = createBed();
    const authorizeUrl = bed.authorizeUrl({ response_mode: 'fragment' });
    expect(await bed.zitadel.signIn({ authorizeUrl, user: 'user' })).toMatch(/callback#code=.*&state=state-1$/);
    const browser = new Map();
    await bed.signIn({ user: 'user', browser });
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
    const login = await bed.zitadel.fetch(bed.authorizeUrl({ response_mode: 'form_post' }));
    const page = await bed.zitadel.fetch(login.headers.get('location') ?? '', { headers: { cookie } });
    expect(await page.text()).toContain(`<form method="post" action="${SEED.redirectUri}">`);
  });
});

describe('the provider’s own session', () => {
  /** Whether the second login in the same browser went on by itself: if it asked, "admin" answered. */
  async function isAskedAgain(bed: Bed, changes: Record<string, string>, seconds = 0): Promise<boolean> {
    const browser = new Map();
    await bed.signIn({ user: 'user', browser });
    bed.clock.now += seconds;
    const { access_token } = await bed.login({ user: 'admin', browser, authorize: changes });
    return (await bed.userinfo(access_token)).body.sub === SEED.users.admin;
  }

  it('signs in a second time without asking', async () => {
    expect(await isAskedAgain(createBed(), {}, 3600)).toBe(false);
  });

  it.each([
    ['prompt=login', { prompt: 'login' }, 0],
    ['prompt=select_account', { prompt: 'select_account' }, 0],
    ['a login_hint for somebody else', { login_hint: 'ada@acme.zitadel.example' }, 0],
    ['a password check that is too old', {}, 10 * 86_400],
  ])('asks again for %s', async (_name, changes, seconds) => {
    expect(await isAskedAgain(createBed(), changes, seconds)).toBe(true);
  });

  it.each([
    ['max_age that has passed', { max_age: '60' }, 60],
    ['max_age=0', { max_age: '0' }, 0],
  ])('V1 asks again for %s; V2 does not look at it', async (_name, changes, seconds) => {
    expect(await isAskedAgain(createBed({ settings: { loginVersion: 'v1' } }), changes, seconds)).toBe(true);
    expect(await isAskedAgain(createBed(), changes, seconds)).toBe(false);
  });

  it('of V1 keeps its sid over single sign-on and prompt=login, until the sign-out', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    const enter = async (authorize: Record<string, string> = {}) =>
      claimsOf((await bed.login({ browser, authorize })).id_token);
    const first = await enter();
    bed.clock.now += 60;
    expect(await enter()).toMatchObject({ sid: first.sid, auth_time: first.auth_time });
    expect(await enter({ prompt: 'login' })).toMatchObject({ sid: first.sid, auth_time: bed.clock.now });
    bed.zitadel.terminateUserSessions('staff');
    expect((await enter()).sid).not.toBe(first.sid);
  });

  it('is V1’s for one application and V2’s for another, and they do not know of each other', async () => {
    const bed = createBed();
    const { store, webApplication } = bed.zitadel;
    const old = { ...webApplication, id: '8', clientId: '88', loginVersion: { version: 'v1' as const } };
    store.applications.set('8', old);
    const browser = new Map();
    const sidOf = async (client_id: string, user = 'staff') => {
      const { id_token } = await bed.login({ user, browser, authorize: { client_id }, token: { client_id } });
      return [claimsOf(id_token).sid.startsWith('V1_'), claimsOf(id_token).sub];
    };
    expect(await sidOf('88')).toEqual([true, SEED.users.staff]);
    expect(await sidOf(SEED.webClientId, 'admin')).toEqual([false, SEED.users.admin]);
    expect(await sidOf('88', 'user')).toEqual([true, SEED.users.staff]);
  });

  it('of V2 may be on pages of one’s own', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.loginVersion = { version: 'v2', baseUri: 'https://login.example/ui' };
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(/^https:\/\/login\.example\/ui\/login\?authRequest=V2_\d+$/);
  });

  it('does not ask for a max_age that holds, and keeps auth_time', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    const first = bed.clock.now;
    await bed.signIn({ browser });
    bed.clock.now += 59;
    const { access_token } = await bed.login({ browser, authorize: { max_age: '60' } });
    expect((await bed.introspect(access_token)).body.auth_time).toBe(first);
  });

  it('belongs to the browser that holds its secret', async () => {
    const bed = createBed();
    const browser = new Map<string, string>();
    await bed.signIn({ user: 'user', browser });
    const guessed = new Map([...browser].map(([name, value]) => [name, `${value.split('.')[0]}.guessed`]));
    const { access_token } = await bed.login({ user: 'admin', browser: guessed });
    expect((await bed.userinfo(access_token)).body.sub).toBe(SEED.users.admin);
  });

  it('prompt=create registers somebody new, without a role', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ prompt: 'create' }));
    const url = start.headers.get('location') ?? '';
    expect(await (await bed.zitadel.fetch(url)).text()).toContain('Register');
    const form = { register: '1', given_name: 'Nea', family_name: 'Ny', email: 'nea@acme.example' };
    const done = await bed.zitadel.fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    const code = new URL(done.headers.get('location') ?? '').searchParams.get('code');
    const { access_token } = (await bed.exchange(code)).body;
    const { body } = await bed.userinfo(access_token);
    expect(body).toMatchObject({ name: 'Nea Ny', email: 'nea@acme.example' });
    expect(body).not.toHaveProperty('email_verified');
    expect(Object.keys(body).filter((name) => name.endsWith(':roles'))).toEqual([]);
  });
});

describe('prompt=none', () => {
  const silently = async (bed: Bed, cookie = '') => {
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ prompt: 'none' }));
    const page = new URL(start.headers.get('location') ?? '', bed.issuer);
    return bed.zitadel.fetch(page, { headers: { cookie } });
  };
  const cookieOf = async (bed: Bed) => {
    const browser = new Map<string, string>();
    await bed.signIn({ browser });
    return [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  };

  it('21 goes on with a valid session', async () => {
    const bed = createBed();
    expect((await silently(bed, await cookieOf(bed))).headers.get('location')).toContain('?code=');
  });

  it('21 V2 shows the form to a browser without any session, and JSON to one whose sessions have ended', async () => {
    const bed = createBed();
    expect((await silently(bed)).status).toBe(200);
    const cookie = await cookieOf(bed);
    bed.zitadel.terminateUserSessions('staff');
    const refused = await silently(bed, cookie);
    expect([refused.status, await refused.json()]).toEqual([400, { error: 'No active session found' }]);
  });

  it('21 V1 redirects with interaction_required', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    expect((await silently(bed)).headers.get('location')).toMatch(/\?error=interaction_required&state=state-1$/);
  });
});

describe('pages', () => {
  it('offer the person of the login_hint alone', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ login_hint: 'uma@acme.example' }));
    const html = await (await bed.zitadel.fetch(start.headers.get('location') ?? '')).text();
    expect(html.match(/<button name="user" value="\d+"/g)).toEqual([`<button name="user" value="${SEED.users.user}"`]);
  });

  it('say that they are a stand-in, offer the four people of the first organisation, and run no foreign script', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(
      /^https:\/\/zitadel\.test\/ui\/v2\/login\/login\?authRequest=V2_\d+$/,
    );
    const page = await bed.zitadel.fetch(start.headers.get('location') ?? '');
    const html = await page.text();
    expect(html).toContain('This is not ZITADEL');
    expect(html.match(/<button name="user"/g)).toHaveLength(4);
    expect(html).toContain('Zoë Kõiv-Straße 王');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('V1 takes a login name and a password in its own forms, and leads back by its own address', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const password = 'correct horse';
    apiControl(bed.zitadel.store).passwords.set(SEED.users.user, { password, changeRequired: false });
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    const authRequestID =
      new URL(start.headers.get('location') ?? '', bed.issuer).searchParams.get('authRequestID') ?? '';
    const html = (await bed.get(`/ui/login/login?authRequestID=${authRequestID}`)).body;
    for (const field of ['gorilla.csrf.Token', 'authRequestID', 'loginName']) expect(html).toContain(`name="${field}"`);
    const form = { authRequestID, loginName: 'uma' };
    expect((await bed.post('/ui/login/loginname', form)).body).toContain('name="password"');
    expect((await bed.post('/ui/login/password', { ...form, password: 'x' })).body).toContain('Password is invalid');
    const done = await bed.post('/ui/login/password', { ...form, password });
    expect(done.headers.get('location')).toBe(`/oauth/v2/authorize/callback?id=${authRequestID}`);
    const back = await bed.get(done.headers.get('location') ?? '');
    expect(back.headers.get('location')).toMatch(new RegExp(`^${SEED.redirectUri}\\?code=.+&state=state-1$`));
  });

  it('V1 has its own address and parameter', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(/^\/ui\/login\/login\?authRequestID=\d+$/);
  });
});
