// Claims of good tokens of each kind, and what a token must be for the gateway to believe it.

import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { publishedKeys } from '../generate/tokens.ts';
import { CLIENT_ID, ISSUER, NOW, PROJECT_ID, ROLES_CLAIM, UMA, USERINFO } from './bed.ts';

/** Each key is imported, each token signed and verified twice. */
export const CRYPTOGRAPHY = 400;
const TIMES = { iat: NOW - 1, exp: NOW + 600 };

export const ACCESS_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [PROJECT_ID],
  jti: 'j1',
  client_id: CLIENT_ID,
  [ROLES_CLAIM]: USERINFO[ROLES_CLAIM],
  deep: USERINFO.deep,
};

export const ID_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [CLIENT_ID],
  azp: CLIENT_ID,
  nonce: 'N_A',
  sid: 's',
  amr: ['pwd'],
};
export const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export const LOGOUT_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [CLIENT_ID],
  jti: 'l1',
  sid: 's',
  events: { [EVENT]: {} },
};
export type Claims = Readonly<Record<string, unknown>>;

/** By another implementation, Node's: the claims, if one of the provider's keys has signed them by its own algorithm. */
export async function secondOpinion(token: string): Promise<Claims> {
  const [header, payload = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  const { keys } = await publishedKeys();
  const isSigned = keys.some((jwk) => {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const hash = jwk.kty === 'OKP' ? null : 'sha256';
    return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  });
  assert(isSigned, 'no key of the provider has signed this');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

export function assertSound({ iss, aud, exp, iat }: Claims, audience: string): void {
  assert.equal(iss, ISSUER);
  assert([aud].flat().includes(audience), 'aud is somebody else');
  assert(typeof exp === 'number' && exp > NOW - 60 && typeof iat === 'number' && iat <= NOW + 60, `${iat} to ${exp}`);
}
