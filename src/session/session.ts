// A signed-in person's session: its shape and every judgement about its times. Pure; times are seconds since the epoch.
// Design §1 SESSION_DURATION, SESSION_MAX_DURATION, CLAIMS_MAX_AGE; OIDC Core §2 auth_time, amr.

import type { Identity } from '../identity/identity.ts';

export interface Session {
  /** Random, new at every sign-in; the Durable Object's name for the session. */
  readonly id: string;
  readonly identity: Identity;
  /** When the user proved who they are at ZITADEL, and how (the ID token's claims). */
  readonly auth_time: number;
  readonly amr: readonly string[];
  /** When the session began here. */
  readonly startedAt: number;
  /** Last activity, noticed in steps of a quarter of SESSION_DURATION. */
  readonly seenAt: number;
  /** When `identity` was read at ZITADEL. */
  readonly claimsAt: number;
  /** When it ends in any case. */
  readonly expiresAt: number;
}
