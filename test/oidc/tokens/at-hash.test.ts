// at_hash: an ID token is taken with the access token that it was made for, and with no other. OIDC Core §3.1.3.6, §3.1.3.8, A.3.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isHashOf } from '../../../src/oidc/tokens/at-hash.ts';
import { logIn } from '../../flow/steps.ts';
import { expectLoginRefused, tell } from '../../spec/hostile.ts';
import { createHarness } from '../../support/harness.ts';

const TOKEN = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
const HASHES = [
  ['RS256', 'sha256'],
  ['ES256', 'sha256'],
  ['RS384', 'sha384'],
  ['ES384', 'sha384'],
  ['RS512', 'sha512'],
  ['ES512', 'sha512'],
  ['EdDSA', 'sha512'],
] as const;

describe('the left half of the hash', () => {
  it('is that of the example in OIDC Core A.3', async () => {
    expect(await isHashOf('77QmUPtjPfzWtF2AnpK9RQ', TOKEN, 'RS256')).toBe(true);
  });

  it.each(HASHES)('%s: %s, and no other', async (alg, hash) => {
    for (const other of ['sha256', 'sha384', 'sha512']) {
      const digest = createHash(other).update(TOKEN).digest();
      const half = digest.subarray(0, digest.length / 2).toString('base64url');
      expect(await isHashOf(half, TOKEN, alg)).toBe(other === hash);
      expect(await isHashOf(digest.toString('base64url'), TOKEN, alg)).toBe(false);
      expect(await isHashOf(half, `${TOKEN}x`, alg)).toBe(false);
    }
  });

  it.each([undefined, 'none', 'HS256', 'RS1', '', 7, ['RS256']])('alg %j has none', async (alg) => {
    expect(await isHashOf('77QmUPtjPfzWtF2AnpK9RQ', TOKEN, alg)).toBe(false);
  });
});

describe('a sign-in', () => {
  it.each(HASHES)('%s: with the provider’s own at_hash is accepted', async (signingAlgorithm) => {
    const harness = createHarness({ zitadel: { signingAlgorithm } });
    expect((await logIn(harness, harness.browser())).status).toBe(302);
  });

  it('without at_hash is accepted', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', { claims: { at_hash: undefined } });
    expect((await logIn(harness, harness.browser())).status).toBe(302);
  });

  it.each<[string, unknown]>([
    ['another token’s', '77QmUPtjPfzWtF2AnpK9RQ'],
    ['nothing', ''],
    ['null', null],
    ['a number', 7],
    ['a list', ['77QmUPtjPfzWtF2AnpK9RQ']],
  ])('with an at_hash that is %s is refused', async (_what, at_hash) => {
    const harness = createHarness();
    tell(harness, 'idToken', { claims: { at_hash } });
    await expectLoginRefused(harness, { reason: /\bat_hash\b/ });
  });

  it('with somebody else’s access token slipped in is refused', async () => {
    const harness = createHarness();
    const access_token = await harness.zitadel.mintAccessToken({ sub: 'admin' });
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, access_token });
    await expectLoginRefused(harness, { reason: /\bat_hash\b/ });
  });
});
