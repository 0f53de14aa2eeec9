// A signed-in person's session: its shape and every judgement about its times. Pure; times are seconds since the epoch.
// ARCHITECTURE §1 (SESSION_DURATION, SESSION_MAX_DURATION, CLAIMS_MAX_AGE); OIDC Core §2 auth_time, amr.

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

/** What the cookie holds; `identity` is missing where it would not fit and the Durable Object keeps it. */
export type SealedSession = Omit<Session, 'identity'> & { readonly identity?: Identity; readonly sub: string };

export interface Durations {
  readonly sessionDuration: number;
  readonly sessionMaxDuration: number;
}

/** When the session ends if nothing more happens. */
export function idleExpiresAt(session: Pick<Session, 'seenAt' | 'expiresAt'>, { sessionDuration }: Durations): number {
  return Math.min(session.seenAt + sessionDuration, session.expiresAt);
}

/** The configured maximum counts even for a session that began under a longer one. */
export function isExpired(
  session: Pick<Session, 'seenAt' | 'startedAt' | 'expiresAt'>,
  now: number,
  durations: Durations,
): boolean {
  return now >= idleExpiresAt(session, durations) || now >= session.startedAt + durations.sessionMaxDuration;
}

/** Whether activity now is worth a new cookie: in steps of a quarter, so that most responses carry none. */
export function isActivityDue(seenAt: number, now: number, { sessionDuration }: Durations): boolean {
  return now - seenAt >= sessionDuration / 4;
}

export type Freshness = 'fresh' | 'ageing' | 'stale';

/** `ageing` claims still serve, while new ones are read behind the request. */
export function freshness(claimsAt: number, now: number, claimsMaxAge: number): Freshness {
  const age = now - claimsAt;
  if (age > claimsMaxAge) return 'stale';
  return age > claimsMaxAge / 2 ? 'ageing' : 'fresh';
}
