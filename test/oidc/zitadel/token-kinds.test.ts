// What tells ID, access and logout tokens apart. RFC 8725 §3.11; RFC 9068 §2.1, §2.2; Back-Channel Logout 1.0 §2.4.

import { describe, expect, it } from 'vitest';
import { findForeignClaim, isTypeOf, looksLikeAccessToken } from '../../../src/oidc/zitadel/token-kinds.ts';

describe('RFC 8725 §3.11: by type', () => {
  it.each([
    ['JWT', ['id', 'access', 'logout']],
    ['jwt', ['id', 'access', 'logout']],
    ['at+jwt', ['access']],
    ['application/at+JWT', ['access']],
    ['logout+jwt', ['logout']],
    ['application/logout+jwt', []],
    ['id_token', []],
    ['', []],
  ])('%s: %j', (typ, kinds) => {
    expect((['id', 'access', 'logout'] as const).filter((kind) => isTypeOf(kind, typ))).toEqual(kinds);
  });
});

describe('RFC 9068 §2.2: by claims', () => {
  it.each(['nonce', 'at_hash', 'c_hash', 'azp', 'sid', 'events', 'cnf'])('%s is no access token’s', (claim) => {
    expect(findForeignClaim({ sub: '1', [claim]: undefined })).toBe(claim);
  });

  it('what every access token has is not foreign to it, nor what an object inherits', () => {
    expect(findForeignClaim({ iss: 'i', sub: '1', aud: 'a', jti: 'j', client_id: 'c' })).toBeUndefined();
    expect(findForeignClaim(Object.create({ nonce: 'n' }) as Record<string, unknown>)).toBeUndefined();
  });

  it.each([
    [{ client_id: 'c', jti: 'j' }, true],
    [{ client_id: 'c', jti: 'j', azp: 'c' }, false],
    [{ client_id: 'c' }, false],
    [{ jti: 'j' }, false],
  ])('%j looks like an access token: %s', (claims, isOne) => {
    expect(looksLikeAccessToken(claims)).toBe(isOne);
  });
});
