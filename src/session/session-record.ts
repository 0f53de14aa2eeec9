// What the Durable Object keeps of one session, and every judgement about it. Pure; times are seconds since the epoch.
// Design §6 UserSessions; promises 1, 2, 4.

import type { Identity } from '../identity/identity.ts';
import type { Durations } from './session.ts';

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

export interface Device {
  /** As the browser called itself, cut to a sane length. */
  readonly userAgent?: string;
  /** Where the edge saw the sign-in: city and country. */
  readonly place?: string;
}

export interface SessionRecord {
  readonly id: string;
  readonly sub: string;
  /** ZITADEL's session. */
  readonly sid?: string;
  readonly device: Device;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** The newest reading; gone once the session has ended. */
  readonly identity?: Identity;
  readonly claimsAt: number;
  /** Half of the key that seals the tokens in KV (hex); gone once nothing is left to unseal. */
  readonly secret?: string;
  readonly generation: number;
  readonly tokenReceivedAt: number;
  readonly tokenExpiresAt: number;
  /** Sealed tokens that KV has not taken yet. */
  readonly unwritten?: string;
  readonly ended?: { readonly at: number; readonly reason: EndReason };
  /** The refresh token is still to be revoked at ZITADEL. */
  readonly revocation?: { readonly failures: number; readonly dueAt: number };
}

export interface RecordTimes extends Durations {
  readonly revocationMaxAge: number;
}

/** The reason why the session is over by its times, if it is. */
export function expiryOf(record: SessionRecord, now: number, times: RecordTimes): 'expired' | 'idle' | undefined {
  if (now >= record.expiresAt) return 'expired';
  return now >= idleEndOf(record, times) ? 'idle' : undefined;
}

/** Activity reaches the object at most REVOCATION_MAX_AGE late, so idleness is judged that much later here. */
function idleEndOf(record: SessionRecord, times: RecordTimes): number {
  return record.seenAt + times.sessionDuration + times.revocationMaxAge;
}

/** Design promise 1: an access token is renewed once less than a quarter of its life is left. */
export function renewalDueAt(tokens: { receivedAt: number; expiresAt: number }): number {
  return tokens.expiresAt - (tokens.expiresAt - tokens.receivedAt) / 4;
}

/** Seconds until the next attempt: 5, 10, 20, 40, 60; ZITADEL's Retry-After counts where it asks for more (an hour at most). */
export function backoff(failures: number, retryAfter = 0): number {
  return Math.max(Math.min(5 * 2 ** failures, 60), Math.min(retryAfter, 3600));
}

/** A session ends with a tombstone, so that nothing in flight brings it back. */
export function entomb(record: SessionRecord, reason: EndReason, now: number, mustRevoke: boolean): SessionRecord {
  const { identity: _forgotten, ...rest } = record;
  return { ...rest, ended: { at: now, reason }, ...(mustRevoke && { revocation: { failures: 0, dueAt: now } }) };
}

/** Tombstones outlive every cookie of the session. */
function forgetAt(record: SessionRecord): number {
  return Math.max(record.expiresAt, record.ended?.at ?? 0) + 60;
}

export function isForgettable(record: SessionRecord, now: number): boolean {
  return record.ended !== undefined && record.revocation === undefined && now >= forgetAt(record);
}

/** When the object has to look at this record again. */
export function nextDueAt(record: SessionRecord, times: RecordTimes, unwrittenAt: number): number {
  const due = record.ended
    ? [record.revocation?.dueAt ?? forgetAt(record)]
    : [Math.min(record.expiresAt, idleEndOf(record, times))];
  if (record.unwritten !== undefined) due.push(unwrittenAt);
  return Math.min(...due);
}
