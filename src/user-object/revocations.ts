// The tokens of sessions that have ended: revoked at ZITADEL, and by the alarm once more where it did not answer.
// Promise 4; RFC 7009.

import { LATE, within } from '../shared/isolate/deadline.ts';
import type { EndOutcome } from './api.ts';
import type { Revocation, UserObjectDependencies } from './dependencies.ts';
import type { SessionBook } from './session-book.ts';
import { idsOf, postponeRevocation, type SessionRecord } from './session-record.ts';
import type { TokenKeeping } from './token-keeping.ts';

/** Milliseconds that whoever signs out waits for ZITADEL; the alarm goes on from there. */
const PATIENCE = 3_000;

const LOG_LEVELS = { done: 'info', unanswered: 'warn', refused: 'error' } as const;

interface Dependencies extends Pick<UserObjectDependencies, 'termsOf' | 'audit' | 'now' | 'background'> {
  readonly book: SessionBook;
  readonly keeping: TokenKeeping;
}

export class Revocations {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Revokes the tokens of this one session, for somebody who waits. */
  async revokeNow(record: SessionRecord): Promise<Pick<EndOutcome, 'id_token' | 'providerAnswered'>> {
    const revoking = this.#revoke(record).finally(() => this.#deps.book.schedule());
    this.#deps.background(revoking.catch(() => undefined));
    const revoked = await within(revoking, PATIENCE);
    if (revoked === LATE) return { providerAnswered: false };
    const { outcome, id_token } = revoked;
    return { providerAnswered: outcome !== 'unanswered', ...(id_token !== undefined && { id_token }) };
  }

  /** Revokes whatever is due. */
  async revokeDue(): Promise<void> {
    let isProviderAway = false;
    for (const { id } of this.#deps.book.records()) {
      const record = this.#deps.book.load(id);
      if (!record?.revocation || record.revocation.dueAt > this.#deps.now()) continue;
      // One unanswered call says enough: the other sessions' turn comes later.
      if (isProviderAway) this.#postpone(id);
      else isProviderAway = (await this.#revoke(record)).outcome === 'unanswered';
    }
  }

  /** 'unanswered' and 'refused' are tried again later. */
  async #revoke(record: SessionRecord): Promise<{ outcome: Revocation; id_token?: string }> {
    const loaded = await this.#deps.keeping.load(record);
    if (loaded.kind === 'failed') {
      const outcome = loaded.fault.ends === undefined ? 'unanswered' : 'done';
      await this.#settle(record, outcome);
      return { outcome };
    }
    const outcome = await this.#deps.termsOf(record).provider.revoke(loaded.tokens);
    const about = { ...idsOf(record), reason: outcome, level: LOG_LEVELS[outcome] };
    this.#deps.audit({ event: 'revocation', ...about });
    await this.#settle(record, outcome);
    return { outcome, id_token: loaded.tokens.id_token };
  }

  async #settle(record: SessionRecord, outcome: Revocation): Promise<void> {
    const latest = this.#deps.book.load(record.id);
    // A renewal that ended meanwhile has put newer tokens there; those are revoked at the next alarm.
    if (!latest || latest.generation !== record.generation) return;
    if (outcome !== 'done') return this.#postpone(record.id);
    this.#deps.book.save(withoutTokens(latest));
    await this.#deps.keeping.remove(latest, latest.generation + 1);
  }

  #postpone(id: string): void {
    const record = this.#deps.book.load(id);
    if (!record) return;
    const postponed = postponeRevocation(record, this.#deps.now());
    this.#deps.book.save(postponed === 'given-up' ? withoutTokens(record) : postponed);
  }
}

/** A tombstone that has nothing left to revoke. */
function withoutTokens(record: SessionRecord): SessionRecord {
  const { revocation: _done, secret: _useless, unwritten: _dropped, ...rest } = record;
  return rest;
}
