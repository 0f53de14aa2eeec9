// All sessions of one user: the one writer of their tokens, and the one place that knows whether a session still stands.
// Design §6 UserSessions; promises 1 (one refresh), 2 (never lost), 4 (signed out means signed out), 5 (fresh roles).

import { LATE, within } from '../deadline.ts';
import { keep, kept, takeForm } from './kept-login.ts';
import { ProviderDialogue } from './provider-dialogue.ts';
import { SessionBook } from './session-book.ts';
import { activityStep, type EndReason, expiryOf, LOGOUT_TOLERANCE, type SessionRecord } from './session-record.ts';
import { TokenKeeping } from './token-keeping.ts';
import type {
  ClaimsAnswer,
  ClaimsQuery,
  ClaimsReading,
  Ending,
  KeptLogin,
  LogoutNotice,
  SessionSelection,
  SessionStart,
  SessionSummary,
  Standing,
  StandingQuery,
  TokenAnswer,
  UserSessionsApi,
} from './user-sessions-api.ts';
import type { UserSessionsSurroundings } from './user-sessions-surroundings.ts';

/** Milliseconds that whoever signs out waits for ZITADEL; the alarm goes on from there. */
const REVOCATION_PATIENCE = 3_000;
/** Seconds until the alarm revokes what is being revoked just now, in case nothing comes of that. */
const ALARM_DELAY = 30;

export class UserSessionsLogic implements UserSessionsApi {
  readonly #deps: UserSessionsSurroundings;
  readonly #book: SessionBook;
  readonly #keeping: TokenKeeping;
  /** One thing at a time for each session: this is what makes one refresh of a hundred requests. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #tokensAsked = new Map<string, Promise<TokenAnswer>>();
  readonly #dialogue: ProviderDialogue;

  constructor(deps: UserSessionsSurroundings) {
    this.#deps = deps;
    this.#book = new SessionBook(deps);
    this.#keeping = new TokenKeeping(deps, this.#book);
    this.#dialogue = new ProviderDialogue(deps, this.#book, this.#keeping);
  }

  begin(start: SessionStart): Promise<void> {
    const { tokens, replaces, ...facts } = start;
    return this.#exclusive(start.id, async () => {
      // A second call for the same sign-in changes nothing, even when the session has been ended in between.
      if (this.#book.load(start.id)) return;
      const record: SessionRecord = { ...facts, seenAt: start.startedAt, ...(await this.#keeping.seal(tokens)) };
      this.#book.save(record);
      this.#deps.audit({ event: 'session_began', sub: start.sub, session: start.id, level: 'info' });
      if (replaces !== undefined) this.#book.replace(replaces);
      if (this.#book.isNoticed(record)) this.#book.end({ id: start.id }, 'backchannel_logout');
      this.#book.schedule();
      // Nobody waits for KV: until it has taken the tokens they are kept here.
      this.#deps.background(this.#keeping.write(start.id));
    });
  }

  async standing({ id, claimsAt, activeAt }: StandingQuery): Promise<Standing> {
    const record = this.#book.find(id);
    if ('kind' in record) return record;
    // Not each request's time is worth a write.
    const isActivityNews = activeAt !== undefined && activeAt - record.seenAt >= activityStep(this.#deps.times);
    if (isActivityNews) this.#book.save({ ...record, seenAt: activeAt });
    const claims = readingOf(record, claimsAt);
    return {
      kind: 'good',
      seenAt: Math.max(record.seenAt, activeAt ?? 0),
      claimsAt: record.claimsAt,
      ...(claims && { claims }),
      ...(record.replacedUntil !== undefined && { isReplaced: true }),
    };
  }

  readClaims({ id, notBefore, claimsAt }: ClaimsQuery): Promise<ClaimsAnswer> {
    return this.#exclusive(id, async (): Promise<ClaimsAnswer> => {
      const record = this.#book.find(id);
      if ('kind' in record) return record;
      const { identity } = record;
      if (identity && record.claimsAt >= notBefore) {
        return { kind: 'read', claims: { identity, claimsAt: record.claimsAt } };
      }
      const { isRenewalDue, ...answer } = await this.#dialogue.read(record);
      if (isRenewalDue) this.#deps.background(this.tokens({ id }).catch(() => undefined));
      if (answer.kind !== 'kept') return answer;
      const newer = readingOf(this.#book.load(id) ?? record, claimsAt);
      return newer ? { ...answer, claims: newer } : answer;
    });
  }

  tokens({ id }: { id: string }): Promise<TokenAnswer> {
    const asked = this.#tokensAsked.get(id);
    if (asked) return asked;
    const asking = this.#exclusive(id, async () => {
      const record = this.#book.find(id);
      return 'kind' in record ? record : this.#dialogue.tokens(record);
    }).finally(() => this.#tokensAsked.delete(id));
    this.#tokensAsked.set(id, asking);
    return asking;
  }

  async end(selection: SessionSelection, reason: EndReason, revokeNow: boolean): Promise<Ending> {
    // Who signs out waits for ZITADEL a moment; whoever is signed out by others does not wait for anything.
    const isAwaited = revokeNow && 'id' in selection;
    const ended = this.#book.end(selection, reason, isAwaited ? ALARM_DELAY : 0);
    const [only] = ended;
    if (!isAwaited || !only) return { ended: ended.length, providerAnswered: true };
    const revoking = this.#keeping.revoke(only).finally(() => this.#book.schedule());
    this.#deps.background(revoking.catch(() => undefined));
    const revoked = await within(revoking, REVOCATION_PATIENCE);
    if (revoked === LATE) return { ended: 1, providerAnswered: false };
    const { outcome, id_token } = revoked;
    return { ended: 1, providerAnswered: outcome !== 'unanswered', ...(id_token !== undefined && { id_token }) };
  }

  async takeLogoutNotice(notice: LogoutNotice): Promise<'taken' | 'replayed'> {
    if (!this.#book.takeNotice(notice)) return 'replayed';
    this.#book.end({ sid: notice.sid, startedBefore: notice.iat + LOGOUT_TOLERANCE }, 'backchannel_logout');
    return 'taken';
  }

  async list(): Promise<SessionSummary[]> {
    return this.#book
      .standing()
      .filter(({ replacedUntil }) => replacedUntil === undefined)
      .map(({ id, device, startedAt, seenAt, expiresAt }) => ({ id, device, startedAt, seenAt, expiresAt }))
      .sort((a, b) => b.seenAt - a.seenAt);
  }

  async pointTo(sub: string, expiresAt: number): Promise<void> {
    this.#book.point(sub, expiresAt);
  }

  async pointedTo(): Promise<string | undefined> {
    return this.#book.pointer()?.sub;
  }

  async keep(parts: { address?: string; form?: string }, expiresAt: number): Promise<void> {
    keep(this.#deps.storage, parts, expiresAt);
    this.#book.schedule();
  }

  async kept(): Promise<KeptLogin | undefined> {
    return kept(this.#deps.storage, this.#deps.now());
  }

  async takeForm(): Promise<string | undefined> {
    return takeForm(this.#deps.storage, this.#deps.now());
  }

  /** Whatever was left to do: KV writes that failed, sessions that ran out, refresh tokens to revoke, tombstones to lift. */
  async alarm(): Promise<void> {
    const { now, times } = this.#deps;
    try {
      for (const record of this.#book.records()) {
        if (record.unwritten && record.unwritten.retryAt <= now()) await this.#keeping.write(record.id);
        const expiry = record.ended ? undefined : expiryOf(record, now(), times);
        if (expiry) this.#book.end({ id: record.id }, expiry);
      }
      await this.#revokeDue();
    } finally {
      // Whatever failed above is due again; without this nobody would ever come back to it.
      this.#book.tidy();
      this.#book.schedule();
    }
  }

  async #revokeDue(): Promise<void> {
    let isProviderAway = false;
    for (const { id } of this.#book.records()) {
      const record = this.#book.load(id);
      if (!record?.revocation || record.revocation.dueAt > this.#deps.now()) continue;
      // One unanswered call says enough: the other sessions' turn comes later.
      if (isProviderAway) this.#keeping.postpone(id);
      else isProviderAway = (await this.#keeping.revoke(record)).outcome === 'unanswered';
    }
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

/** The record's reading of claims, if it is newer `than` that. */
function readingOf({ identity, claimsAt }: SessionRecord, than: number): ClaimsReading | undefined {
  return identity && claimsAt > than ? { identity, claimsAt } : undefined;
}
