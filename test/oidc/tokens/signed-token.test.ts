// What every signed token has to say, check by check, each with its tag and evidence. RFC 7519 §4.1; RFC 9068 §4; promise 9.

import { describe, expect, it } from 'vitest';
import { readAccessToken } from '../../../src/oidc/bearer/access-token.ts';
import { findTimeProblem, verifySignedToken } from '../../../src/oidc/tokens/signed-token.ts';
import type { Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { type Claims, context, issuer, keys, NOW, now, refused, sign } from './bed.ts';

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
    [{ exp: NOW - 60 }, { problem: 'expired' }],
    [{ nbf: NOW + 61 }, { problem: 'in_the_future', claim: 'nbf' }],
  ])('%j: %j', async (changes, problem) => {
    expect(await verify(changes)).toEqual(refused('jwt', problem));
  });

  it('RFC 7519 §4.1.4 may be almost a minute past its end, since clocks differ', async () => {
    expect(await verify({ exp: NOW - 59 })).toMatchObject({ value: { exp: NOW - 59 } });
  });
});

describe('RFC 7519 §4.1: times', () => {
  it.each<[Claims, Problem | undefined]>([
    [{}, undefined],
    [{ exp: NOW + 1e9, iat: NOW, nbf: NOW, auth_time: NOW }, undefined],
    [{ iat: 0 }, undefined],
    [{ iat: NOW + 60, nbf: NOW + 60, auth_time: NOW + 60 }, undefined],
    [{ iat: NOW + 61 }, { problem: 'in_the_future', claim: 'iat' }],
    [{ nbf: NOW + 61 }, { problem: 'in_the_future', claim: 'nbf' }],
    [{ auth_time: NOW + 61 }, { problem: 'in_the_future', claim: 'auth_time' }],
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
