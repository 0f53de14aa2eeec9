// What the rest of the gateway asks of a user's object and what it answers; the same over RPC and in process.
// ARCHITECTURE §6 (UserSessions). Everything here is plain data, since RPC copies it.

import type { Identity } from '../identity/identity.ts';
import type { TokenSet } from '../oidc/relying-party.ts';

export interface UserSessionsApi {
  begin(start: SessionStart): Promise<BeginOutcome>;
  /** Ends the session that a browser had: at once, if another user than this object's has now signed in there. */
  replace(replacement: ReplaceRequest): Promise<BeginOutcome>;
  standing(query: StandingQuery): Promise<Standing>;
  readClaims(query: ClaimsQuery): Promise<ClaimsAnswer>;
  tokens(query: { id: string }): Promise<TokenAnswer>;
  end(selection: SessionSelection, reason: EndReason, revokeNow: boolean): Promise<EndOutcome>;
  takeLogoutNotice(notice: LogoutNotice): Promise<'taken' | 'replayed'>;
  list(): Promise<SessionSummary[]>;
  /** For the object that is named by ZITADEL's `sid` instead of a `sub`: whose session that is. */
  pointTo(sub: string, expiresAt: number): Promise<void>;
  pointedTo(): Promise<string | undefined>;
  /** For the object of one login: see pending-login.ts. Both parts are sealed. */
  keep(parts: { address?: string; form?: string }, expiresAt: number): Promise<void>;
  kept(): Promise<PendingLogin | undefined>;
  takeForm(): Promise<string | undefined>;
  /** For the object of one login: see sign-in-notes.ts. */
  noteSignIn(note: SignInNote): Promise<void>;
  notedSignIn(): Promise<SignInNote | undefined>;
}

export interface PendingLogin {
  readonly address: string;
  /** There is one, and it has not been taken. */
  readonly hasForm: boolean;
}

/** What is known of a session from its beginning on and never changes. Times are seconds since the epoch. */
export interface SessionFacts {
  readonly id: string;
  readonly sub: string;
  /** ZITADEL's session. */
  readonly sid?: string;
  /** Host of the site that it is good for; missing for the first site. */
  readonly site?: string;
  readonly device: SignedInFrom;
  readonly startedAt: number;
  /** The ID token's `iat`: by ZITADEL's clock, as that of a logout token. Sessions of older releases have none. */
  readonly issuedAt?: number;
  readonly expiresAt: number;
}

export interface SessionStart extends SessionFacts {
  readonly identity: Identity;
  readonly claimsAt: number;
  readonly tokens: TokenSet;
  /** The session that the same browser had; it lives on for the requests that are under way. */
  readonly replaces?: string;
  /** When the browser sent off the request by which it signs in; needed with `replaces`. */
  readonly askedAt?: number;
}

export interface ReplaceRequest {
  readonly id: string;
  readonly successor: string;
  readonly askedAt: number;
}

/** 'overtaken': the browser has signed in or out otherwise since it asked, and nothing has begun or ended. */
export type BeginOutcome = 'begun' | 'overtaken';

export interface StandingQuery {
  readonly id: string;
  /** When the asker's claims were read; -1 where it has none. */
  readonly claimsAt: number;
  /** The last activity that the asker knows of. */
  readonly activeAt?: number;
  /** The asker could not reach the object before. */
  readonly isDoubtful?: true;
}

export type Standing =
  | {
      readonly kind: 'good';
      /** The last activity that the object knows of. */
      readonly seenAt: number;
      /** When the newest claims were read. */
      readonly claimsAt: number;
      /** Those claims, where the asker's are older. */
      readonly claims?: ClaimsReading;
      /** The same browser has signed in anew: no response may put this session's cookie over the new one's. */
      readonly isReplaced?: true;
    }
  | SessionOver;

export interface SessionOver {
  readonly kind: 'ended';
  readonly reason: EndReason | 'unknown';
}

/** The answer can't be had now. The session goes on with what it has, and may ask again at `retryAt`. */
export interface Postponed {
  readonly kind: 'kept';
  readonly retryAt: number;
  readonly reason: string;
}

export interface ClaimsReading {
  readonly identity: Identity;
  readonly claimsAt: number;
}

export interface ClaimsQuery {
  readonly id: string;
  /** Claims that were read then or later will do. */
  readonly notBefore: number;
  /** When the asker's claims were read; -1 where it has none. */
  readonly claimsAt: number;
}

export type ClaimsAnswer =
  | { readonly kind: 'read'; readonly claims: ClaimsReading }
  /** With `claims` where the asker's are older than those read last: a role that was once seen to be taken away stays away. */
  | (Postponed & { readonly claims?: ClaimsReading })
  | SessionOver;

export type TokenAnswer =
  | { readonly kind: 'tokens'; readonly access_token: string; readonly id_token: string; readonly renewAt: number }
  | Postponed
  | SessionOver;

export interface SessionSummary extends Pick<SessionFacts, 'id' | 'site' | 'device' | 'startedAt' | 'expiresAt'> {
  readonly seenAt: number;
}

/** Which sessions to end: one, all, all others, all of a site (`null`: the first), or those a logout token names. */
export type SessionSelection =
  | { readonly id: string }
  | { readonly allExcept: string | null }
  | { readonly allAt: string | null }
  | { readonly sid: string | undefined; readonly startedBefore: number };

export interface EndOutcome {
  readonly ended: number;
  /** For end_session; only where one session was named by id. */
  readonly id_token?: string;
  /** Whether ZITADEL answered the revocation that was tried at once. */
  readonly providerAnswered: boolean;
  /** The session that was named by id has a successor in the same browser. */
  readonly isReplaced?: true;
}

export interface LogoutNotice {
  readonly sid?: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

export type EndReason =
  | 'logout'
  | 'logout_elsewhere'
  | 'backchannel_logout'
  | 'operator'
  | 'replaced'
  | 'expired'
  | 'idle'
  | 'refresh_token_dead'
  | 'token_expired'
  | 'tokens_lost'
  | 'ended_at_provider'
  | 'check_failed'
  | 'foreign_organization';

export interface SignedInFrom {
  /** As the browser called itself, cut to a sane length. */
  readonly userAgent?: string;
  /** Where the edge saw the sign-in: city and country. */
  readonly place?: string;
}

/** A sign-in by the time at which the browser sent off its callback; seconds since the epoch. */
export interface SignInNote {
  readonly at: number;
  /** Its session, and whose that is. */
  readonly id: string;
  readonly sub: string;
}
