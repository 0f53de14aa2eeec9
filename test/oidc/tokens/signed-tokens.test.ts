// What ID tokens, access tokens and logout tokens have to say, check by check and each with its reason for the log, where the signature is good.
// OIDC Core §2, §3.1.3.7; RFC 7519 §4.1; RFC 8725 §3.11; RFC 9068 §4; Back-Channel Logout 1.0 §2.4, §2.6; design promise 9.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { readAccessToken } from '../../../src/oidc/bearer/access-token.ts';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import { verifyIdToken } from '../../../src/oidc/tokens/id-token.ts';
import { verifyLogoutToken } from '../../../src/oidc/tokens/logout-token.ts';
import { findTimeProblem, verifySignedToken } from '../../../src/oidc/tokens/signed-token.ts';

type Claims = Record<string, unknown>;

const NOW = 1_790_000_000;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const issuer = 'https://zitadel.test';
const now = () => NOW;

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)) };
const keys: SigningKeys = { find: async () => jwk, findPublished: async () => jwk, reload: async () => undefined };
const context = { issuer, keys, now, isTrustedChannel: true };

/** `undefined` takes a claim or a header's member out. */
const sign = (claims: Claims, header: Claims = { typ: 'JWT' }) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);

describe('every signed token', () => {
  const good = { iss: issuer, aud: ['us', 'them'], iat: NOW, exp: NOW + 60 };
  const verify = async (changes: Claims, audience = ['us']) =>
    verifySignedToken(await sign({ ...good, ...changes }), { ...context, audience });

  it('says what it says, and of what type it is', async () => {
    expect(await verify({ a: 1 })).toEqual({ ...good, a: 1, typ: 'JWT' });
    expect(await verify({ aud: 'us' }, ['you', 'us'])).toMatchObject({ aud: 'us' });
  });

  it.each<[Claims, string]>([
    [{ iss: 'https://evil.example' }, 'iss is another issuer'],
    [{ iss: undefined }, 'iss is another issuer'],
    [{ aud: 'them' }, 'aud is somebody else'],
    [{ aud: [] }, 'aud is somebody else'],
    [{ aud: undefined }, 'aud is somebody else'],
    [{ iat: undefined }, 'iat is missing'],
    [{ exp: undefined }, 'exp is missing'],
    [{ exp: NOW - 30 }, 'expired'],
    [{ nbf: NOW + 31 }, 'claim nbf lies in the future'],
  ])('%j: %s', async (changes, problem) => {
    await expect(verify(changes)).rejects.toMatchObject({ code: 'login_failed', message: `JWT: ${problem}` });
  });

  it('RFC 7519 §4.1.4 may be half a minute past its end, since clocks differ', async () => {
    expect(await verify({ exp: NOW - 29 })).toMatchObject({ exp: NOW - 29 });
  });
});

describe('RFC 7519 §4.1: times', () => {
  it.each<[Claims, string | undefined]>([
    [{}, undefined],
    [{ exp: NOW + 1e9, iat: NOW, nbf: NOW, auth_time: NOW }, undefined],
    [{ iat: 0 }, undefined],
    [{ iat: NOW + 30 }, undefined],
    [{ iat: NOW + 31 }, 'claim iat lies in the future'],
    [{ nbf: NOW + 31 }, 'claim nbf lies in the future'],
    [{ auth_time: NOW + 31 }, 'claim auth_time lies in the future'],
    [{ exp: 253_402_300_799 }, undefined],
    [{ exp: 253_402_300_800 }, 'claim exp is not a time'],
    [{ iat: -1 }, 'claim iat is not a time'],
    [{ nbf: String(NOW) }, 'claim nbf is not a time'],
    [{ auth_time: null }, 'claim auth_time is not a time'],
    [{ exp: Number.NaN }, 'claim exp is not a time'],
  ])('%j: %s', (claims, problem) => {
    expect(findTimeProblem(claims, NOW)).toBe(problem);
  });
});

describe('ID tokens', () => {
  const good = { iss: issuer, aud: ['us'], iat: NOW, exp: NOW + 60, sub: '1' };
  const verify = async (changes: Claims, header?: Claims) =>
    verifyIdToken(await sign({ ...good, ...changes }, header), 'us', context);

  it('OIDC Core §2: sub, and sid, auth_time and amr where they are', async () => {
    expect(await verify({})).toStrictEqual({ sub: '1', amr: [], all: { ...good, typ: 'JWT' } });
    expect(await verify({ sid: 's', auth_time: NOW - 5, amr: ['pwd', 'mfa'] })).toMatchObject({
      sub: '1',
      sid: 's',
      auth_time: NOW - 5,
      amr: ['pwd', 'mfa'],
    });
  });

  it('OIDC Core §2: what is not of its form is left out', async () => {
    const { all: _, ...rest } = await verify({ sid: 7, amr: ['pwd', 7, null, ['mfa']] });
    expect(rest).toStrictEqual({ sub: '1', amr: ['pwd'] });
    expect(await verify({ amr: 'mfa' })).toMatchObject({ amr: [] });
  });

  it.each(['JWT', 'jwt', undefined, 7])('typ %j is one', async (typ) => {
    expect(await verify({}, { typ })).toMatchObject({ sub: '1' });
  });

  it.each<[string, Claims, unknown?]>([
    ['an access token by its type', {}, 'at+jwt'],
    ['a logout token by its type', {}, 'logout+jwt'],
    ['a logout token', { events: {} }],
    ['an access token, which names itself and the client, and no party', { client_id: 'us', jti: 'V2_1-at_2' }],
  ])('RFC 8725 §3.11: %s is none', async (_what, changes, typ = 'JWT') => {
    await expect(verify(changes, { typ })).rejects.toMatchObject({
      code: 'login_failed',
      message: 'ID token: the token is of another kind',
    });
  });

  it.each<Claims>([
    { azp: 'us' },
    { azp: 'us', client_id: 'us' },
    { client_id: 'us' },
    { jti: '1' },
    { aud: ['us', 'them'], azp: 'us' },
    { aud: 'us' },
  ])('OIDC Core §3.1.3.7: %j is for us', async (changes) => {
    expect(await verify(changes)).toMatchObject({ sub: '1' });
  });

  it.each<[Claims, string]>([
    [{ azp: 'them' }, 'azp is another party'],
    [{ client_id: 'them' }, 'client_id is another party'],
    [{ client_id: ['us'] }, 'client_id is another party'],
    [{ aud: ['us', 'them'], client_id: 'us' }, 'several audiences without azp'],
    [{ aud: 'us', azp: 'them' }, 'azp is another party'],
    [{ azp: null }, 'azp is another party'],
    [{ aud: ['us', 'them'], azp: 'them' }, 'azp is another party'],
    [{ aud: ['us', 'them'] }, 'several audiences without azp'],
    [{ sub: undefined }, 'sub is missing'],
    [{ sub: '' }, 'sub is missing'],
    [{ sub: 7 }, 'sub is missing'],
  ])('OIDC Core §3.1.3.7: %j: %s', async (changes, problem) => {
    await expect(verify(changes)).rejects.toMatchObject({ code: 'login_failed', message: `ID token: ${problem}` });
  });
});

describe('access tokens', () => {
  const good = { iss: issuer, aud: ['us'], iat: NOW - 5, exp: NOW + 60, sub: '1', jti: 'j', client_id: 'them' };
  const read = async (changes: Claims, header?: Claims) =>
    readAccessToken(await sign({ ...good, ...changes }, header), { config: { issuer, audience: ['us'] }, keys, now });

  it('say what was true when they were made, and not later than now', async () => {
    const claims = { ...good, typ: 'JWT' };
    expect(await read({})).toStrictEqual({ kind: 'claims', claims, claimsAt: NOW - 5 });
    expect(await read({ iat: NOW + 20 })).toMatchObject({ claimsAt: NOW });
  });

  it('need no type', async () => {
    expect(await read({}, { typ: undefined })).toMatchObject({ kind: 'claims' });
  });

  it.each<[Claims, string, unknown?]>([
    [{}, 'typ is not an access token’s', 'logout+jwt'],
    [{}, 'typ is not an access token’s', 7],
    [{ nonce: 'n' }, 'nonce does not belong in an access token'],
    [{ jti: undefined }, 'jti is missing'],
    [{ jti: '' }, 'jti is missing'],
    [{ jti: 7 }, 'jti is missing'],
    [{ client_id: undefined }, 'client_id is missing'],
    [{ client_id: '' }, 'client_id is missing'],
    [{ client_id: 7 }, 'client_id is missing'],
    [{ aud: 'them' }, 'aud is somebody else'],
  ])('%j: %s', async (changes, problem, typ = 'JWT') => {
    expect(await read(changes, { typ })).toStrictEqual({ kind: 'refused', reason: `JWT: ${problem}` });
  });
});

describe('logout tokens', () => {
  const events = { [EVENT]: {} };
  const good = { iss: issuer, aud: 'us', iat: NOW, exp: NOW + 60, jti: 'j', sub: '1', sid: 's', events };
  const verify = async (changes: Claims, header?: Claims) =>
    verifyLogoutToken(await sign({ ...good, ...changes }, header), 'us', context);

  it('§2.4: have iat, exp, jti, and sub or sid or both', async () => {
    const times = { iat: NOW, exp: NOW + 60, jti: 'j' };
    expect(await verify({})).toStrictEqual({ ...times, sub: '1', sid: 's' });
    expect(await verify({ sub: undefined })).toStrictEqual({ ...times, sid: 's' });
    expect(await verify({ sid: undefined })).toStrictEqual({ ...times, sub: '1' });
  });

  it.each(['JWT', 'logout+jwt', 'LOGOUT+JWT', undefined, 7])('§2.4: typ %j is one', async (typ) => {
    expect(await verify({}, { typ })).toMatchObject({ jti: 'j' });
  });

  it.each<[Claims, string, unknown?]>([
    [{}, 'the token is of another kind', 'at+jwt'],
    [{ events: undefined }, 'the logout event is missing'],
    [{ events: null }, 'the logout event is missing'],
    [{ events: {} }, 'the logout event is missing'],
    [{ events: { [EVENT]: null } }, 'the logout event is missing'],
    [{ events: { [EVENT]: [] } }, 'the logout event is missing'],
    [{ events: { [EVENT]: 'x' } }, 'the logout event is missing'],
    [{ nonce: null }, 'a nonce is not allowed'],
    [{ sub: '' }, 'sub is not a string'],
    [{ sub: 7 }, 'sub is not a string'],
    [{ sid: '' }, 'sid is not a string'],
    [{ sid: 7 }, 'sid is not a string'],
    [{ sub: undefined, sid: undefined }, 'neither sub nor sid'],
    [{ jti: undefined }, 'jti is missing'],
    [{ jti: '' }, 'jti is missing'],
    [{ jti: 7 }, 'jti is missing'],
  ])('§2.6: %j: %s', async (changes, problem, typ = 'JWT') => {
    await expect(verify(changes, { typ })).rejects.toMatchObject({
      code: 'bad_request',
      message: `logout token: ${problem}`,
    });
  });
});
