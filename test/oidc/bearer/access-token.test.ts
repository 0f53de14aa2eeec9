// JWT access tokens, good and hostile. RFC 7519, RFC 8725, RFC 9068 §4; promise 9: tokens of one kind are not taken for another.

import { describe, expect, it } from 'vitest';
import { isSignedToken } from '../../../src/oidc/tokens/jws.ts';
import { BASIC, type Bed, callerOf, createBed, PLAIN_ROLES, PROJECT_ROLES, refusalOf, SEED } from './bed.ts';
import { encode, headerOf, ISSUER, type Json, mint, mintChanged, without } from './jwt-bed.ts';

describe('JWT access tokens that are good', () => {
  it('takes ZITADEL’s, whose typ is JWT and not at+jwt', async () => {
    const bed = createBed();
    const token = await mint(bed);
    const judged = await bed.judge(token);
    expect(headerOf(token).typ).toBe('JWT');
    expect(judged).toMatchObject({ kind: 'caller', token, expiresAt: bed.clock.now + 43_200 });
    expect(callerOf(judged)).toMatchObject({
      via: 'bearer',
      identity: { sub: SEED.users.admin },
      claimsAt: bed.clock.now,
    });
  });

  it('reads roles from the project’s claim', async () => {
    const bed = createBed();
    const { roles } = callerOf(await bed.judge(await mint(bed))).identity;
    expect(roles).toEqual({ admin: [SEED.organizationId], user: [SEED.organizationId] });
  });

  it('RFC 8693 §4.1 reads who acts in the user’s place', async () => {
    const bed = createBed();
    const act = { iss: ISSUER, sub: SEED.users.staff };
    const token = await bed.zitadel.mintAccessToken({ sub: 'user', jwt: true, act });
    expect(callerOf(await bed.judge(token)).identity.act).toBe(SEED.users.staff);
  });

  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const)('takes %s', async (algorithm) => {
    const bed = createBed({ zitadel: { signingAlgorithm: algorithm } });
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
  });

  it('takes an audience that ZITADEL_AUDIENCE names', async () => {
    const bed = createBed({ env: { ZITADEL_AUDIENCE: ['the-other-api'] } });
    expect((await bed.judge(await mint(bed, { aud: 'the-other-api' }))).kind).toBe('caller');
  });

  it('RFC 9068 §2.1 takes typ at+jwt too, in any case and with its media type', async () => {
    const bed = createBed();
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
      expect((await bed.judge(await mintChanged(bed, (claims) => claims, { typ }))).kind, typ).toBe('caller');
    }
  });

  it('bears with clocks that differ by seconds', async () => {
    const bed = createBed();
    const ahead = bed.clock.now + 20;
    expect((await bed.judge(await mint(bed, { iat: ahead, nbf: ahead }))).kind).toBe('caller');
  });

  it('asks ZITADEL for nothing but metadata and keys', async () => {
    const bed = createBed({ env: BASIC });
    await bed.judge(await mint(bed));
    await bed.judge(await mint(bed));
    expect(bed.zitadel.calls.list.map(({ endpoint }) => endpoint)).toEqual(['discovery', 'keys']);
  });
});

describe('JWTs of other kinds, signed by the same key', () => {
  async function signIn(bed: Bed) {
    bed.zitadel.webApplication.redirectUris = ['https://app.example.com/auth/callback'];
    const parameters = {
      client_id: SEED.webClientId,
      redirect_uri: 'https://app.example.com/auth/callback',
      response_type: 'code',
      scope: 'openid profile',
      state: 's',
      nonce: 'n',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const authorizeUrl = `${ISSUER}/oauth/v2/authorize?${new URLSearchParams(parameters)}`;
    const callback = new URL(await bed.zitadel.signIn({ authorizeUrl, user: 'admin' }));
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: parameters.redirect_uri,
      client_id: SEED.webClientId,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    });
    return (await (await bed.zitadel.fetch(`${ISSUER}/oauth/v2/token`, { method: 'POST', body })).json()) as Json;
  }

  const foreign = (claim: string) => ({ of: 'jwt', problem: 'foreign_claim', claim });

  it('refuses the ID token of a real sign-in, and takes its access token', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.accessTokenType = 'JWT';
    const { id_token, access_token } = await signIn(bed);
    expect(refusalOf(await bed.judge(id_token as string))).toMatchObject({ of: 'jwt', problem: 'foreign_claim' });
    expect((await bed.judge(access_token as string)).kind).toBe('caller');
  });

  it.each(['nonce', 'at_hash', 'c_hash', 'azp', 'sid', 'events', 'cnf'])('refuses a token with %s', async (claim) => {
    const bed = createBed();
    expect(refusalOf(await bed.judge(await mint(bed, { [claim]: 'x' })))).toEqual(foreign(claim));
  });

  it('refuses an ID token even where it has jti and nothing of an ID token’s but azp', async () => {
    const bed = createBed();
    expect(refusalOf(await bed.judge(await mint(bed, { azp: SEED.webClientId })))).toEqual(foreign('azp'));
  });

  it('refuses a logout token', async () => {
    const bed = createBed();
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const { now } = bed.clock;
    const logout = {
      iss: ISSUER,
      sub: SEED.users.admin,
      aud: [SEED.projectId],
      iat: now,
      exp: now + 900,
      jti: 'x',
      events,
    };
    expect(refusalOf(await bed.judge(await mintChanged(bed, () => logout)))).toEqual(foreign('events'));
  });

  it.each(['jti', 'client_id'])('refuses a token without %s, which every access token has', async (claim) => {
    const bed = createBed();
    const refusal = refusalOf(await bed.judge(await mintChanged(bed, without(claim))));
    expect(refusal).toEqual({ of: 'jwt', problem: 'missing', claim });
  });

  it.each(['logout+jwt', 'id_token', 'token-introspection+jwt', 'dpop+jwt', ''])('refuses typ "%s"', async (typ) => {
    const bed = createBed();
    const refusal = refusalOf(await bed.judge(await mintChanged(bed, (claims) => claims, { typ })));
    expect(refusal).toEqual({ of: 'jwt', problem: 'other_type', typ });
  });
});

describe('roles in a JWT', () => {
  it('never counts the plain claim: it means the project of whoever asked for the token', async () => {
    const bed = createBed();
    const foreign = { admin: { [SEED.otherOrganizationId]: 'globex.zitadel.example' } };
    const token = await mintChanged(bed, (claims) => ({ ...without(PROJECT_ROLES)(claims), [PLAIN_ROLES]: foreign }));
    expect(callerOf(await bed.judge(token)).identity.roles).toEqual({});
  });

  it('nor does it without a project of ours', async () => {
    const bed = createBed({ env: { ZITADEL_PROJECT_ID: undefined, ZITADEL_AUDIENCE: [SEED.projectId] } });
    expect(callerOf(await bed.judge(await mint(bed))).identity.roles).toEqual({});
  });

  it('logs a claim that is not of ZITADEL’s form, and gives no role for it', async () => {
    const bed = createBed();
    const { roles } = callerOf(await bed.judge(await mint(bed, { [PROJECT_ROLES]: ['admin'] }))).identity;
    expect(roles).toEqual({});
    expect(bed.events).toMatchObject([{ event: 'malformed_claims', claims: [PROJECT_ROLES] }]);
  });
});

describe('isSignedToken', () => {
  it('tells JWTs from ZITADEL’s opaque tokens, which begin the same way', async () => {
    const bed = createBed();
    const opaque = await bed.zitadel.mintAccessToken({ sub: 'admin' });
    expect(opaque).toMatch(/^eyJ/);
    expect(isSignedToken(opaque)).toBe(false);
    expect(isSignedToken(await mint(bed))).toBe(true);
  });

  it('takes nothing else for a JWT', () => {
    const odd = [
      '',
      '.',
      '..',
      'a.b.c',
      '....',
      '.'.repeat(16_000),
      `${encode({ alg: 'RS256' })}.x`,
      `${encode({ alg: 'RS256' })}.x.y.z`,
      `${encode([])}.x.y`,
    ];
    const more = [encode({ alg: 'HS256' }), encode({ alg: ['RS256'] }), encode({}), encode('RS256'), encode(null)];
    for (const token of [...odd, ...more.map((header) => `${header}.x.y`)])
      expect(isSignedToken(token), token).toBe(false);
  });
});
