// The authorization endpoint: what it refuses, scopes, and request objects.

import { describe, expect, it } from 'vitest';
import { type Bed, createBed, SCOPE, SEED, signAssertion } from './support.ts';

interface ErrorAnswer {
  status: number;
  error?: string;
  error_description?: string;
}

async function errorOf(bed: Bed, changes: Record<string, string | undefined>): Promise<ErrorAnswer> {
  const response = await bed.zitadel.fetch(bed.authorizeUrl(changes));
  return { status: response.status, ...((await response.json()) as object) };
}

describe('the authorization endpoint, before the request exists,', () => {
  it('answers an unknown client with JSON and 400, not with a redirect', async () => {
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
  ])('refuses %o', async (changes, status, error, description) => {
    const answer = await errorOf(createBed(), changes);
    expect(answer).toMatchObject({ status, error });
    expect(answer.error_description).toMatch(description);
  });

  it('judges scope and prompt before the redirect URI', async () => {
    const answer = await errorOf(createBed(), { scope: '', redirect_uri: 'http://evil.example/' });
    expect(answer.error_description).toMatch(/scope/);
  });

  it('takes http from a public client in development mode only, from a confidential one always', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.devMode = false;
    expect((await errorOf(bed, {})).error_description).toMatch(/redirect_uri is http and is not allowed/);
    bed.zitadel.webApplication.authMethod = 'client_secret_basic';
    expect((await bed.zitadel.fetch(bed.authorizeUrl())).status).toBe(302);
  });

  it('reads registered URIs as globs in development mode only', async () => {
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

describe('scopes of an authorization request', () => {
  it('drops unknown ones and appends every role scope of the project', async () => {
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

  it('keeps a role scope that exists, and then appends no other', async () => {
    const bed = createBed();
    const role = 'urn:zitadel:iam:org:project:role:';
    const { access_token } = await bed.login({ authorize: { scope: `openid ${role}user ${role}wizard` } });
    expect((await bed.introspect(access_token)).body.scope).toBe(`openid ${role}user`);
  });

  it('are dropped without a word when there is nothing else', async () => {
    expect((await createBed().zitadel.fetch(createBed().authorizeUrl({ scope: 'read:messages' }))).status).toBe(302);
  });

  it('appends nothing without role assertion', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    const { access_token } = await bed.login();
    expect((await bed.introspect(access_token)).body.scope).toBe(SCOPE);
  });
});

describe('a request object', () => {
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

  it('redirects with invalid_scope when two organisations are asked for', async () => {
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

  it('redirects with an error for an unknown organisation', async () => {
    const bed = createBed();
    const response = await bed.zitadel.fetch(bed.authorizeUrl({ scope: scopeFor('123') }));
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  it('lets nobody of another organisation in', async () => {
    const bed = createBed();
    const authorize = { scope: scopeFor(SEED.organizationId) };
    await expect(bed.signIn({ user: 'outsider', authorize })).rejects.toThrow('Errors.User.NotAllowedOrg');
    expect((await bed.signIn({ user: 'user', authorize })).has('code')).toBe(true);
  });

  it('takes the scope for a hint only, as before v4.12.3, when enforcement is off', async () => {
    const bed = createBed({ settings: { enforceOrganizationScope: false } });
    const authorize = { scope: scopeFor(SEED.organizationId) };
    const { access_token } = await bed.login({ user: 'outsider', authorize });
    const { body } = await bed.userinfo(access_token);
    expect(body['urn:zitadel:iam:user:resourceowner:id']).toBe(SEED.otherOrganizationId);
  });

  it('takes the primary domain for the same question', async () => {
    const bed = createBed();
    const authorize = { scope: 'openid urn:zitadel:iam:org:domain:primary:globex.zitadel.example' };
    await expect(bed.signIn({ user: 'user', authorize })).rejects.toThrow('Errors.User.NotAllowedOrg');
    const { access_token } = await bed.login({ user: 'outsider', authorize });
    const { body } = await bed.userinfo(access_token);
    expect(body['urn:zitadel:iam:org:domain:primary']).toBe('globex.zitadel.example');
  });
});
