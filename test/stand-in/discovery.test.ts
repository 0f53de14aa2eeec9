// Provider metadata and signing keys of the stand-in.

import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SIGNING_ALGORITHMS } from '../../stand-in/keys.ts';
import { createBed, headerOf } from './support.ts';

const WELL_KNOWN = '/.well-known/openid-configuration';

describe('discovery of the stand-in', () => {
  it('names the issuer without a slash and advertises neither PAR, DPoP, iss parameter nor front channel', async () => {
    const { body, headers } = await createBed().get(WELL_KNOWN);
    expect(body.issuer).toBe('https://zitadel.test');
    expect(headers.get('cache-control')).toBe('no-store');
    const absent = [
      'pushed_authorization_request_endpoint',
      'dpop_signing_alg_values_supported',
      'authorization_response_iss_parameter_supported',
      'check_session_iframe',
      'frontchannel_logout_supported',
      'prompt_values_supported',
      'acr_values_supported',
    ];
    expect(Object.keys(body).filter((name) => absent.includes(name))).toEqual([]);
    expect(body.backchannel_logout_session_supported).toBe(true);
    expect(body.scopes_supported).toEqual(['openid', 'profile', 'email', 'phone', 'address', 'offline_access']);
    expect(body.grant_types_supported).not.toContain('urn:ietf:params:oauth:grant-type:token-exchange');
  });

  it('has endpoints that answer', async () => {
    const { zitadel, get } = createBed();
    const { body } = await get(WELL_KNOWN);
    for (const name of ['jwks_uri', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint']) {
      expect((await zitadel.fetch(body[name])).status).not.toBe(404);
    }
    expect((await get('/.well-known/oauth-authorization-server')).status).toBe(404);
  });

  it('lets any origin read it', async () => {
    const { headers } = await createBed().get(WELL_KNOWN, { origin: 'https://spa.example' });
    expect(headers.get('access-control-allow-origin')).toBe('https://spa.example');
    expect(headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('takes every custom domain for an issuer of its own', async () => {
    const { zitadel } = createBed({ customDomains: ['https://login.acme.test'] });
    const other = await (await zitadel.fetch(`https://login.acme.test${WELL_KNOWN}`)).json();
    expect(other).toMatchObject({ issuer: 'https://login.acme.test' });
  });

  it.each([WELL_KNOWN, '/oauth/v2/keys', '/v2/users', '/'])('is nobody under another name: %s', async (path) => {
    const response = await createBed().zitadel.fetch(`https://127.0.0.1${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(await response.text()).toContain(
      'unable to set instance using origin &{127.0.0.1  https} (ExternalDomain is zitadel.test): ID=QUERY-1kIjX ',
    );
  });

  it('is in a bad way without its database', async () => {
    const { zitadel, get } = createBed();
    zitadel.settings.databaseDown = true;
    for (const path of [WELL_KNOWN, '/oauth/v2/keys', '/oidc/v1/userinfo', '/oauth/v2/token']) {
      const { status, headers, body } = await get(path);
      expect([status, headers.get('content-type')], path).toEqual([500, 'text/plain; charset=utf-8']);
      expect(body).toContain('ID=QUERY-d3fas');
    }
    expect((await get('/debug/ready')).status).toBe(412);
    expect((await get('/debug/healthz')).status).toBe(200);
    zitadel.settings.databaseDown = false;
    expect((await get('/debug/ready')).status).toBe(200);
  });
});

describe('signing keys of the stand-in', () => {
  it('publishes two keys for five minutes', async () => {
    const { body, headers } = await createBed().get('/oauth/v2/keys');
    expect(body.keys).toHaveLength(2);
    expect(headers.get('cache-control')).toBe('max-age=300, must-revalidate');
    for (const key of body.keys) {
      expect(key).toMatchObject({ use: 'sig', kty: 'RSA', alg: 'RS256', e: 'AQAB' });
      expect(key.kid).toMatch(/^\d{18,19}$/);
      expect(key).not.toHaveProperty('d');
    }
  });

  it('rotates by hand: the next key signs, the old one stays until it is deleted', async () => {
    const { zitadel, get, login } = createBed();
    const [first, second] = (await get('/oauth/v2/keys')).body.keys;
    expect(headerOf((await login()).id_token).kid).toBe(first.kid);
    await zitadel.rotateKeys();
    expect(headerOf((await login()).id_token).kid).toBe(second.kid);
    const kids = (await get('/oauth/v2/keys')).body.keys.map(({ kid }: { kid: string }) => kid);
    expect(kids).toHaveLength(3);
    expect(kids).toContain(first.kid);
    await zitadel.webKeys.delete();
    const left = (await get('/oauth/v2/keys')).body.keys.map(({ kid }: { kid: string }) => kid);
    expect(left).not.toContain(first.kid);
    expect(left).toHaveLength(2);
  });

  it.each(SIGNING_ALGORITHMS)('signs with %s, and at_hash is as long as its hash', async (alg) => {
    const { get, login, issuer, clock } = createBed({ signingAlgorithm: alg });
    const { id_token } = await login();
    const jwks = createLocalJWKSet((await get('/oauth/v2/keys')).body);
    const { payload, protectedHeader } = await jwtVerify(id_token, jwks, {
      issuer,
      currentDate: new Date(clock.now * 1000),
    });
    expect(protectedHeader.alg).toBe(alg);
    const bits = alg === 'EdDSA' ? 512 : Number(alg.slice(2));
    expect(Buffer.from(String(payload.at_hash), 'base64url')).toHaveLength(bits / 16);
  });

  it('switches its algorithm while it runs', async () => {
    const { zitadel, login } = createBed();
    await zitadel.rotateKeys('ES256');
    expect(headerOf((await login()).id_token).alg).toBe('ES256');
  });
});

describe('errors of the stand-in', () => {
  it('describes them by untranslated keys', async () => {
    const { refresh } = createBed();
    expect((await refresh('garbage')).body.error_description).toBe('Errors.User.RefreshToken.Invalid');
  });

  it('answers 429 to everything while the address is banned', async () => {
    const { zitadel, get, refresh } = createBed();
    zitadel.settings.rateLimited = true;
    expect([(await get(WELL_KNOWN)).status, (await refresh('x')).status]).toEqual([429, 429]);
    zitadel.settings.rateLimited = false;
    expect((await get(WELL_KNOWN)).status).toBe(200);
  });
});
