// A posted logout token: for whom it is, and under which keys and algorithms. Back-Channel Logout 1.0 §2.6.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import { createBed, issuer, jwk, type Members, NOW, privateKey } from './bed.ts';

describe('Back-Channel Logout 1.0 §2.6: a logout token', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const logoutToken = (alg = 'RS256', key = privateKey) =>
    new SignJWT({ iss: issuer, aud: 'us', sub: '1', iat: NOW, exp: NOW + 60, jti: 'j', events: event })
      .setProtectedHeader({ alg })
      .sign(key);

  it('is for this client, under a key looked for as for strangers', async () => {
    const asked: unknown[] = [];
    const find: SigningKeys['find'] = async (_header, options) => {
      asked.push(options);
      return [jwk];
    };
    const { relyingParty } = createBed(Response.json({}), { keys: { find } });
    expect(await relyingParty.verifyLogoutToken(await logoutToken())).toMatchObject({ value: { sub: '1', jti: 'j' } });
    expect(asked).toEqual([expect.objectContaining({ isTrustedChannel: false })]);
  });

  it.each<[Members, boolean]>([
    [{}, false],
    [{ id_token_signing_alg_values_supported: 'ES256' }, false],
    [{ id_token_signing_alg_values_supported: ['RS256'] }, false],
    [{ id_token_signing_alg_values_supported: ['RS256', 'ES256'] }, true],
  ])('is signed as ZITADEL says it signs: with %j ES256 is %s', async (metadata, isTaken) => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const find = async () => [{ ...(await exportJWK(pair.publicKey)) }];
    const { relyingParty } = createBed(Response.json({}), { metadata, keys: { find } });
    const token = await logoutToken('ES256', pair.privateKey);
    const refusal = { of: 'jwt', problem: 'bad_alg', alg: 'ES256' };
    expect(await relyingParty.verifyLogoutToken(token)).toMatchObject(
      isTaken ? { kind: 'good' } : { kind: 'refused', refusal },
    );
  });
});
