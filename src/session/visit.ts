// One request's hold on a session, and what follows from what this isolate knows of the session. Pure.

import type { SessionReference } from './claims-and-tokens.ts';
import type { KnownSession } from './known-sessions.ts';
import type { SealedSession, Session } from './session.ts';
import type { CookieEntry } from './unsealed-cookies.ts';

/** `session` is replaced when newer claims have been read. */
export interface Visit {
  session: Session;
  readonly cookieHeader: string | null;
  readonly cookie: CookieEntry;
  known: KnownSession;
  /** Seconds since the epoch. */
  readonly openedAt: number;
  /** The same moment on the stopwatch; milliseconds. */
  readonly startedAt: number;
  readonly countsAsActivity: boolean;
}

export type Opened =
  | { readonly kind: 'none' }
  /** There is a cookie, but its session is over. */
  | { readonly kind: 'ended'; readonly reason: string; readonly sub: string }
  | { readonly kind: 'active'; readonly visit: Visit };

/** The session in a cookie, with newer claims where this isolate has them; undefined where nothing says who it is. */
export function sessionOf(sealed: SealedSession, { claims }: KnownSession): Session | undefined {
  if (claims && (sealed.identity === undefined || claims.claimsAt > sealed.claimsAt)) return { ...sealed, ...claims };
  return hasIdentity(sealed) ? sealed : undefined;
}

function hasIdentity(sealed: SealedSession): sealed is SealedSession & Session {
  return sealed.identity !== undefined;
}

export function sealedOf(session: Session): SealedSession {
  return { ...session, sub: session.identity.sub };
}

export function referenceOf({ session, known }: Visit): SessionReference {
  return { id: session.id, sub: session.identity.sub, known };
}

export function takeNewestClaims(visit: Visit): void {
  const { claims } = visit.known;
  if (claims && claims.claimsAt > visit.session.claimsAt) visit.session = { ...visit.session, ...claims };
}
