// A session's conversations with ZITADEL: claims are read again and tokens renewed, one after another and with pauses after failures.
// Promises 1, 5, 6. All of it runs in the session's queue, so that nothing else renews meanwhile.

import type { TokenSet } from '../oidc/relying-party.ts';
import type { ClaimsAnswer, EndReason, Postponed, SessionOver, TokenAnswer } from './api.ts';
import { Backoffs } from './backoffs.ts';
import type { SessionFault, UserObjectDependencies } from './dependencies.ts';
import type { SessionBook } from './session-book.ts';
import { doubtfulAt, idsOf, renewalDueAt, type SessionRecord } from './session-record.ts';
import type { TokenKeeping } from './token-keeping.ts';

/** Seconds for which claims that ZITADEL gave show that the session stands there. */
const VOUCHED_FOR = 10;

export class ProviderDialogue {
  readonly #deps: UserObjectDependencies;
  readonly #book: SessionBook;
  readonly #keeping: TokenKeeping;
  readonly #reads: Backoffs;
  readonly #renewals: Backoffs;

  constructor(deps: UserObjectDependencies, book: SessionBook, keeping: TokenKeeping) {
    this.#deps = deps;
    this.#book = book;
    this.#keeping = keeping;
    this.#reads = new Backoffs(deps.now);
    this.#renewals = new Backoffs(deps.now);
  }

  /** Reads claims at ZITADEL. `isRenewalDue`: the access token served this time and needs to be renewed soon. */
  async read(record: SessionRecord): Promise<ClaimsAnswer & { isRenewalDue?: boolean }> {
    const waiting = this.#reads.waiting(record.id);
    if (waiting) return waiting;
    const loaded = await this.#keeping.load(record);
    if (loaded.kind === 'failed') return this.#failRead(record, loaded.fault);
    let { tokens } = loaded;
    if (this.#deps.now() >= doubtfulAt(tokens)) {
      const renewed = await this.#renew(record, tokens);
      if (renewed.kind !== 'renewed') return renewed;
      tokens = renewed.tokens;
    }
    const answer = await this.#readWith(record, tokens);
    const isRenewalDue = this.#deps.now() >= renewalDueAt(tokens) && !this.#renewals.waiting(record.id);
    return answer.kind === 'read' ? { ...answer, isRenewalDue } : answer;
  }

  async #readWith(record: SessionRecord, tokens: TokenSet): Promise<ClaimsAnswer> {
    const claimsAt = this.#deps.now();
    const read = await this.#deps.termsOf(record).provider.readClaims(tokens, record.sub);
    if (read.kind === 'failed') return this.#failRead(record, read.fault);
    const latest = this.#book.find(record.id);
    if ('kind' in latest) return latest;
    this.#reads.succeeded(record.id);
    this.#book.save({ ...latest, identity: read.identity, claimsAt });
    return { kind: 'read', claims: { identity: read.identity, claimsAt } };
  }

  /** Tokens that serve an upstream now, renewed if that is due. */
  async tokens(record: SessionRecord): Promise<TokenAnswer> {
    const loaded = await this.#keeping.load(record);
    const now = this.#deps.now();
    if (loaded.kind === 'failed') {
      const { ends, reason } = loaded.fault;
      // Asking KV again soon costs ZITADEL nothing.
      return ends === undefined ? { kind: 'kept', retryAt: now + 1, reason } : this.#over(record, ends);
    }
    const { tokens } = loaded;
    if (now < renewalDueAt(tokens)) return tokenAnswer(tokens, renewalDueAt(tokens));
    if (tokens.refresh_token === undefined && now < tokens.expiresAt) return tokenAnswer(tokens, tokens.expiresAt);
    const isGood = now < doubtfulAt(tokens);
    const renewed = this.#renewals.waiting(record.id) ?? (await this.#vouchedAndRenewed(record, tokens, isGood));
    if (renewed.kind === 'renewed') return tokenAnswer(renewed.tokens, renewalDueAt(renewed.tokens));
    // While the old token lives, a renewal that failed for a passing reason hurts nobody.
    return renewed.kind === 'kept' && isGood ? tokenAnswer(tokens, renewed.retryAt) : renewed;
  }

  /** While the old token is good, ZITADEL is first asked whether the session stands: a renewal would revive one that has ended. */
  async #vouchedAndRenewed(record: SessionRecord, tokens: TokenSet, isGood: boolean) {
    if (isGood && this.#deps.now() - record.claimsAt > VOUCHED_FOR) {
      const answer = this.#reads.waiting(record.id) ?? (await this.#readWith(record, tokens));
      if (answer.kind !== 'read') return answer;
    }
    return this.#renew(record, tokens);
  }

  async #renew(
    record: SessionRecord,
    tokens: TokenSet,
  ): Promise<{ kind: 'renewed'; tokens: TokenSet } | Postponed | SessionOver> {
    const waiting = this.#renewals.waiting(record.id);
    if (waiting) return waiting;
    const renewed = await this.#keeping.renew(record, tokens);
    if (renewed.kind === 'failed') {
      const { fault } = renewed;
      return fault.ends === undefined ? this.#renewals.failed(record.id, fault) : this.#over(record, fault.ends);
    }
    this.#renewals.succeeded(record.id);
    const latest = this.#book.find(record.id);
    return 'kind' in latest ? latest : { kind: 'renewed', tokens: renewed.tokens };
  }

  #failRead(record: SessionRecord, fault: SessionFault): Postponed | SessionOver {
    const level = fault.isOperators ? 'error' : 'warn';
    this.#deps.audit({ event: 'claims_failed', ...idsOf(record), reason: fault.reason, level });
    return fault.ends === undefined ? this.#reads.failed(record.id, fault) : this.#over(record, fault.ends);
  }

  #over(record: SessionRecord, reason: EndReason): SessionOver {
    this.#book.end({ id: record.id }, reason);
    return { kind: 'ended', reason };
  }
}

function tokenAnswer({ access_token, id_token }: TokenSet, renewAt: number): TokenAnswer {
  return { kind: 'tokens', access_token, id_token, renewAt };
}
