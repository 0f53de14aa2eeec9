// A logout token: ZITADEL's word that a session over there has ended.
// OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6. ZITADEL's carry `typ: JWT`, not `logout+jwt`.

import { GatewayError } from '../../errors.ts';
import { type SignedTokenContext, verifySignedToken } from './signed-token.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface LogoutToken {
  readonly sub?: string;
  readonly sid?: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** Throws `bad_request` with the failed check, or what `verifySignedToken` throws. */
export async function verifyLogoutToken(
  logoutToken: string,
  client_id: string,
  context: Omit<SignedTokenContext, 'audience'>,
): Promise<LogoutToken> {
  const payload = await verifySignedToken(logoutToken, { ...context, audience: [client_id] });
  const { typ, sub, sid, iat, exp, jti, events } = payload;
  const type = typeof typ === 'string' ? typ.toLowerCase() : 'jwt';
  assert(type === 'jwt' || type === 'logout+jwt', 'the token is of another kind');
  const event = (events as Record<string, unknown> | undefined)?.[EVENT];
  assert(typeof event === 'object' && event !== null && !Array.isArray(event), 'the logout event is missing');
  assert(!('nonce' in payload), 'a nonce is not allowed');
  assert(sub === undefined || (typeof sub === 'string' && sub !== ''), 'sub is not a string');
  assert(sid === undefined || (typeof sid === 'string' && sid !== ''), 'sid is not a string');
  assert(sub !== undefined || sid !== undefined, 'neither sub nor sid');
  assert(typeof jti === 'string' && jti !== '', 'jti is missing');
  return {
    iat,
    exp,
    jti,
    ...(sub !== undefined && { sub }),
    ...(sid !== undefined && { sid }),
  };
}

function assert(condition: boolean, check: string): asserts condition {
  if (!condition) throw new GatewayError('bad_request', `logout token: ${check}`);
}
