// Tokens as the token endpoint answers them, before and after they are taken for any.
// RFC 6749 §5.1, §7.1.

import type { TokenEndpointResponse } from 'oauth4webapi';
import { TokenRefused } from '../tokens/token-refusal.ts';

/** Seconds assumed where the answer has no `expires_in` (RFC 6749 §5.1 only recommends it). */
const ASSUMED_LIFETIME = 600;

export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token: string;
  /** Seconds since the epoch. */
  readonly receivedAt: number;
  readonly expiresAt: number;
}

/**
 * Before anything else is made of the answer. A text that no token can be is an answer that makes no sense, from which nothing follows
 * for the session. @throws TokenRefused for a type of token that is not ours
 */
export function assertUsable({ token_type, access_token }: TokenEndpointResponse): void {
  if (token_type !== 'bearer') throw new TokenRefused({ of: 'token_response', problem: 'not_bearer', token_type });
  // It travels in header fields, here and perhaps to an upstream (RFC 6749 §A.12).
  if (!/^[\x21-\x7e]+$/.test(access_token)) throw new Error('token: access_token has signs that no token has');
}

/** `receivedAt` in seconds since the epoch. */
export function toTokenSet(
  { access_token, expires_in = ASSUMED_LIFETIME }: TokenEndpointResponse,
  receivedAt: number,
  { id_token, refresh_token }: { readonly id_token: string; readonly refresh_token: string | undefined },
): TokenSet {
  return {
    access_token,
    id_token,
    receivedAt,
    expiresAt: receivedAt + expires_in,
    ...(refresh_token !== undefined && { refresh_token }),
  };
}
