// All sessions of one user: the one writer of their tokens, and the one place that knows whether a session still stands.
// ARCHITECTURE §6 (UserSessions); promises 1 (one refresh), 2 (never lost), 4 (signed out means signed out), 5 (fresh roles).

import { Turns } from '../shared/isolate/turns.ts';
import type {
  BeginOutcome,
  ClaimsAnswer,
  ClaimsQuery,
  ClaimsReading,
  EndOutcome,
  EndReason,
  LogoutNotice,
  ReplaceRequest,
  SessionSelection,
  SessionStart,
  SessionSummary,
  Standing,
  StandingQuery,
  TokenAnswer,
  UserSessionsApi,
} from './api.ts';
import type { UserObjectDependencies } from './dependencies.ts';
import { LoginObject } from './login-object.ts';
import { NotedEnds } from './noted-ends.ts';
import { ProviderDialogue } from './provider-dialogue.ts';
import { Revocations } from './revocations.ts';
import { SessionBook } from './session-book.ts';
import { activityStep, idsOf, LOGOUT_TOLERANCE, type SessionRecord } from './session-record.ts';
import { TokenKeeping } from './token-keeping.ts';

/** Seconds until the alarm revokes what is being revoked just now, in case nothing comes of that. */
const ALARM_DELAY = 30;

export class UserSessionsLogic extends LoginObject implements UserSessionsApi {
  readonly #deps: UserObjectDependencies;
  readonly #book: SessionBook;
  readonly #keeping: TokenKeeping;
  readonly #revocations: Revocations;
  readonly #turns = new Turns();
  readonly #tokensAsked = new Map<string, Promise<TokenAnswer>>();
  readonly #dialogue: ProviderDialogue;
  readonly #notedEnds: NotedEnds;

  constructor(deps: UserObjectDependencies) {
    const book = new SessionBook(deps);
    super(deps.storage, deps.now, () => book.schedule());
    this.#deps = deps;
    this.#book = book;
    this.#keeping = new TokenKeeping(deps, book);
    this.#revocations = new Revocations({ ...deps, book, keeping: this.#keeping });
    this.#dialogue = new ProviderDialogue(deps, book, this.#keeping);
    this.#notedEnds = new NotedEnds(deps, book);
  }

  begin(start: SessionStart): Promise<BeginOutcome> {
    const { tokens, replaces, askedAt = Number.POSITIVE_INFINITY, ...facts } = start;
    return this.#turns.take(start.id, async (): Promise<BeginOutcome> => {
      // A second call for the same sign-in changes nothing, even when the session has been ended in between.
      if (this.#book.load(start.id)) return 'begun';
      const record: SessionRecord = { ...facts, seenAt: start.startedAt, ...(await this.#keeping.seal(tokens)) };
      if (replaces !== undefined && !this.#book.replace(replaces, start.id, askedAt)) return 'overtaken';
      this.#book.save(record);
      this.#notedEnds.begun(start.id);
      this.#deps.audit({ event: 'session_began', ...idsOf(record), level: 'info' });
      if (this.#book.isNoticed(record)) this.#book.end({ id: start.id }, 'backchannel_logout');
      this.#book.schedule();
      // Nobody waits for KV: until it has taken the tokens they are kept here.
      this.#deps.background(this.#keeping.write(start.id));
      return 'begun';
    });
  }

  async replace({ id, successor, askedAt }: ReplaceRequest): Promise<BeginOutcome> {
    if (!this.#book.replace(id, successor, askedAt)) return 'overtaken';
    if (!this.#book.load(successor)) this.#book.end({ id }, 'replaced');
    this.#book.schedule();
    return 'begun';
  }

  async standing({ id, claimsAt, activeAt, isDoubtful }: StandingQuery): Promise<Standing> {
    await this.#notedEnds.look(id, isDoubtful);
    const record = this.#book.find(id);
    if ('kind' in record) return record;
    // Activity is written down in steps, so that not every question writes.
    const isActivityNews =
      activeAt !== undefined && activeAt - record.seenAt >= activityStep(this.#deps.termsOf(record).times);
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
    return this.#turns.take(id, async (): Promise<ClaimsAnswer> => {
      await this.#notedEnds.look(id);
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
    const asking = this.#turns
      .take(id, async () => {
        await this.#notedEnds.look(id);
        const record = this.#book.find(id);
        return 'kind' in record ? record : this.#dialogue.tokens(record);
      })
      .finally(() => this.#tokensAsked.delete(id));
    this.#tokensAsked.set(id, asking);
    return asking;
  }

  async end(selection: SessionSelection, reason: EndReason, revokeNow: boolean): Promise<EndOutcome> {
    // Whoever signs out waits a moment for ZITADEL. Nobody waits when others sign somebody out.
    const isAwaited = revokeNow && 'id' in selection;
    const ended = this.#book.end(selection, reason, isAwaited ? ALARM_DELAY : 0);
    const named = 'id' in selection ? selection.id : undefined;
    const only = ended.find(({ id }) => id === named);
    const ending = isAwaited && only ? await this.#revocations.revokeNow(only) : { providerAnswered: true };
    // This is read only now: while ZITADEL was asked, the browser may have signed in anew.
    const isReplaced = named !== undefined && this.#book.load(named)?.successor !== undefined;
    // A session that was replaced is counted with its successor.
    const counted = ended.filter(({ id, successor }) => id === named || successor === undefined);
    return { ended: counted.length, ...ending, ...(isReplaced && { isReplaced }) };
  }

  async takeLogoutNotice(notice: LogoutNotice): Promise<'taken' | 'replayed'> {
    if (!this.#book.takeNotice(notice)) return 'replayed';
    this.#book.end({ sid: notice.sid, startedBefore: notice.iat + LOGOUT_TOLERANCE }, 'backchannel_logout');
    return 'taken';
  }

  async list(): Promise<SessionSummary[]> {
    await this.#notedEnds.lookAtAll(true);
    return this.#book
      .standing()
      .filter(({ replacedUntil }) => replacedUntil === undefined)
      .map(({ id, site, device, startedAt, seenAt, expiresAt }) => ({
        id,
        device,
        startedAt,
        seenAt,
        expiresAt,
        ...(site !== undefined && { site }),
      }))
      .sort((a, b) => b.seenAt - a.seenAt);
  }

  async pointTo(sub: string, expiresAt: number): Promise<void> {
    this.#book.point(sub, expiresAt);
  }

  async pointedTo(): Promise<string | undefined> {
    return this.#book.pointer()?.sub;
  }

  /** Does what was left: KV writes that failed, sessions that ran out, refresh tokens to revoke, tombstones to remove. */
  async alarm(): Promise<void> {
    const { now } = this.#deps;
    try {
      await this.#notedEnds.lookAtAll();
      for (const record of this.#book.records()) {
        if (record.unwritten && record.unwritten.retryAt <= now()) await this.#keeping.write(record.id);
        const expiry = record.ended ? undefined : this.#book.expiryOf(record);
        if (expiry) this.#book.end({ id: record.id }, expiry);
      }
      await this.#revocations.revokeDue();
    } finally {
      // What failed above is due again: without an alarm nobody would ever come back to it.
      this.#book.tidy();
      this.#book.schedule();
    }
  }
}

/** The record's claims, if they were read later `than` that. */
function readingOf({ identity, claimsAt }: SessionRecord, than: number): ClaimsReading | undefined {
  return identity && claimsAt > than ? { identity, claimsAt } : undefined;
}
