// All sessions of one user: the one writer of their tokens, and the one place that knows whether a session still stands.
// Design §6 UserSessions; promises 1 (one refresh), 2 (never lost), 4 (signed out means signed out), 5 (fresh roles).

import type { Identity } from '../identity/identity.ts';
import type { TokenSet } from '../oidc/relying-party.ts';
import type { TokenStore } from './refresh-tokens.ts';
import {
  backoff,
  type Device,
  type EndReason,
  entomb,
  expiryOf,
  isForgettable,
  nextDueAt,
  type RecordTimes,
  renewalDueAt,
  type SessionRecord,
} from './session-record.ts';

/** The part of a Durable Object's storage that is used; reads and writes are synchronous and strongly consistent. */
export interface ObjectStorage {
  get<T>(key: string): T | undefined;
  put(key: string, value: unknown): void;
  delete(key: string): void;
  list<T>(prefix: string): Iterable<[string, T]>;
  /** Milliseconds since the epoch. */
  setAlarm(at: number): void;
}

export interface SessionStart {
  readonly id: string;
  readonly sub: string;
  readonly sid?: string;
  readonly device: Device;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly identity: Identity;
  readonly claimsAt: number;
  readonly tokens: TokenSet;
  /** The session that the same browser had; it lives on for the requests that are under way. */
  readonly replaces?: string;
}

export type Standing =
  | { readonly kind: 'good'; readonly claims?: ClaimsReading }
  | { readonly kind: 'ended'; readonly reason: EndReason | 'unknown' };

export interface ClaimsReading {
  readonly identity: Identity;
  readonly claimsAt: number;
}

export type ClaimsAnswer =
  | { readonly kind: 'read'; readonly claims: ClaimsReading }
  /** ZITADEL could not be asked; the claims at hand go on until `retryAt`. */
  | { readonly kind: 'kept'; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: EndReason | 'unknown' };

export type TokenAnswer =
  | { readonly kind: 'tokens'; readonly access_token: string; readonly id_token: string; readonly renewAt: number }
  | { readonly kind: 'kept'; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: EndReason | 'unknown' };

export interface SessionSummary {
  readonly id: string;
  readonly device: Device;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
}

/** Which sessions to end: one, all, all others, or those a logout token names. */
export type SessionSelection =
  | { readonly id: string }
  | { readonly allExcept: string | null }
  | { readonly sid: string | undefined; readonly startedBefore: number };

export interface Ending {
  readonly ended: number;
  /** Of the one session that was asked for by id: what end_session wants. */
  readonly id_token?: string;
  /** Whether ZITADEL answered the revocation that was tried at once. */
  readonly providerAnswered: boolean;
}

export interface LogoutNotice {
  readonly sid?: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** What the rest of the gateway asks of a user's object; the same over RPC and in process. */
export interface UserSessionsApi {
  begin(start: SessionStart): Promise<void>;
  standing(query: { id: string; claimsAt: number; activeAt?: number }): Promise<Standing>;
  readClaims(query: { id: string; notBefore: number }): Promise<ClaimsAnswer>;
  tokens(query: { id: string }): Promise<TokenAnswer>;
  end(selection: SessionSelection, reason: EndReason, revokeNow: boolean): Promise<Ending>;
  takeLogoutNotice(notice: LogoutNotice): Promise<'taken' | 'replayed'>;
  list(): Promise<SessionSummary[]>;
  /** For the object that is named by ZITADEL's `sid` instead of a `sub`: whose session that is. */
  pointTo(sub: string, expiresAt: number): Promise<void>;
  pointedTo(): Promise<string | undefined>;
}

/** A reading of a user's claims, or why there is none. */
export type ClaimsRead =
  | { readonly kind: 'read'; readonly identity: Identity }
  | { readonly kind: 'failed'; readonly fault: SessionFault };

/** `ends`: the session is over, for this reason; else it goes on. */
export interface SessionFault {
  readonly ends?: EndReason;
  readonly reason: string;
  readonly retryAfter?: number;
}

/** ZITADEL, as the object needs it; every failure has been judged. */
export interface ProviderSide {
  refresh(tokens: TokenSet & { refresh_token: string }, sub: string): Promise<TokenSet | SessionFault>;
  readClaims(tokens: TokenSet, sub: string): Promise<ClaimsRead>;
  /** 'done' also when ZITADEL no longer knows the token. */
  revoke(tokens: TokenSet): Promise<'done' | 'unanswered' | 'refused'>;
}

export interface AuditEvent {
  readonly event: 'session_began' | 'session_ended' | 'refreshed' | 'refresh_failed' | 'claims_failed' | 'revocation' | 'store_failed';
  readonly sub: string;
  readonly reason?: string;
}

interface Dependencies {
  readonly storage: ObjectStorage;
  readonly tokenStore: TokenStore;
  readonly tokenKey: (sessionId: string, generation: number) => Promise<string>;
  readonly randomSecret: () => string;
  readonly provider: ProviderSide;
  readonly times: RecordTimes;
  readonly now: () => number;
  readonly audit: (event: AuditEvent) => void;
}

const SESSION = 'session/';
const LOGOUT_TOKEN = 'jti/';
const POINTER = 'pointer';
/** Seconds that a replaced session of the same browser still serves the requests that are under way. */
const REPLACED_GRACE = 60;
/** Seconds between attempts to write to a KV that refuses. */
const UNWRITTEN_RETRY = 15;
/** Seconds within which KV may not show yet what was written to it, here or elsewhere. */
const KV_LAG = 120;
/** Seconds by which a logout token's `iat` may lie before a session it ends: ZITADEL sets it back by one. */
const LOGOUT_TOLERANCE = 2;

type TokensHere = { readonly kind: 'tokens'; readonly tokens: TokenSet } | { readonly kind: 'failed'; readonly fault: SessionFault };

export class UserSessionsLogic implements UserSessionsApi {
  readonly #deps: Dependencies;
  /** One thing at a time for each session: this is what makes one refresh of a hundred requests. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #retries = new Map<string, { at: number; failures: number; reason: string }>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async begin(start: SessionStart): Promise<void> {
    const { tokens, replaces, ...facts } = start;
    if (this.#load(start.id)) return;
    const secret = this.#deps.randomSecret();
    const unwritten = await this.#deps.tokenStore.seal(tokens, secret);
    this.#save({
      ...facts,
      seenAt: start.startedAt,
      secret,
      generation: 1,
      tokenReceivedAt: tokens.receivedAt,
      tokenExpiresAt: tokens.expiresAt,
      unwritten,
    });
    this.#deps.audit({ event: 'session_began', sub: start.sub });
    if (replaces !== undefined) this.#shorten(replaces);
    await this.#writeTokens(start.id);
    this.#schedule();
  }

  async standing({ id, claimsAt, activeAt }: { id: string; claimsAt: number; activeAt?: number }): Promise<Standing> {
    const record = this.#standingRecord(id);
    if ('kind' in record) return record;
    // Not each request's time is worth a write: a minute's precision serves "last seen" and the idle end.
    if (activeAt !== undefined && activeAt - record.seenAt >= 60) this.#save({ ...record, seenAt: activeAt });
    return record.identity && record.claimsAt > claimsAt
      ? { kind: 'good', claims: { identity: record.identity, claimsAt: record.claimsAt } }
      : { kind: 'good' };
  }

  async readClaims({ id, notBefore }: { id: string; notBefore: number }): Promise<ClaimsAnswer> {
    return this.#exclusive(id, async (): Promise<ClaimsAnswer> => {
      const record = this.#standingRecord(id);
      if ('kind' in record) return record;
      if (record.identity && record.claimsAt >= notBefore) {
        return { kind: 'read', claims: { identity: record.identity, claimsAt: record.claimsAt } };
      }
      const waiting = this.#waiting(id);
      if (waiting) return waiting;
      const claimsAt = this.#deps.now();
      const have = await this.#currentTokens(record);
      if (have.kind === 'failed') return this.#fail(record, have.fault, 'claims_failed');
      const read = await this.#deps.provider.readClaims(have.tokens, record.sub);
      if (read.kind === 'failed') return this.#fail(record, read.fault, 'claims_failed');
      const latest = this.#standingRecord(id);
      if ('kind' in latest) return latest;
      this.#retries.delete(id);
      this.#save({ ...latest, identity: read.identity, claimsAt });
      return { kind: 'read', claims: { identity: read.identity, claimsAt } };
    });
  }

  async tokens({ id }: { id: string }): Promise<TokenAnswer> {
    return this.#exclusive(id, async (): Promise<TokenAnswer> => {
      const record = this.#standingRecord(id);
      if ('kind' in record) return record;
      const have = await this.#currentTokens(record);
      if (have.kind === 'failed') return this.#fail(record, have.fault, 'refresh_failed');
      const { tokens } = have;
      const renewAt = Math.max(renewalDueAt(tokens), this.#deps.now() + 1);
      return { kind: 'tokens', access_token: tokens.access_token, id_token: tokens.id_token, renewAt };
    });
  }

  async end(selection: SessionSelection, reason: EndReason, revokeNow: boolean): Promise<Ending> {
    const ended = this.#entomb(selection, reason);
    let id_token: string | undefined;
    let providerAnswered = true;
    // Who signs out waits for ZITADEL a moment; whoever is signed out by others does not wait for anything.
    const [only] = ended;
    if (revokeNow && only && 'id' in selection) {
      const tokens = await this.#loadTokens(only);
      if (tokens.kind === 'tokens') {
        id_token = tokens.tokens.id_token;
        providerAnswered = await this.#revoke(only, tokens.tokens);
      }
    }
    this.#schedule();
    return { ended: ended.length, providerAnswered, ...(id_token !== undefined && { id_token }) };
  }

  async takeLogoutNotice({ sid, iat, exp, jti }: LogoutNotice): Promise<'taken' | 'replayed'> {
    if (this.#deps.storage.get(LOGOUT_TOKEN + jti) !== undefined) return 'replayed';
    this.#deps.storage.put(LOGOUT_TOKEN + jti, exp);
    this.#entomb({ sid, startedBefore: iat + LOGOUT_TOLERANCE }, 'backchannel_logout');
    this.#schedule();
    return 'taken';
  }

  async list(): Promise<SessionSummary[]> {
    return this.#records()
      .filter((record) => !record.ended && !expiryOf(record, this.#deps.now(), this.#deps.times))
      .map(({ id, device, startedAt, seenAt, expiresAt }) => ({ id, device, startedAt, seenAt, expiresAt }))
      .sort((a, b) => b.seenAt - a.seenAt);
  }

  async pointTo(sub: string, expiresAt: number): Promise<void> {
    this.#deps.storage.put(POINTER, { sub, expiresAt });
    this.#schedule();
  }

  async pointedTo(): Promise<string | undefined> {
    return this.#deps.storage.get<{ sub: string }>(POINTER)?.sub;
  }

  /** Whatever was left to do: KV writes that failed, sessions that ran out, refresh tokens to revoke, tombstones to lift. */
  async alarm(): Promise<void> {
    const { now, times, storage } = this.#deps;
    for (const record of this.#records()) {
      if (record.unwritten !== undefined) await this.#writeTokens(record.id);
      const expiry = record.ended ? undefined : expiryOf(record, now(), times);
      if (expiry) this.#entomb({ id: record.id }, expiry);
      const latest = this.#load(record.id);
      if (latest?.revocation && latest.revocation.dueAt <= now()) {
        const tokens = await this.#loadTokens(latest);
        if (tokens.kind === 'tokens') await this.#revoke(latest, tokens.tokens);
        else await this.#afterRevocation(latest, tokens.fault.ends ? 'done' : 'unanswered');
      }
      const left = this.#load(record.id);
      if (left && isForgettable(left, now())) storage.delete(SESSION + left.id);
    }
    for (const [key, exp] of storage.list<number>(LOGOUT_TOKEN)) if (exp + 60 < now()) storage.delete(key);
    const pointer = storage.get<{ expiresAt: number }>(POINTER);
    if (pointer && pointer.expiresAt <= now()) storage.delete(POINTER);
    this.#schedule();
  }

  // --- records ---------------------------------------------------------------------------------------------------

  #load(id: string): SessionRecord | undefined {
    return this.#deps.storage.get<SessionRecord>(SESSION + id);
  }

  #save(record: SessionRecord): void {
    this.#deps.storage.put(SESSION + record.id, record);
  }

  #records(): SessionRecord[] {
    return [...this.#deps.storage.list<SessionRecord>(SESSION)].map(([, record]) => record);
  }

  #standingRecord(id: string): SessionRecord | { kind: 'ended'; reason: EndReason | 'unknown' } {
    const record = this.#load(id);
    if (!record) return { kind: 'ended', reason: 'unknown' };
    if (record.ended) return { kind: 'ended', reason: record.ended.reason };
    const expiry = expiryOf(record, this.#deps.now(), this.#deps.times);
    if (!expiry) return record;
    this.#entomb({ id }, expiry);
    this.#schedule();
    return { kind: 'ended', reason: expiry };
  }

  #shorten(id: string): void {
    const record = this.#load(id);
    if (!record || record.ended) return;
    this.#save({ ...record, expiresAt: Math.min(record.expiresAt, this.#deps.now() + REPLACED_GRACE) });
  }

  #entomb(selection: SessionSelection, reason: EndReason): SessionRecord[] {
    const now = this.#deps.now();
    const ended = this.#records()
      .filter((record) => !record.ended && isSelected(record, selection))
      .map((record) => entomb(record, reason, now, record.secret !== undefined));
    for (const record of ended) {
      this.#save(record);
      this.#retries.delete(record.id);
      this.#deps.audit({ event: 'session_ended', sub: record.sub, reason });
    }
    return ended;
  }

  #schedule(): void {
    const now = this.#deps.now();
    const due = this.#records().map((record) => nextDueAt(record, this.#deps.times, now + UNWRITTEN_RETRY));
    for (const [, exp] of this.#deps.storage.list<number>(LOGOUT_TOKEN)) due.push(exp + 61);
    const pointer = this.#deps.storage.get<{ expiresAt: number }>(POINTER);
    if (pointer) due.push(pointer.expiresAt);
    if (due.length > 0) this.#deps.storage.setAlarm(Math.max(now, Math.min(...due)) * 1000);
  }

  // --- tokens ----------------------------------------------------------------------------------------------------

  async #loadTokens(record: SessionRecord): Promise<TokensHere> {
    const { tokenStore, tokenKey, now } = this.#deps;
    if (record.secret === undefined) return { kind: 'failed', fault: { ends: 'tokens_lost', reason: 'no key' } };
    let sealed = record.unwritten;
    try {
      sealed ??= await tokenStore.read(await tokenKey(record.id, record.generation));
    } catch (error) {
      return { kind: 'failed', fault: { reason: `KV read: ${(error as Error).message}` } };
    }
    const opened = sealed === undefined ? undefined : await tokenStore.unseal(sealed, record.secret);
    if (!opened) {
      // KV may lag behind its own writes; after that, what is not there is lost.
      const isLost = now() - record.tokenReceivedAt > KV_LAG || sealed !== undefined;
      return { kind: 'failed', fault: { reason: 'KV has no tokens', ...(isLost && { ends: 'tokens_lost' as const }) } };
    }
    if (opened.isOldKey && !record.ended) await this.#storeTokens(record.id, opened.tokens);
    return { kind: 'tokens', tokens: opened.tokens };
  }

  /** Tokens with a quarter of their life left, renewed if need be. */
  async #currentTokens(record: SessionRecord): Promise<TokensHere> {
    const loaded = await this.#loadTokens(record);
    if (loaded.kind === 'failed') return loaded;
    const { tokens } = loaded;
    const now = this.#deps.now();
    if (now < renewalDueAt(tokens)) return loaded;
    const { refresh_token } = tokens;
    if (refresh_token === undefined) {
      return now < tokens.expiresAt ? loaded : { kind: 'failed', fault: { ends: 'token_expired', reason: 'no refresh token' } };
    }
    const renewed = await this.#deps.provider.refresh({ ...tokens, refresh_token }, record.sub);
    if ('reason' in renewed) {
      this.#deps.audit({ event: 'refresh_failed', sub: record.sub, reason: renewed.reason });
      // While the old token lives, a renewal that failed for a passing reason hurts nobody.
      if (renewed.ends === undefined && now < tokens.expiresAt) return loaded;
      return { kind: 'failed', fault: renewed };
    }
    this.#deps.audit({ event: 'refreshed', sub: record.sub });
    await this.#storeTokens(record.id, renewed);
    return { kind: 'tokens', tokens: renewed };
  }

  /** Keeps new tokens here until KV has them. Of a session that has ended meanwhile they are kept to be revoked. */
  async #storeTokens(id: string, tokens: TokenSet): Promise<void> {
    const before = this.#load(id);
    if (!before) return;
    const secret = before.secret ?? this.#deps.randomSecret();
    const unwritten = await this.#deps.tokenStore.seal(tokens, secret);
    const record = this.#load(id);
    if (!record) return;
    this.#save({
      ...record,
      secret,
      unwritten,
      generation: record.generation + 1,
      tokenReceivedAt: tokens.receivedAt,
      tokenExpiresAt: tokens.expiresAt,
      ...(record.ended && { revocation: { failures: 0, dueAt: this.#deps.now() } }),
    });
    await this.#writeTokens(id);
    this.#schedule();
  }

  async #writeTokens(id: string): Promise<void> {
    const { tokenStore, tokenKey, now, audit } = this.#deps;
    const record = this.#load(id);
    if (record?.unwritten === undefined) return;
    try {
      // A day longer than the session: a revocation that ZITADEL did not answer is tried again from it.
      const ttl = record.expiresAt - now() + 86_400;
      await tokenStore.write(await tokenKey(id, record.generation), record.unwritten, ttl);
    } catch (error) {
      audit({ event: 'store_failed', sub: record.sub, reason: (error as Error).message });
      return;
    }
    const latest = this.#load(id);
    if (latest?.unwritten === record.unwritten) {
      const { unwritten: _written, ...rest } = latest;
      this.#save(rest);
    }
    if (record.generation > 1) await this.#removeTokens(id, record.generation - 1);
  }

  async #removeTokens(id: string, generation: number): Promise<void> {
    try {
      await this.#deps.tokenStore.remove(await this.#deps.tokenKey(id, generation));
    } catch (error) {
      // Its time to live removes it too; the old token in it is dead.
      this.#deps.audit({ event: 'store_failed', sub: '', reason: (error as Error).message });
    }
  }

  async #revoke(record: SessionRecord, tokens: TokenSet): Promise<boolean> {
    const outcome = await this.#deps.provider.revoke(tokens);
    this.#deps.audit({ event: 'revocation', sub: record.sub, reason: outcome });
    await this.#afterRevocation(record, outcome);
    return outcome !== 'unanswered';
  }

  async #afterRevocation(record: SessionRecord, outcome: 'done' | 'unanswered' | 'refused'): Promise<void> {
    const latest = this.#load(record.id);
    // A renewal that ended meanwhile has put newer tokens there; those are revoked at the next alarm.
    if (!latest || latest.generation !== record.generation) return;
    if (outcome !== 'done') {
      const failures = (latest.revocation?.failures ?? 0) + 1;
      const dueAt = this.#deps.now() + Math.min(30 * 2 ** failures, 3600);
      this.#save({ ...latest, revocation: { failures, dueAt } });
      return;
    }
    const { revocation: _done, secret: _useless, unwritten: _dropped, ...rest } = latest;
    this.#save(rest);
    await this.#removeTokens(record.id, record.generation);
  }

  // --- failures --------------------------------------------------------------------------------------------------

  #waiting(id: string): { kind: 'kept'; retryAt: number; reason: string } | undefined {
    const retry = this.#retries.get(id);
    return retry && this.#deps.now() < retry.at ? { kind: 'kept', retryAt: retry.at, reason: retry.reason } : undefined;
  }

  #fail(record: SessionRecord, fault: SessionFault, event: AuditEvent['event']) {
    if (fault.ends !== undefined) {
      this.#entomb({ id: record.id }, fault.ends);
      this.#schedule();
      return { kind: 'ended', reason: fault.ends } as const;
    }
    const failures = this.#retries.get(record.id)?.failures ?? 0;
    const retryAt = this.#deps.now() + backoff(failures, fault.retryAfter);
    this.#retries.set(record.id, { at: retryAt, failures: failures + 1, reason: fault.reason });
    this.#deps.audit({ event, sub: record.sub, reason: fault.reason });
    return { kind: 'kept', retryAt, reason: fault.reason } as const;
  }

  /** Runs `task` after what is under way for this session, whether that went well or not. */
  async #exclusive<T>(id: string, task: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const run = before.then(task, task);
    this.#queues.set(id, run);
    try {
      return await run;
    } finally {
      if (this.#queues.get(id) === run) this.#queues.delete(id);
    }
  }
}

function isSelected(record: SessionRecord, selection: SessionSelection): boolean {
  if ('id' in selection) return record.id === selection.id;
  if ('allExcept' in selection) return record.id !== selection.allExcept;
  return record.startedAt <= selection.startedBefore && (selection.sid === undefined || record.sid === selection.sid);
}
