// What ID tokens, access tokens and logout tokens have to say, check by check and each with its tag and evidence, where the signature is good.
// OIDC Core §2, §3.1.3.7; RFC 7519 §4.1; RFC 8725 §3.11; RFC 9068 §4; Back-Channel Logout 1.0 §2.4, §2.6; promise 9.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { readAccessToken } from '../../../src/oidc/bearer/access-token.ts';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import { verifyIdToken } from '../../../src/oidc/tokens/id-token.ts';
import { verifyLogoutToken } from '../../../src/oidc/tokens/logout-token.ts';
import { findTimeProblem, verifySignedToken } from '../../../src/oidc/tokens/signed-token.ts';
import { assertChecked, type Problem, type TokenRefusal } from '../../../src/oidc/tokens/token-refusal.ts';

type Claims = Record<string, unknown>;

const NOW = 1_790_000_000;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const issuer = 'https://zitadel.test';
const now = () => NOW;

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)) };
const keys: SigningKeys = { find: async () => [jwk], findPublished: async () => [jwk], reload: async () => undefined };
const context = { issuer, keys, now, isTrustedChannel: true };

const refused = (of: TokenRefusal['of'], problem: Problem) => ({ kind: 'refused', refusal: { of, ...problem } });

/** `undefined` takes a claim or a header's member out. */
const sign = (claims: Claims, header: Claims = { typ: 'JWT' }) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);

describe('every signed token', () => {
  const good = { iss: issuer, aud: ['us', 'them'], iat: NOW, exp: NOW + 60 };
  const verify = async (changes: Claims, audience = ['us']) =>
    verifySignedToken(await sign({ ...good, ...changes }), { ...context, audience });

  it('says what it says, and of what type it is', async () => {
    expect(await verify({ a: 1 })).toEqual({ kind: 'good', value: { ...good, a: 1, typ: 'JWT' } });
    expect(await verify({ aud: 'us' }, ['you', 'us'])).toMatchObject({ value: { aud: 'us' } });
  });

  it.each<[Claims, Problem]>([
    [{ iss: 'https://evil.example' }, { problem: 'other_issuer', iss: 'https://evil.example' }],
    [{ iss: undefined }, { problem: 'other_issuer', iss: undefined }],
    [{ aud: 'them' }, { problem: 'other_audience', aud: 'them' }],
    [{ aud: [] }, { problem: 'other_audience', aud: [] }],
    [{ aud: undefined }, { problem: 'other_audience', aud: undefined }],
    [{ iat: undefined }, { problem: 'missing', claim: 'iat' }],
    [{ exp: undefined }, { problem: 'missing', claim: 'exp' }],
    [{ exp: NOW - 30 }, { problem: 'expired' }],
    [{ nbf: NOW + 31 }, { problem: 'in_the_future', claim: 'nbf' }],
  ])('%j: %j', async (changes, problem) => {
    expect(await verify(changes)).toEqual(refused('jwt', problem));
  });

  it('RFC 7519 §4.1.4 may be half a minute past its end, since clocks differ', async () => {
    expect(await verify({ exp: NOW - 29 })).toMatchObject({ value: { exp: NOW - 29 } });
  });
});

describe('RFC 7519 §4.1: times', () => {
  it.each<[Claims, Problem | undefined]>([
    [{}, undefined],
    [{ exp: NOW + 1e9, iat: NOW, nbf: NOW, auth_time: NOW }, undefined],
    [{ iat: 0 }, undefined],
    [{ iat: NOW + 30 }, undefined],
    [{ iat: NOW + 31 }, { problem: 'in_the_future', claim: 'iat' }],
    [{ nbf: NOW + 31 }, { problem: 'in_the_future', claim: 'nbf' }],
    [{ auth_time: NOW + 31 }, { problem: 'in_the_future', claim: 'auth_time' }],
    [{ exp: 253_402_300_799 }, undefined],
    [{ exp: 253_402_300_800 }, { problem: 'not_a_time', claim: 'exp' }],
    [{ iat: -1 }, { problem: 'not_a_time', claim: 'iat' }],
    [{ nbf: String(NOW) }, { problem: 'not_a_time', claim: 'nbf' }],
    [{ auth_time: null }, { problem: 'not_a_time', claim: 'auth_time' }],
    [{ exp: Number.NaN }, { problem: 'not_a_time', claim: 'exp' }],
  ])('%j: %j', (claims, problem) => {
    expect(findTimeProblem(claims, NOW)).toEqual(problem);
  });
});

describe('ID tokens', () => {
  const good = { iss: issuer, aud: ['us'], iat: NOW, exp: NOW + 60, sub: '1' };
  const verify = async (changes: Claims, header?: Claims) =>
    verifyIdToken(await sign({ ...good, ...changes }, header), 'us', context);

  it('OIDC Core §2: sub, and sid, auth_time and amr where they are', async () => {
    expect(assertChecked(await verify({}))).toStrictEqual({ sub: '1', amr: [], all: { ...good, typ: 'JWT' } });
    expect(assertChecked(await verify({ sid: 's', auth_time: NOW - 5, amr: ['pwd', 'mfa'] }))).toMatchObject({
      sub: '1',
      sid: 's',
      auth_time: NOW - 5,
      amr: ['pwd', 'mfa'],
    });
  });

  it('OIDC Core §2: what is not of its form is left out', async () => {
    const { all: _, ...rest } = assertChecked(await verify({ sid: 7, amr: ['pwd', 7, null, ['mfa']] }));
    expect(rest).toStrictEqual({ sub: '1', amr: ['pwd'] });
    expect(await verify({ amr: 'mfa' })).toMatchObject({ value: { amr: [] } });
  });

  it.each(['JWT', 'jwt', undefined, 7])('typ %j is one', async (typ) => {
    expect(await verify({}, { typ })).toMatchObject({ value: { sub: '1' } });
  });

  it.each<[string, Claims, unknown?]>([
    ['an access token by its type', {}, 'at+jwt'],
    ['a logout token by its type', {}, 'logout+jwt'],
    ['a logout token', { events: {} }],
    ['an access token, which names itself and the client, and no party', { client_id: 'us', jti: 'V2_1-at_2' }],
  ])('RFC 8725 §3.11: %s is none', async (_what, changes, typ = 'JWT') => {
    expect(await verify(changes, { typ })).toEqual(refused('id_token', { problem: 'other_kind' }));
  });

  it.each<Claims>([
    { azp: 'us' },
    { azp: 'us', client_id: 'us' },
    { client_id: 'us' },
    { jti: '1' },
    { aud: ['us', 'them'], azp: 'us' },
    { aud: 'us' },
  ])('OIDC Core §3.1.3.7: %j is for us', async (changes) => {
    expect(await verify(changes)).toMatchObject({ value: { sub: '1' } });
  });

  it.each<[Claims, Problem]>([
    [{ azp: 'them' }, { problem: 'other_party', claim: 'azp' }],
    [{ client_id: 'them' }, { problem: 'other_party', claim: 'client_id' }],
    [{ client_id: ['us'] }, { problem: 'other_party', claim: 'client_id' }],
    [{ aud: ['us', 'them'], client_id: 'us' }, { problem: 'no_authorized_party' }],
    [
      { aud: 'us', azp: 'them' },
      { problem: 'other_party', claim: 'azp' },
    ],
    [{ azp: null }, { problem: 'other_party', claim: 'azp' }],
    [
      { aud: ['us', 'them'], azp: 'them' },
      { problem: 'other_party', claim: 'azp' },
    ],
    [{ aud: ['us', 'them'] }, { problem: 'no_authorized_party' }],
    [{ sub: undefined }, { problem: 'missing', claim: 'sub' }],
    [{ sub: '' }, { problem: 'missing', claim: 'sub' }],
    [{ sub: 7 }, { problem: 'missing', claim: 'sub' }],
  ])('OIDC Core §3.1.3.7: %j: %j', async (changes, problem) => {
    expect(await verify(changes)).toEqual(refused('id_token', problem));
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

  it.each<[Claims, Problem, unknown?]>([
    [{}, { problem: 'other_type', typ: 'logout+jwt' }, 'logout+jwt'],
    [{}, { problem: 'other_type', typ: 7 }, 7],
    [{ nonce: 'n' }, { problem: 'foreign_claim', claim: 'nonce' }],
    [{ jti: undefined }, { problem: 'missing', claim: 'jti' }],
    [{ jti: '' }, { problem: 'missing', claim: 'jti' }],
    [{ jti: 7 }, { problem: 'missing', claim: 'jti' }],
    [{ client_id: undefined }, { problem: 'missing', claim: 'client_id' }],
    [{ client_id: '' }, { problem: 'missing', claim: 'client_id' }],
    [{ client_id: 7 }, { problem: 'missing', claim: 'client_id' }],
    [{ aud: 'them' }, { problem: 'other_audience', aud: 'them' }],
  ])('%j: %j', async (changes, problem, typ = 'JWT') => {
    expect(await read(changes, { typ })).toStrictEqual({ kind: 'refused', refusal: { of: 'jwt', ...problem } });
  });
});

describe('logout tokens', () => {
  const events = { [EVENT]: {} };
  const good = { iss: issuer, aud: 'us', iat: NOW, exp: NOW + 60, jti: 'j', sub: '1', sid: 's', events };
  const verify = async (changes: Claims, header?: Claims) =>
    verifyLogoutToken(await sign({ ...good, ...changes }, header), 'us', context);

  it('§2.4: have iat, exp, jti, and sub or sid or both', async () => {
    const times = { iat: NOW, exp: NOW + 60, jti: 'j' };
    expect(assertChecked(await verify({}))).toStrictEqual({ ...times, sub: '1', sid: 's' });
    expect(assertChecked(await verify({ sub: undefined }))).toStrictEqual({ ...times, sid: 's' });
    expect(assertChecked(await verify({ sid: undefined }))).toStrictEqual({ ...times, sub: '1' });
  });

  it.each(['JWT', 'logout+jwt', 'LOGOUT+JWT', undefined, 7])('§2.4: typ %j is one', async (typ) => {
    expect(await verify({}, { typ })).toMatchObject({ value: { jti: 'j' } });
  });

  it.each<[Claims, Problem, unknown?]>([
    [{}, { problem: 'other_kind' }, 'at+jwt'],
    [{ events: undefined }, { problem: 'no_logout_event' }],
    [{ events: null }, { problem: 'no_logout_event' }],
    [{ events: {} }, { problem: 'no_logout_event' }],
    [{ events: { [EVENT]: null } }, { problem: 'no_logout_event' }],
    [{ events: { [EVENT]: [] } }, { problem: 'no_logout_event' }],
    [{ events: { [EVENT]: 'x' } }, { problem: 'no_logout_event' }],
    [{ nonce: null }, { problem: 'nonce_not_allowed' }],
    [{ sub: '' }, { problem: 'not_text', claim: 'sub' }],
    [{ sub: 7 }, { problem: 'not_text', claim: 'sub' }],
    [{ sid: '' }, { problem: 'not_text', claim: 'sid' }],
    [{ sid: 7 }, { problem: 'not_text', claim: 'sid' }],
    [{ sub: undefined, sid: undefined }, { problem: 'nobody_named' }],
    [{ jti: undefined }, { problem: 'missing', claim: 'jti' }],
    [{ jti: '' }, { problem: 'missing', claim: 'jti' }],
    [{ jti: 7 }, { problem: 'missing', claim: 'jti' }],
  ])('§2.6: %j: %j', async (changes, problem, typ = 'JWT') => {
    expect(await verify(changes, { typ })).toEqual(refused('logout_token', problem));
  });
});
