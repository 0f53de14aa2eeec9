// private_key_jwt: the assertion's times. RFC 7523 §3; ZITADEL refuses one that is ahead of its clock, however little.

import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { SEED } from '../../demo/zitadel/seed.ts';
import { createZitadel } from '../../demo/zitadel/zitadel.ts';
import { createClientAuth } from '../../src/oidc/client-auth.ts';

it('an assertion lies far enough back for a ZITADEL whose clock is behind, and still ahead of its end', async () => {
  const keyFile = await createZitadel().createApplicationKey(SEED.webApplicationId);
  const body = new URLSearchParams();
  const authenticate = createClientAuth({ method: 'private_key_jwt', keyFile }, () => Date.now() / 1000);
  await authenticate({ issuer: 'https://zitadel.test' }, { client_id: SEED.webClientId }, body, new Headers());
  const { iat = 0, nbf = iat, exp = 0, aud } = decodeJwt(body.get('client_assertion') ?? '');
  const now = Date.now() / 1000;
  expect(iat).toBeLessThan(now - 20);
  expect(nbf).toBeLessThan(now - 20);
  expect(iat).toBeGreaterThan(now - 600);
  expect(exp).toBeGreaterThan(now);
  expect(aud).toBe('https://zitadel.test');
});
