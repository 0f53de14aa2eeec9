// What the Durable Object keeps of one session, and every judgement about it. Pure; times are seconds since the epoch.
// ARCHITECTURE §6 (UserSessions); promises 1, 2, 4.

import type { Identity } from '../identity/identity.ts';
import type { Durations } from '../session/session.ts';
import type { EndReason, SessionFacts, SessionSelection } from './api.ts';

export interface SessionRecord extends SessionFacts {
  readonly seenAt: number;
  /** The same browser has signed in anew; requests under way are served until then. */
  readonly replacedUntil?: number;
  /** The session that it has signed in to, of this user or another. */
  readonly successor?: string;
  /** As it was last read at ZITADEL; gone once the session has ended. */
  readonly identity?: Identity;
  readonly claimsAt: number;
  /** Half of the key that seals the tokens in KV, in hex; gone once nothing is left to unseal. */
  readonly secret?: string;
  /** Number of the session's current set of tokens. Each set has a KV key of its own, which is written once. */
  readonly generation: number;
  /** The lowest generation whose KV entry may still be there. */
  readonly oldestKey: number;
  /** Sealed tokens that KV has not taken yet. */
  readonly unwritten?: { readonly sealed: string; readonly retryAt: number };
  /** When KV took the tokens of this generation. */
  readonly writtenAt?: number;
  readonly ended?: { readonly at: number; readonly reason: EndReason };
  /** The refresh token is still to be revoked at ZITADEL. */
  readonly revocation?: { readonly failures: number; readonly dueAt: number };
}

export interface RecordTimes extends Durations {
  readonly revocationMaxAge: number;
}

/** How events name a session. */
export const idsOf = ({ sub, id, site }: Pick<SessionRecord, 'sub' | 'id' | 'site'>) => ({
  sub,
  session: id,
  ...(site !== undefined && { site }),
});

/** Seconds that a replaced session of the same browser still serves the requests that are under way. */
export const REPLACED_GRACE = 60;
/** Seconds after a session's end for which a refresh token that ZITADEL would not revoke is kept to try again. */
export const REVOCATION_LIMIT = 86_400;
/** Seconds by which a logout token's `iat` may lie before a session it ends: ZITADEL sets it back by one. */
export const LOGOUT_TOLERANCE = 2;

/** The reason why the session is over by its times, if it is. */
export function expiryOf(
  record: SessionRecord,
  now: number,
  times: RecordTimes,
): 'expired' | 'idle' | 'replaced' | undefined {
  if (record.replacedUntil !== undefined && now >= record.replacedUntil) return 'replaced';
  if (now >= lastEndOf(record, times)) return 'expired';
  return now >= idleEndOf(record, times) ? 'idle' : undefined;
}

/** The configured maximum counts even for a session that began under a longer one. */
function lastEndOf(record: SessionRecord, times: RecordTimes): number {
  return Math.min(record.expiresAt, record.startedAt + times.sessionMaxDuration);
}

/** Seconds of precision with which activity is written down. */
export function activityStep({ sessionDuration }: Durations): number {
  return Math.min(60, sessionDuration / 4);
}

/**
 * The cookie judges idleness exactly. Activity reaches the object late (an isolate reports it with its next question,
 * or after a quarter of SESSION_DURATION), so here a session ends that much later: never before its cookie.
 */
function idleEndOf(record: SessionRecord, times: RecordTimes): number {
  const latest = times.sessionDuration / 4 + times.revocationMaxAge + activityStep(times);
  return record.seenAt + times.sessionDuration + latest;
}

/** Promise 1: an access token is renewed once less than a quarter of its life is left. */
export function renewalDueAt(tokens: { receivedAt: number; expiresAt: number }): number {
  return tokens.expiresAt - (tokens.expiresAt - tokens.receivedAt) / 4;
}

/**
 * Until when ZITADEL's refusal of the access token can only mean that the session has ended there: its life counts
 * from before the answer that brought it arrived, so the last seconds are doubtful.
 */
export function doubtfulAt(tokens: { receivedAt: number; expiresAt: number }): number {
  return tokens.expiresAt - Math.min(15, (tokens.expiresAt - tokens.receivedAt) / 8);
}

/** Seconds until the next attempt: 5, 10, 20, 40, 60; ZITADEL's Retry-After counts where it asks for more (an hour at most). */
export function backoff(failures: number, retryAfter = 0): number {
  return Math.max(Math.min(5 * 2 ** failures, 60), Math.min(retryAfter, 3600));
}

/** A session ends with a tombstone, so that nothing in flight brings it back. The alarm revokes `revokeIn` seconds later. */
export function entomb(record: SessionRecord, reason: EndReason, now: number, revokeIn = 0): SessionRecord {
  const { identity: _forgotten, ...rest } = record;
  const revocation = { failures: 0, dueAt: now + revokeIn };
  return { ...rest, ended: { at: now, reason }, ...(record.secret !== undefined && { revocation }) };
}

/** What to do after an attempt to revoke failed: again after 1, 2, 4 … 60 minutes, and a day after the end no more. */
export function postponeRevocation(record: SessionRecord, now: number): SessionRecord | 'given-up' {
  if (now >= (record.ended?.at ?? now) + REVOCATION_LIMIT) return 'given-up';
  const failures = (record.revocation?.failures ?? 0) + 1;
  return { ...record, revocation: { failures, dueAt: now + Math.min(30 * 2 ** failures, 3600) } };
}

/** Tombstones outlive every cookie of the session. */
function forgetAt(record: SessionRecord): number {
  return Math.max(record.expiresAt, record.ended?.at ?? 0) + 60;
}

export function isForgettable(record: SessionRecord, now: number): boolean {
  return record.ended !== undefined && record.revocation === undefined && now >= forgetAt(record);
}

/** When the object has to look at this record again. */
export function nextDueAt(record: SessionRecord, times: RecordTimes): number {
  if (record.ended) return record.revocation?.dueAt ?? forgetAt(record);
  const end = Math.min(lastEndOf(record, times), idleEndOf(record, times), record.replacedUntil ?? Infinity);
  return Math.min(end, record.unwritten?.retryAt ?? Infinity);
}

/**
 * Whether a sign-in that its browser sent off with this session's cookie at `askedAt` comes too late: the same browser
 * has signed in or out since. In doubt it comes too late: the visitor is only sent to sign in once more.
 */
export function isOvertaken({ replacedUntil, ended }: SessionRecord, askedAt: number): boolean {
  if (replacedUntil !== undefined && replacedUntil - REPLACED_GRACE >= askedAt) return true;
  return ended?.reason === 'logout' && ended.at >= askedAt;
}

/** `chosen`, and every session that one of them has replaced. */
export function withPredecessors(chosen: readonly SessionRecord[], all: readonly SessionRecord[]): SessionRecord[] {
  const found = new Map(chosen.map((record) => [record.id, record]));
  // A Map's iteration goes on with what is added to it.
  for (const id of found.keys()) {
    for (const record of all) if (record.successor === id) found.set(record.id, record);
  }
  return [...found.values()];
}

export function isSelected(record: SessionRecord, selection: SessionSelection): boolean {
  if ('id' in selection) return record.id === selection.id;
  if ('allExcept' in selection) return record.id !== selection.allExcept;
  if ('allAt' in selection) return (record.site ?? null) === selection.allAt;
  const { startedAt, issuedAt = startedAt } = record;
  return issuedAt <= selection.startedBefore && (selection.sid === undefined || record.sid === selection.sid);
}
