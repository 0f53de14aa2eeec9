// A session's tokens: where they are, and how they are renewed without being lost.
// Promises 1, 2, 7. Every set of tokens is in the object's storage, sealed, until KV has taken it.

import type { TokenSet } from '../oidc/relying-party.ts';
import { randomHex } from '../shared/random.ts';
import type { SessionFault, UserObjectDependencies } from './dependencies.ts';
import type { SessionBook } from './session-book.ts';
import { idsOf, REVOCATION_LIMIT, type SessionRecord } from './session-record.ts';
import { tokenKey } from './token-store.ts';

/** A session's half of the key that seals its tokens. */
const SECRET_BYTES = 32;
/** Seconds between attempts to write to a KV that refuses; its limit is one write per second and key. */
const UNWRITTEN_RETRY = 15;
/** Seconds within which KV may not show yet what was written to it. */
const KV_LAG = 120;
/** Old KV entries that one removal looks after; their time to live takes the rest. */
const MOST_REMOVALS = 10;

export type LoadedTokens =
  | { readonly kind: 'tokens'; readonly tokens: TokenSet }
  | { readonly kind: 'failed'; readonly fault: SessionFault };

export class TokenKeeping {
  readonly #deps: UserObjectDependencies;
  readonly #book: SessionBook;

  constructor(deps: UserObjectDependencies, book: SessionBook) {
    this.#deps = deps;
    this.#book = book;
  }

  /** The first tokens of a session, for its record. */
  async seal(tokens: TokenSet) {
    const secret = randomHex(SECRET_BYTES);
    const sealed = await this.#deps.tokenStore.seal(tokens, secret);
    return { secret, generation: 1, oldestKey: 1, unwritten: this.#unwritten(sealed) };
  }

  async load(record: SessionRecord): Promise<LoadedTokens> {
    const { tokenStore, now } = this.#deps;
    if (record.secret === undefined) return lost('no key');
    let sealed = record.unwritten?.sealed;
    try {
      sealed ??= await tokenStore.read(await tokenKey(record.id, record.generation));
    } catch (error) {
      return { kind: 'failed', fault: { reason: `KV read: ${(error as Error).message}` } };
    }
    if (sealed === undefined) {
      const isLagging = now() - (record.writtenAt ?? 0) <= KV_LAG;
      return isLagging
        ? { kind: 'failed', fault: { reason: 'KV does not show the tokens yet' } }
        : lost('KV has no tokens');
    }
    const opened = await tokenStore.unseal(sealed, record.secret);
    if (opened.kind === 'newer') return { kind: 'failed', fault: { reason: 'the tokens are of a newer release' } };
    if (opened.kind === 'foreign') return lost('no key opens the tokens');
    if (opened.isOldKey && !record.ended) await this.#store(record.id, opened.value);
    return { kind: 'tokens', tokens: opened.value };
  }

  /** New tokens for old. The old refresh token is dead from ZITADEL's answer on, so nothing may fail before `#store`. */
  async renew(record: SessionRecord, tokens: TokenSet): Promise<LoadedTokens> {
    const { termsOf, audit } = this.#deps;
    const { refresh_token } = tokens;
    if (refresh_token === undefined)
      return { kind: 'failed', fault: { ends: 'token_expired', reason: 'no refresh token' } };
    const renewed = await termsOf(record).provider.refresh({ ...tokens, refresh_token }, record.sub);
    const about = idsOf(record);
    if ('reason' in renewed) {
      const level = renewed.isOperators ? 'error' : 'warn';
      audit({ event: 'refresh_failed', ...about, reason: renewed.reason, level });
      return { kind: 'failed', fault: renewed };
    }
    await this.#store(record.id, renewed);
    audit({ event: 'refreshed', ...about, level: 'info' });
    return { kind: 'tokens', tokens: renewed };
  }

  /** Hands tokens that are only here over to KV. Never throws. */
  async write(id: string): Promise<void> {
    const { tokenStore, now } = this.#deps;
    const record = this.#book.load(id);
    if (record?.unwritten === undefined || record.ended) return;
    const { generation, unwritten } = record;
    const key = await tokenKey(id, generation);
    try {
      // Longer than the session: a revocation that ZITADEL did not answer is tried again from it.
      await tokenStore.write(key, unwritten.sealed, record.expiresAt - now() + REVOCATION_LIMIT);
    } catch (error) {
      this.#storeFailed(record, `KV write: ${(error as Error).message}`);
      const latest = this.#book.load(id);
      if (latest?.unwritten?.sealed !== unwritten.sealed) return;
      this.#book.save({ ...latest, unwritten: this.#unwritten(unwritten.sealed) });
      this.#book.schedule();
      return;
    }
    const latest = this.#book.load(id);
    if (latest?.unwritten?.sealed === unwritten.sealed) {
      const { unwritten: _written, ...rest } = latest;
      this.#book.save({ ...rest, writtenAt: now() });
      await this.remove(rest, generation);
    } else {
      // While KV was busy the tokens were renewed, or revoked: what it has just taken is of no more use.
      await this.remove(record, generation + 1);
    }
  }

  /** Keeps new tokens here until KV has them. Of a session that has ended meanwhile they are kept to be revoked. */
  async #store(id: string, tokens: TokenSet): Promise<void> {
    const before = this.#book.load(id);
    if (!before) return;
    const secret = before.secret ?? randomHex(SECRET_BYTES);
    const sealed = await this.#deps.tokenStore.seal(tokens, secret);
    const record = this.#book.load(id);
    if (!record) return;
    const { writtenAt: _before, ...rest } = record;
    this.#book.save({
      ...rest,
      secret,
      unwritten: this.#unwritten(sealed),
      generation: record.generation + 1,
      ...(record.ended && { revocation: { failures: 0, dueAt: this.#deps.now() } }),
    });
    this.#book.schedule();
    // Nobody waits for KV: what it has not taken is kept here, and the alarm tries again.
    this.#deps.background(this.write(id));
  }

  /** Removes the KV entries of the generations before `end`. */
  async remove(record: SessionRecord, end: number): Promise<void> {
    const { tokenStore } = this.#deps;
    try {
      for (let generation = Math.max(record.oldestKey, end - MOST_REMOVALS); generation < end; generation++) {
        await tokenStore.remove(await tokenKey(record.id, generation));
      }
    } catch (error) {
      // The next removal takes it along, or its time to live.
      return this.#storeFailed(record, `KV delete: ${(error as Error).message}`);
    }
    const latest = this.#book.load(record.id);
    if (latest && latest.oldestKey < end && latest.generation >= end) this.#book.save({ ...latest, oldestKey: end });
  }

  #unwritten(sealed: string): { sealed: string; retryAt: number } {
    return { sealed, retryAt: this.#deps.now() + UNWRITTEN_RETRY };
  }

  #storeFailed({ sub, id }: SessionRecord, reason: string): void {
    this.#deps.audit({ event: 'store_failed', sub, session: id, reason, level: 'warn' });
  }
}

function lost(reason: string): LoadedTokens {
  return { kind: 'failed', fault: { ends: 'tokens_lost', reason } };
}
