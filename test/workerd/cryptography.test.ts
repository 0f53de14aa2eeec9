// The gateway's own cryptography on the runtime's Web Crypto, which is not Node's: sealing, assertions, key files.
// RFC 7516, RFC 7515, RFC 8037; runs inside workerd.

import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { createAssertions } from '../../src/identity/assertion.ts';
import { type Members, verifyJws } from '../../src/oidc/tokens/jws.ts';
import { createKeyring } from '../../src/session/keyring.ts';

const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
const OTHER = '0d1c2b3a49586776859403122130f4e5d6c7b8a9f0e1d2c3b4a5968778695a4b';
const salt = () => crypto.getRandomValues(new Uint8Array(32));

it('what one worker seals another unseals, and only for the same purpose', async () => {
  const sealed = await createKeyring([SECRET]).seal('session', { sub: 'zoë' });
  const other = createKeyring([OTHER, SECRET]);
  expect(await other.unseal('session', sealed)).toEqual({ kind: 'ok', value: { sub: 'zoë' }, isOldKey: true });
  expect(await other.unseal('transaction', sealed)).toEqual({ kind: 'foreign' });
  expect(await createKeyring([OTHER]).unseal('session', sealed)).toEqual({ kind: 'foreign' });
});

it('a salted key needs the salt', async () => {
  const keyring = createKeyring([SECRET]);
  const mine = salt();
  const sealed = await keyring.seal('tokens', { refresh_token: 'r' }, mine);
  expect(await keyring.unseal('tokens', sealed, mine)).toMatchObject({ kind: 'ok' });
  expect(await keyring.unseal('tokens', sealed, salt())).toEqual({ kind: 'foreign' });
  expect(await keyring.unseal('tokens', sealed)).toEqual({ kind: 'foreign' });
});

it.each([
  ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['EdDSA', { name: 'Ed25519' }],
])('an assertion signed with %s verifies against the published keys', async (alg, algorithm) => {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const jwk = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  const config = { assertionKeys: [jwk], assertionBinding: 'session', origin: 'https://app.example.com' } as const;
  const now = Math.floor(Date.now() / 1000);
  const assertions = createAssertions({
    config: config as unknown as Config,
    now: () => now,
    randomId: () => crypto.randomUUID(),
  });
  const token = await assertions.sign({
    identity: { sub: '1', roles: { admin: [] }, claims: {} },
    audience: 'https://upstream.internal',
    method: 'GET',
    url: 'https://app.example.com/a',
  });
  const keys = createLocalJWKSet({ keys: [...(await assertions.publicKeys())] });
  const { payload, protectedHeader } = await jwtVerify(token ?? '', keys, { audience: 'https://upstream.internal' });
  expect(protectedHeader.alg).toBe(alg);
  expect(payload).toMatchObject({ iss: 'https://app.example.com', sub: '1', roles: ['admin'] });
});

it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
  'a token signed with %s is verified',
  async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const token = await new SignJWT({ sub: '1' }).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey);
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg } as Members;
    expect(await verifyJws(token, undefined, async () => [jwk])).toEqual({
      kind: 'good',
      value: { header: { alg, kid: 'k' }, claims: { sub: '1' } },
    });
    const forged = token.replace(/[^.]+$/, (signature) => signature.split('').reverse().join(''));
    const refused = await verifyJws(forged, undefined, async () => [jwk]);
    expect(refused).toMatchObject({
      kind: 'refused',
      refusal: { problem: expect.stringMatching(/signature|other_key|unverifiable/) },
    });
  },
);
