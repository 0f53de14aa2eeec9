// A logout token: the provider's word that a session over there has ended.
// OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6.

import { isTypeOf } from '../zitadel/token-kinds.ts';
import { type SignedClaims, type SignedTokenContext, verifySignedToken } from './signed-token.ts';
import { type Checked, type Problem, refused } from './token-refusal.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface LogoutToken {
  readonly sub?: string;
  readonly sid?: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** Throws what `verifySignedToken` throws. */
export async function verifyLogoutToken(
  logoutToken: string,
  client_id: string,
  context: Omit<SignedTokenContext, 'audience'>,
): Promise<Checked<LogoutToken>> {
  const signed = await verifySignedToken(logoutToken, { ...context, audience: [client_id] });
  if (signed.kind === 'refused') return signed;
  const problem = findProblem(signed.value);
  if (problem) return refused('logout_token', problem);
  const { sub, sid, iat, exp, jti } = signed.value as SignedClaims & LogoutToken;
  return {
    kind: 'good',
    value: { iat, exp, jti, ...(sub !== undefined && { sub }), ...(sid !== undefined && { sid }) },
  };
}

function findProblem(claims: SignedClaims): Problem | undefined {
  const { typ, sub, sid, jti, events } = claims;
  if (typeof typ === 'string' && !isTypeOf('logout', typ)) return { problem: 'other_kind' };
  const event = (events as Record<string, unknown> | null | undefined)?.[EVENT];
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return { problem: 'no_logout_event' };
  if ('nonce' in claims) return { problem: 'nonce_not_allowed' };
  if (sub !== undefined && !isFilled(sub)) return { problem: 'not_text', claim: 'sub' };
  if (sid !== undefined && !isFilled(sid)) return { problem: 'not_text', claim: 'sid' };
  if (sub === undefined && sid === undefined) return { problem: 'nobody_named' };
  return isFilled(jti) ? undefined : { problem: 'missing', claim: 'jti' };
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';
