// What a user's object works with: its storage, ZITADEL as the sessions need it, KV, the clock and the log.
// Only interfaces, so that the logic runs over the runtime's storage and over a test's alike.

import type { LogLevel } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import type { TokenSet } from '../oidc/relying-party.ts';
import type { EndReason } from './api.ts';
import type { RecordTimes } from './session-record.ts';
import type { TokenStore } from './token-store.ts';

/** The part of a Durable Object's storage that is used; reads and writes are synchronous and strongly consistent. */
export interface ObjectStorage {
  get<T>(key: string): T | undefined;
  put(key: string, value: unknown): void;
  delete(key: string): void;
  list<T>(prefix: string): Iterable<[string, T]>;
  /** Milliseconds since the epoch. */
  setAlarm(at: number): void;
  /** Gives an object in which nothing is left back to the platform, which would keep its empty database for ever. */
  release(): void;
}

export interface SessionFault {
  /** Why the session is over; without it the session goes on. */
  readonly ends?: EndReason;
  readonly reason: string;
  /** Seconds. */
  readonly retryAfter?: number;
  /** ZITADEL refuses the gateway itself. This is logged as an error, since only the operator can help. */
  readonly isOperators?: true;
}

export type ClaimsRead =
  | { readonly kind: 'read'; readonly identity: Identity }
  | { readonly kind: 'failed'; readonly fault: SessionFault };

/** 'done' also when ZITADEL no longer knows the token. */
export type Revocation = 'done' | 'unanswered' | 'refused';

/** What the object asks of ZITADEL. Failures are values here: each has been judged. */
export interface ProviderSide {
  refresh(tokens: TokenSet & { refresh_token: string }, sub: string): Promise<TokenSet | SessionFault>;
  readClaims(tokens: TokenSet, sub: string): Promise<ClaimsRead>;
  revoke(tokens: TokenSet): Promise<Revocation>;
}

/** One line of the log; a type, not an interface, so that it passes for a record. */
export type AuditEvent = {
  readonly event:
    | 'session_began'
    | 'session_ended'
    | 'refreshed'
    | 'refresh_failed'
    | 'claims_failed'
    | 'revocation'
    | 'store_failed';
  readonly sub: string;
  /** Id of the session, by which the operator's endpoint ends it. */
  readonly session: string;
  /** Host of its site; missing for the first. */
  readonly site?: string;
  readonly reason?: string;
  readonly level: LogLevel;
};

/** What differs between the sites that a user's sessions are good for. */
export interface SiteTerms {
  readonly provider: ProviderSide;
  readonly times: RecordTimes;
}

/** `site` as in SessionFacts. A site that is no longer configured has the terms of the first. */
export type TermsOf = (session: { readonly site?: string }) => SiteTerms;

export interface UserObjectDependencies {
  readonly storage: ObjectStorage;
  readonly tokenStore: TokenStore;
  readonly termsOf: TermsOf;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly audit: (event: AuditEvent) => void;
  /** Keeps what nobody waits for alive until it is done. */
  readonly background: (task: Promise<unknown>) => void;
}
