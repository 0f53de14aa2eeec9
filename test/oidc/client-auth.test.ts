// private_key_jwt: what the assertion says, and with which keys. RFC 7521 §4.2; RFC 7523 §2.2, §3; ZITADEL refuses one that is ahead of its
// clock, however little.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { createClientAuth } from '../../src/oidc/client-auth.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel } from '../../stand-in/zitadel.ts';

it('an assertion lies far enough back for a ZITADEL whose clock is behind, and still ahead of its end', async () => {
  const keyFile = await createZitadel().createApplicationKey(SEED.webApplicationId);
  const body = new URLSearchParams();
  const authenticate = createClientAuth({ method: 'private_key_jwt', keyFile }, () => Date.now() / 1000);
  await authenticate({ issuer: 'https://zitadel.test' }, { client_id: SEED.webClientId }, body, new Headers());
  const { iat = 0, nbf = iat, exp = 0, aud } = decodeJwt(body.get('client_assertion') ?? '');
  const now = Date.now() / 1000;
  expect(iat).toBeLessThanOrEqual(now - 60);
  expect(nbf).toBeLessThanOrEqual(now - 60);
  expect(iat).toBeGreaterThan(now - 600);
  expect(exp).toBeGreaterThan(now + 60);
  expect(aud).toBe('https://zitadel.test');
});

it.each(['pkcs1', 'pkcs8'] as const)('RFC 7523 §2.2 a key in %s signs', async (type) => {
  const { key, ...keyFile } = await createZitadel().createApplicationKey(SEED.webApplicationId);
  const pem = createPrivateKey(key).export({ type, format: 'pem' }).toString();
  const body = new URLSearchParams();
  const authenticate = createClientAuth({ method: 'private_key_jwt', keyFile: { ...keyFile, key: pem } }, () => 1000);
  await authenticate({ issuer: 'https://zitadel.test' }, { client_id: '1' }, body, new Headers());
  const { client_assertion = '', ...others } = Object.fromEntries(body);
  expect(others).toEqual({
    client_id: '1',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
  const options = { currentDate: new Date(1_000_000) };
  const { protectedHeader, payload } = await jwtVerify(client_assertion, createPublicKey(key), options);
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: keyFile.keyId });
  expect(payload).toMatchObject({ iss: '1', sub: '1', aud: 'https://zitadel.test', jti: expect.any(String) });
});
