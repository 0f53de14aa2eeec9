// The ID token's checks beyond those of oauth4webapi: its signature, its authorized party, and that it is one.
// OIDC Core §3.1.3.7 (code flow), §12.2 (refreshed ID token).

import { GatewayError } from '../../errors.ts';
import { isHashOf } from './at-hash.ts';
import { readHeader } from './jws.ts';
import { type SignedClaims, type SignedTokenContext, verifySignedToken } from './signed-token.ts';

export interface IdTokenClaims {
  readonly sub: string;
  /** ZITADEL's session, which end_session and back-channel logout name. */
  readonly sid?: string;
  readonly auth_time?: number;
  readonly amr: readonly string[];
  /** All of them, for providers without a userinfo endpoint. */
  readonly all: Readonly<Record<string, unknown>>;
}

interface IdTokenContext extends Omit<SignedTokenContext, 'audience'> {
  /** What came with it. */
  readonly access_token?: string;
}

/** Throws `login_failed` with the failed check, or what `verifySignedToken` throws. */
export async function verifyIdToken(
  idToken: string,
  client_id: string,
  context: IdTokenContext,
): Promise<IdTokenClaims> {
  const payload = await verifySignedToken(idToken, { ...context, audience: [client_id] });
  assertIsIdToken(payload);
  assertAuthorizedParty(payload, client_id);
  const { access_token } = context;
  if (access_token !== undefined && payload['at_hash'] !== undefined) {
    const isMadeForIt = await isHashOf(payload['at_hash'], access_token, readHeader(idToken)?.['alg']);
    if (!isMadeForIt) throw new GatewayError('login_failed', 'ID token: at_hash is another access token’s');
  }
  const { sub, sid, auth_time, amr } = payload;
  if (typeof sub !== 'string' || sub === '') throw new GatewayError('login_failed', 'ID token: sub is missing');
  return {
    sub,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    all: payload,
    ...(typeof sid === 'string' && { sid }),
    ...(typeof auth_time === 'number' && { auth_time }),
  };
}

/** ZITADEL signs ID, access and logout tokens with one key, one issuer and overlapping audiences. */
function assertIsIdToken(payload: SignedClaims): void {
  const type = typeof payload['typ'] === 'string' ? payload['typ'].toLowerCase() : 'jwt';
  // Access tokens have a client_id and a jti (RFC 9068 §2.2) and no azp. ZITADEL's ID tokens have an azp and no jti, others' may have neither.
  const isAccessToken = 'client_id' in payload && 'jti' in payload && !('azp' in payload);
  if (type !== 'jwt' || 'events' in payload || isAccessToken) {
    throw new GatewayError('login_failed', 'ID token: the token is of another kind');
  }
}

/** Several audiences need `azp`; where it stands it must be us, and so must a `client_id` that stands in its place. */
function assertAuthorizedParty(payload: SignedClaims, client_id: string): void {
  const { aud, azp, client_id: named } = payload;
  if (azp === undefined && named !== undefined && named !== client_id) {
    throw new GatewayError('login_failed', 'ID token: client_id is another party');
  }
  if (azp !== undefined && azp !== client_id) {
    throw new GatewayError('login_failed', 'ID token: azp is another party');
  }
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) {
    throw new GatewayError('login_failed', 'ID token: several audiences without azp');
  }
}
