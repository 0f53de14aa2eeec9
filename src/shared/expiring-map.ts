// What was found out about tokens: a few, for a short while, bounded in number and in characters.
// Design §6 Isolate memory; advisories on caches keyed by part of a token or without its issuer and audience.

interface Entry<Verdict> {
  readonly verdict: Verdict;
  /** Seconds since the epoch; from then on it is forgotten. */
  readonly until: number;
  readonly size: number;
}

interface Bounds {
  readonly entries: number;
  /** Tokens and verdicts together. */
  readonly characters: number;
}

/**
 * The key is the whole token, not a hash of it: a look-up then costs no cryptography, nothing collides, and what lies here lies in the
 * memory that each request's header is in anyway. A memory belongs to one configuration, which fixes issuer and audience.
 */
export class TokenMemory<Verdict> {
  readonly #entries = new Map<string, Entry<Verdict>>();
  readonly #bounds: Bounds;
  #characters = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get(token: string, now: number): Verdict | undefined {
    const entry = this.#entries.get(token);
    if (!entry) return undefined;
    if (now < entry.until) return entry.verdict;
    this.forget(token);
    return undefined;
  }

  /** `until` in seconds. */
  set(token: string, verdict: Verdict, until: number): void {
    this.forget(token);
    const size = token.length + JSON.stringify(verdict).length;
    if (size > this.#bounds.characters) return;
    this.#entries.set(token, { verdict, until, size });
    this.#characters += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.entries && this.#characters <= this.#bounds.characters) return;
      this.forget(oldest);
    }
  }

  forget(token: string): void {
    this.#characters -= this.#entries.get(token)?.size ?? 0;
    this.#entries.delete(token);
  }
}
