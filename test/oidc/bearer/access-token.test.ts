// JWT access tokens, good and hostile. RFC 7519, RFC 8725, RFC 9068 §4; design promise 9: tokens of one kind are not taken for another.

import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { isSignedToken } from '../../../src/oidc/tokens/jws.ts';
import type { SigningKey } from '../../../stand-in/keys.ts';
import { createZitadel } from '../../../stand-in/zitadel.ts';
import {
  BASIC,
  type Bed,
  callerOf,
  createBed,
  PLAIN_ROLES,
  PROJECT_ROLES,
  RESOURCE_OWNER,
  refusalOf,
  SEED,
} from './bed.ts';

type Json = Record<string, unknown>;
const ISSUER = 'https://zitadel.test';

const mint = (bed: Bed, claims: Json = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', jwt: true, claims });

/** A token whose claims are exactly what `change` makes of a good one's. */
function mintChanged(bed: Bed, change: (claims: Json) => Json, header: Json = {}, key?: SigningKey) {
  bed.zitadel.tamper.accessToken = (claims, given) => ({
    claims: change(claims),
    header: { ...given, ...header } as typeof given,
    ...(key && { key }),
  });
  return mint(bed);
}

const without = (name: string) => (claims: Json) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (token: string) => token.split('.') as [string, string, string];

/** ZITADEL's own signature on a payload that no library would write. */
async function signText(bed: Bed, payload: string, header: Json = {}): Promise<string> {
  const { privateKey, kid, alg } = await bed.zitadel.webKeys.active();
  const signed = `${encode({ alg, kid, typ: 'JWT', ...header })}.${Buffer.from(payload).toString('base64url')}`;
  const bytes = new TextEncoder().encode(signed);
  const signature = await crypto.subtle.sign({ name: 'RSASSA-PKCS1-v1_5' }, privateKey as CryptoKey, bytes);
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

const headerOf = (token: string) => JSON.parse(Buffer.from(partsOf(token)[0], 'base64url').toString());

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

describe('JWTs that are not ZITADEL’s word', () => {
  it('refuses one that another key has signed under a kid of ZITADEL’s', async () => {
    const bed = createBed();
    const { privateKey } = await generateKeyPair('RS256');
    const token = await mintChanged(bed, (claims) => claims, {}, privateKey);
    expect(refusalOf(await bed.judge(token))).toEqual({ of: 'jwt', problem: 'other_key' });
  });

  it('refuses one whose claims were changed afterwards', async () => {
    const bed = createBed();
    const [header, payload, signature] = partsOf(await mint(bed));
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: SEED.users.staff };
    expect((await bed.judge(`${header}.${encode(claims)}.${signature}`)).kind).toBe('refused');
  });

  it('refuses one without its signature', async () => {
    const bed = createBed();
    const [header, payload] = partsOf(await mint(bed));
    expect((await bed.bearer.judge(`Bearer ${header}.${payload}.`)).kind).toBe('refused');
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('RFC 8725 §3.1 refuses alg %s', async (alg) => {
    const bed = createBed();
    const [header, payload, signature] = partsOf(await mint(bed));
    const unsigned = encode({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg });
    expect((await bed.judge(`${unsigned}.${payload}.`)).kind).toBe('refused');
    expect((await bed.judge(`${unsigned}.${payload}.${signature}`)).kind).toBe('refused');
  });

  it('RFC 8725 §2.1 refuses HS256 with the public key as the secret', async () => {
    const bed = createBed();
    const good = await mint(bed);
    const { publicKey, kid } = await bed.zitadel.webKeys.active();
    const claims = JSON.parse(Buffer.from(partsOf(good)[1], 'base64url').toString());
    const secrets = [await exportSPKI(publicKey), (await exportSPKI(publicKey)).trim()];
    for (const secret of secrets) {
      const key = new TextEncoder().encode(secret);
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' }).sign(key);
      expect((await bed.judge(forged)).kind).toBe('refused');
    }
  });

  it('never follows a key that the header carries or names (jwk, jku, x5u, x5c)', async () => {
    const bed = createBed();
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), use: 'sig', alg: 'RS256' };
    const carried = [
      { jwk },
      { jku: 'https://evil.example/keys' },
      { x5u: 'https://evil.example/chain' },
      { x5c: ['MII'] },
    ];
    for (const header of carried) {
      const token = await mintChanged(bed, (claims) => claims, header, privateKey);
      expect((await bed.judge(token)).kind, Object.keys(header)[0]).toBe('refused');
    }
    expect(bed.zitadel.calls.list.every(({ endpoint }) => endpoint === 'discovery' || endpoint === 'keys')).toBe(true);
  });

  it('RFC 7515 §4.1.11 refuses what it would have to understand and does not (crit)', async () => {
    const bed = createBed();
    const json = Buffer.from(partsOf(await mint(bed))[1], 'base64url').toString();
    expect((await bed.judge(await signText(bed, json))).kind).toBe('caller');
    const token = await signText(bed, json, { crit: ['urn:example:strict'], 'urn:example:strict': true });
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('refuses another instance’s token that claims to be from here', async () => {
    const bed = createBed();
    const stranger = createZitadel({ now: () => bed.clock.now, ownKeys: true });
    const token = await stranger.mintAccessToken({ sub: 'admin', jwt: true });
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it.each(['https://evil.example', `${ISSUER}/`, '', undefined, [ISSUER]])('refuses iss %j', async (iss) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, iss })))).kind).toBe('refused');
  });

  it.each([
    ['a sibling application’s client id', [SEED.webClientId]],
    ['another project', ['249703732336418999']],
    ['a prefix of the project', [SEED.projectId.slice(0, -1)]],
    ['the service user itself', ['svc-reader']],
    ['nobody', []],
    ['undefined', undefined],
    ['an object', { [SEED.projectId]: true }],
  ])('refuses aud %s', async (_name, aud) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, aud })))).kind).toBe('refused');
  });

  it.each([undefined, '', 7, null, ['x']])('refuses sub %j', async (sub) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, sub })))).kind).toBe('refused');
  });

  it.each([
    ['exp missing', (claims: Json) => without('exp')(claims)],
    ['exp as a string', (claims: Json) => ({ ...claims, exp: String(claims.exp) })],
    ['exp null', (claims: Json) => ({ ...claims, exp: null })],
    ['exp in a list', (claims: Json) => ({ ...claims, exp: [claims.exp] })],
    ['exp beyond the year 9999', (claims: Json) => ({ ...claims, exp: 253_402_300_801 })],
    ['exp in milliseconds', (claims: Json) => ({ ...claims, exp: (claims.exp as number) * 1000 })],
    ['exp negative', (claims: Json) => ({ ...claims, exp: -1 })],
    ['exp now', (claims: Json) => ({ ...claims, exp: 1_790_000_000 })],
    ['iat missing', (claims: Json) => without('iat')(claims)],
    ['iat in the future', (claims: Json) => ({ ...claims, iat: (claims.iat as number) + 120 })],
    ['iat as a string', (claims: Json) => ({ ...claims, iat: '0' })],
    ['nbf in the future', (claims: Json) => ({ ...claims, nbf: (claims.nbf as number) + 120 })],
    ['nbf as a string', (claims: Json) => ({ ...claims, nbf: '0' })],
    ['auth_time as a string', (claims: Json) => ({ ...claims, auth_time: 'yesterday' })],
  ])('refuses %s', async (_name, change) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, change))).kind).toBe('refused');
  });

  it('refuses exp 1e400, which is a number in JSON and infinite in JavaScript', async () => {
    const bed = createBed();
    const json = Buffer.from(partsOf(await mint(bed))[1], 'base64url').toString();
    const token = await signText(bed, json.replace(/"exp":\d+/, '"exp":1e400'));
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('refuses a token from the second it expires', async () => {
    const bed = createBed();
    const token = await bed.zitadel.mintAccessToken({ sub: 'admin', jwt: true, lifetime: 100 });
    bed.clock.now += 99;
    expect((await bed.judge(token)).kind).toBe('caller');
    bed.clock.now += 1;
    expect((await bed.judge(token)).kind).toBe('refused');
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

describe('ZITADEL_ORG_ID', () => {
  const env = { ZITADEL_ORG_ID: SEED.organizationId };
  const scope = ['openid', RESOURCE_OWNER];

  it('takes a token of a member', async () => {
    const bed = createBed({ env });
    const token = await bed.zitadel.mintAccessToken({ sub: 'user', jwt: true, scope });
    expect(callerOf(await bed.judge(token)).identity.org).toBe(SEED.organizationId);
  });

  it('refuses a token of somebody else’s member, whatever organisation it was asked for', async () => {
    const bed = createBed({ env });
    const claims = { 'urn:zitadel:iam:org:id': SEED.organizationId };
    const token = await bed.zitadel.mintAccessToken({ sub: 'outsider', jwt: true, scope, claims });
    expect(refusalOf(await bed.judge(token))).toMatchObject({ problem: 'other_organization' });
  });

  it('refuses a token that does not say', async () => {
    const bed = createBed({ env });
    expect(refusalOf(await bed.judge(await mint(bed)))).toEqual({ of: 'bearer_token', problem: 'no_organization' });
  });
});

/** ZITADEL publishes the next key ahead; after two rotations the active one is news. */
async function rotateUnannounced({ zitadel }: Bed) {
  await zitadel.rotateKeys();
  await zitadel.rotateKeys();
}

/** A token as strangers make it: right in everything but the key. */
async function invent(bed: Bed, kid: string) {
  const token = await mintChanged(bed, (claims) => claims, { kid });
  delete bed.zitadel.tamper.accessToken;
  return token;
}

describe('keys', () => {
  it('goes on with a token of a new key, in parallel too', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    await rotateUnannounced(bed);
    bed.zitadel.calls.reset();
    bed.zitadel.faults.set('keys', { delay: 20 }, { times: 1 });
    const tokens = await Promise.all(Array.from({ length: 5 }, () => mint(bed)));
    const judged = await Promise.all(tokens.map((token) => bed.judge(token)));
    expect(judged.map(({ kind }) => kind)).toEqual(Array(5).fill('caller'));
    expect(bed.zitadel.calls.keys).toBe(1);
  });

  it('fetches once for many unknown kids at once, and at most twenty times a minute', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    bed.zitadel.calls.reset();
    let count = 0;
    const storm = async () => {
      const tokens = [];
      for (let i = 0; i < 20; i += 1) tokens.push(await invent(bed, `${count++}-`));
      return tokens;
    };
    const judged = await Promise.all((await storm()).map((token) => bed.judge(token)));
    expect(judged.every(({ kind }) => kind === 'refused')).toBe(true);
    expect(bed.zitadel.calls.keys).toBe(1);
    for (const token of [...(await storm()), ...(await storm())]) await bed.judge(token).catch(() => undefined);
    expect(bed.zitadel.calls.keys).toBeLessThanOrEqual(20);
  });

  it('goes on with keys that come one after another, and with none that strangers invent in between', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    for (let rotation = 0; rotation < 4; rotation += 1) {
      expect((await bed.judge(await invent(bed, `invented-${rotation}`))).kind).toBe('refused');
      await rotateUnannounced(bed);
      expect((await bed.judge(await mint(bed))).kind).toBe('caller');
    }
  });

  it('refuses no token while a flood leaves its key unknown', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    for (let count = 0; count < 30; count += 1) {
      await bed.judge(await invent(bed, `invented-${count}`)).catch(() => undefined);
    }
    await rotateUnannounced(bed);
    const token = await mint(bed);
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable', retryAfter: 3 });
    bed.clock.now += 3;
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('fetches keys and metadata once for many tokens on a cold start', async () => {
    const bed = createBed();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => mint(bed)));
    await Promise.all(tokens.map((token) => bed.judge(token)));
    expect(bed.zitadel.calls).toMatchObject({ discovery: 1, keys: 1 });
  });

  it('is unavailable, not a refusal, when keys can’t be had at all', async () => {
    const bed = createBed();
    bed.zitadel.faults.set('keys', { status: 500 });
    await expect(bed.judge(await mint(bed))).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('is unavailable, not a refusal, while the fetch for an unknown kid fails, and well again after it', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    await rotateUnannounced(bed);
    const token = await mint(bed);
    bed.zitadel.faults.set('keys', 'reset');
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    bed.zitadel.faults.clear();
    bed.clock.now += 30;
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('judges with the keys it has while ZITADEL is away', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    bed.zitadel.faults.set('keys', 'reset');
    bed.zitadel.faults.set('discovery', 'reset');
    bed.clock.now += 10_000;
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
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
