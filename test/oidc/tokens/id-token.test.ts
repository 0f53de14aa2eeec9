// What an ID token has to say beyond that. OIDC Core §2, §3.1.3.7; RFC 8725 §3.11; promise 9.

import { describe, expect, it } from 'vitest';
import { verifyIdToken } from '../../../src/oidc/tokens/id-token.ts';
import { assertChecked, type Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { type Claims, context, issuer, NOW, refused, sign } from './bed.ts';

describe('ID tokens', () => {
  const good = { iss: issuer, aud: ['us'], iat: NOW, exp: NOW + 60, sub: '1' };
  const verify = async (changes: Claims, header?: Claims) =>
    verifyIdToken(await sign({ ...good, ...changes }, header), 'us', context);

  it('OIDC Core §2: sub, and sid, auth_time and amr where they are', async () => {
    expect(assertChecked(await verify({}))).toStrictEqual({
      sub: '1',
      issuedAt: NOW,
      amr: [],
      all: { ...good, typ: 'JWT' },
    });
    expect(assertChecked(await verify({ sid: 's', auth_time: NOW - 5, amr: ['pwd', 'mfa'] }))).toMatchObject({
      sub: '1',
      sid: 's',
      auth_time: NOW - 5,
      amr: ['pwd', 'mfa'],
    });
  });

  it('OIDC Core §2: what is not of its form is left out', async () => {
    const { all: _, ...rest } = assertChecked(await verify({ sid: 7, amr: ['pwd', 7, null, ['mfa']] }));
    expect(rest).toStrictEqual({ sub: '1', issuedAt: NOW, amr: ['pwd'] });
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
