// Tokens of a shape that ZITADEL never makes: refused, and nobody is asked. RFC 7515 §7.1; RFC 7516 §7.1.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPossibleToken } from '../../../src/oidc/zitadel/token-shape.ts';
import { BASIC, createBed, inventedNew } from './bed.ts';
import { codeOf, mint } from './strangers-bed.ts';

describe('tokens of an impossible shape are refused without asking', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = 'a'.repeat(86);

  it.each([
    ['a word', 'invented'],
    ['31 characters', 'x'.repeat(31)],
    ['more than ZITADEL ever makes', 'x'.repeat(1_025)],
    ['base64 that is not base64url', `${'x'.repeat(40)}+/`],
    ['a tilde', `${'x'.repeat(40)}~`],
    ['padding', `${'x'.repeat(40)}==`],
    ['two parts', `${'x'.repeat(40)}.${'x'.repeat(40)}`],
    ['four parts', inventedNew(1).split('.').slice(0, 4).join('.')],
    ['six parts', `${inventedNew(1)}.x`],
    ['nothing but dots', '.'.repeat(60)],
    ['a JWE without an IV', inventedNew(1).replace('b'.repeat(16), '')],
    ['a JWE with half a tag', inventedNew(1).slice(0, -1)],
    ['a JWE whose header is no JSON', inventedNew(1).replace(/^[^.]+/, 'x'.repeat(80))],
    ['a JWE whose header says no algorithm', inventedNew(1).replace(/^[^.]+/, part({ enc: 'A256GCM' }))],
    ['a JWT whose header is no JSON', `${'x'.repeat(40)}.${part({ sub: '1' })}.${signature}`],
    ['a JWT without a signature', `${part({ alg: 'none' })}.${part({ sub: '1' })}.x`],
    ['a JWT with a shared secret', `${part({ alg: 'HS256' })}.${part({ sub: '1' })}.${signature}`],
  ])('%s', async (_what, token) => {
    const bed = createBed({ env: BASIC });
    expect(await codeOf(bed.judge(token))).toBe('refused');
    expect(bed.zitadel.calls.list).toEqual([]);
  });

  it('every token that ZITADEL makes is possible, old and new, of users and machines', async () => {
    for (const legacyTokens of [false, true]) {
      const bed = createBed({ env: BASIC, zitadel: { settings: { legacyTokens } } });
      const { service } =
        bed.zitadel.store.users.size > 0 ? { service: [...bed.zitadel.store.users.keys()] } : { service: [] };
      const tokens = [await mint(bed), await mint(bed, { jwt: true })];
      for (const user of service) tokens.push(await bed.zitadel.createPersonalAccessToken(user).catch(() => ''));
      for (const token of tokens.filter((each) => each !== ''))
        expect([token, isPossibleToken(token)]).toEqual([token, true]);
    }
  });

  it('looking at the shape throws at nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `a.b.${text}.d.e`),
        ),
        (token) => {
          expect(typeof isPossibleToken(token)).toBe('boolean');
        },
      ),
    );
  });
});
