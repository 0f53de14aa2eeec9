// Promise 9 for the ID token: each check has a test in which it alone is wrong, and nobody gets in.
// OIDC Core §3.1.3.7; RFC 7515 §4.1 (headers that name keys), §10.7; RFC 7519 §4.1; RFC 8725 §3.

import { exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { expectNoSession, lastFault, logIn } from '../flow/steps.ts';
import { createHarness } from '../support/harness.ts';
import {
  expectAccepted,
  expectIdTokenRefused,
  expectLoginRefused,
  payloadOf,
  rewriteIdToken,
  signRaw,
  strangersKey,
  tell,
} from './hostile.ts';

const START = 1_790_000_000;

describe('issuer, audience, authorized party', () => {
  it('iss missing', () => expectIdTokenRefused({ claims: { iss: undefined } }, /\biss\b/));
  it('iss with a slash more', () => expectIdTokenRefused({ claims: { iss: 'https://zitadel.test/' } }, /\biss\b/));
  it('iss as a list', () => expectIdTokenRefused({ claims: { iss: ['https://zitadel.test'] } }, /\biss\b/));
  it('aud of a sibling application', () => expectIdTokenRefused({ claims: { aud: [SEED.apiClientId] } }, /\baud\b/));
  it('aud an empty list', () => expectIdTokenRefused({ claims: { aud: [] } }, /\baud\b/));
  it('aud with our id as a part of another', () =>
    expectIdTokenRefused({ claims: { aud: `x${SEED.webClientId}` } }, /\baud\b/));
  it('aud a list of one is accepted', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', { claims: { aud: [SEED.webClientId] } });
    await expectAccepted(harness);
  });
  it('azp another party', () => expectIdTokenRefused({ claims: { azp: SEED.apiClientId } }, /\bazp\b/));
  it('azp missing with several audiences', () =>
    expectIdTokenRefused({ claims: { azp: undefined, client_id: undefined } }, /audiences/));
  it('azp is optional: client_id in its place is accepted', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', { claims: { azp: undefined, client_id: SEED.webClientId, aud: [SEED.webClientId] } });
    await expectAccepted(harness);
  });
  it('neither is accepted, too', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', { claims: { azp: undefined, client_id: undefined, aud: SEED.webClientId } });
    await expectAccepted(harness);
  });
  it('another client_id in the place of azp', () =>
    expectIdTokenRefused(
      { claims: { azp: undefined, client_id: SEED.apiClientId, aud: [SEED.webClientId] } },
      /client_id is another party/,
    ));
  it('sub empty', () => expectIdTokenRefused({ claims: { sub: '' } }, /\bsub\b/));
  it('sub a number', () => expectIdTokenRefused({ claims: { sub: 249703111111111100 } }, /\bsub\b/));
});

describe('nonce', () => {
  it('missing', () => expectIdTokenRefused({ claims: { nonce: undefined } }, /\bnonce\b/));
  it('empty', () => expectIdTokenRefused({ claims: { nonce: '' } }, /\bnonce\b/));
  it('a list with the right one', () =>
    expectIdTokenRefused(({ nonce }) => ({ claims: { nonce: [nonce] } }), /\bnonce\b/));
});

describe('times', () => {
  it('exp missing', () => expectIdTokenRefused({ claims: { exp: undefined } }, /\bexp\b/));
  it('exp six minutes ago', () => expectIdTokenRefused({ claims: { exp: START - 360, iat: START - 900 } }, /\bexp\b/));
  it('exp as a string', () => expectIdTokenRefused({ claims: { exp: String(START + 600) } }, /\bexp\b/));
  it('exp null', () => expectIdTokenRefused({ claims: { exp: null } }, /\bexp\b/));
  it('exp beyond the year 10000', () => expectIdTokenRefused({ claims: { exp: 999_999_999_999 } }, /\bexp\b/));
  it('iat in the future', () => expectIdTokenRefused({ claims: { iat: START + 120 } }, /\biat\b/));
  it('iat as a string', () => expectIdTokenRefused({ claims: { iat: String(START) } }, /\biat\b/));
  it('iat negative', () => expectIdTokenRefused({ claims: { iat: -1 } }, /\biat\b/));
  it('nbf in the future', () => expectIdTokenRefused({ claims: { nbf: START + 120 } }, /\bnbf\b/));
  it('nbf as a string', () => expectIdTokenRefused({ claims: { nbf: String(START) } }, /\bnbf\b/));
  it('auth_time in the future', () => expectIdTokenRefused({ claims: { auth_time: START + 3600 } }, /\bauth_time\b/));
  it.each(['exp', 'iat', 'auth_time'])('%s 1e400, which JSON reads as infinite', async (claim) => {
    const harness = createHarness();
    rewriteIdToken(harness, (idToken) =>
      signRaw(harness, {}, payloadOf(idToken).replace(new RegExp(`"${claim}":\\d+`), `"${claim}":1e400`)),
    );
    await expectLoginRefused(harness, { reason: new RegExp(`\\b${claim}\\b`) });
  });
  it('a clock 20 seconds ahead is forgiven', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', ({ iat, auth_time }) => ({ claims: { iat: iat + 20, auth_time: auth_time + 20 } }));
    await expectAccepted(harness);
  });
});

describe('signature and algorithm', () => {
  it('a stranger’s key under our key id', async () => {
    const { privateKey } = await strangersKey();
    await expectIdTokenRefused({ key: privateKey }, /signature/);
  });
  it('a stranger’s key under its own id', async () => {
    const { privateKey, kid } = await strangersKey();
    await expectIdTokenRefused({ key: privateKey, header: { kid: `${kid}9` } }, /no key of the provider fits/);
  });
  it('HS256 with the public key’s own bytes as the secret', async () => {
    const harness = createHarness();
    const { publicKey } = await harness.zitadel.webKeys.active();
    const secret = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
    tell(harness, 'idToken', { header: { alg: 'HS256' }, key: secret });
    await expectLoginRefused(harness, { reason: /\balg\b/ });
  });
  it('an algorithm that the metadata does not name', async () => {
    const harness = createHarness({ zitadel: { signingAlgorithm: 'ES256' } });
    harness.zitadel.tamper.discovery = (json) => ({ ...json, id_token_signing_alg_values_supported: ['RS256'] });
    await expectLoginRefused(harness, { reason: /\balg\b/ });
  });
  it.each([
    ['“none” in capitals', 'NoNe'],
    ['one that is a list', ['RS256']],
    ['one that is missing', undefined],
  ])('alg: %s', async (_name, alg) => {
    const harness = createHarness();
    rewriteIdToken(harness, (idToken) => signRaw(harness, { alg }, payloadOf(idToken)));
    await expectLoginRefused(harness, { reason: /\balg\b/ });
  });
  it.each([
    ['cut off', (jwt: string) => jwt.slice(0, jwt.lastIndexOf('.') + 1)],
    ['missing with its dot', (jwt: string) => jwt.slice(0, jwt.lastIndexOf('.'))],
  ])('signature %s', async (_name, rewrite) => {
    const harness = createHarness();
    rewriteIdToken(harness, rewrite);
    const browser = harness.browser();
    expect([400, 503]).toContain((await logIn(harness, browser)).status);
    expect(lastFault(harness).reason).toMatch(/signature|Invalid JWT/);
    await expectNoSession(harness, browser);
  });
  it('signature of another token of the provider’s', async () => {
    const harness = createHarness();
    const [, , signature] = (await signRaw(harness, {}, '{"sub":"another"}')).split('.');
    rewriteIdToken(harness, (idToken) => idToken.replace(/[^.]+$/, signature ?? ''));
    await expectLoginRefused(harness, { reason: /the signature is another key/ });
  });
});

describe('a header that brings or names a key is not listened to', () => {
  it('jwk', async () => {
    const { privateKey, publicKey } = await strangersKey();
    const jwk = await exportJWK(publicKey);
    await expectIdTokenRefused({ key: privateKey, header: { kid: undefined, jwk } }, /several keys|no key/);
    await expectIdTokenRefused({ key: privateKey, header: { jwk } }, /signature/);
  });
  it.each(['jku', 'x5u'])('%s, and nothing is fetched from there', async (name) => {
    const { privateKey } = await strangersKey();
    const harness = createHarness();
    tell(harness, 'idToken', { key: privateKey, header: { [name]: 'https://evil.example/keys' } });
    await expectLoginRefused(harness, { reason: /signature/ });
    expect(harness.received).toEqual([]);
  });
  it('crit with an extension nobody knows', async () => {
    const harness = createHarness();
    rewriteIdToken(harness, (idToken) => signRaw(harness, { crit: ['odd'], odd: true }, payloadOf(idToken)));
    await expectLoginRefused(harness, { reason: /\bcrit\b/ });
  });
  it('b64: false', async () => {
    const harness = createHarness();
    rewriteIdToken(harness, (idToken) => signRaw(harness, { crit: ['b64'], b64: false }, payloadOf(idToken)));
    await expectLoginRefused(harness, { reason: /\bcrit\b/ });
  });
  it('an encrypted token', async () => {
    const harness = createHarness();
    rewriteIdToken(harness, () => harness.zitadel.createPersonalAccessToken(SEED.users.service));
    const browser = harness.browser();
    expect((await logIn(harness, browser)).status).toBe(400);
    expect(lastFault(harness)).toMatchObject({ fault: 'login_failed', reason: expect.stringContaining('JWE') });
    await expectNoSession(harness, browser);
  });
});
