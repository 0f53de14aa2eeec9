// What a logout token has to say beyond that. Back-Channel Logout 1.0 §2.4, §2.6; promise 9.

import { describe, expect, it } from 'vitest';
import { verifyLogoutToken } from '../../../src/oidc/tokens/logout-token.ts';
import { assertChecked, type Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { type Claims, context, EVENT, issuer, NOW, refused, sign } from './bed.ts';

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
