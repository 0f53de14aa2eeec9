// A bounded map whose entries end: what was found out about tokens, networks and keys, each for a short while.
// ARCHITECTURE §6 Isolate memory; advisories on caches keyed by part of a token or without its issuer and audience.

import { BoundedMap } from './bounded-map.ts';

interface Entry<Value> {
  readonly value: Value;
  /** Seconds since the epoch; from then on it is forgotten. */
  readonly until: number;
  readonly size: number;
}

interface Bounds {
  readonly entries: number;
  /** Keys and values together. */
  readonly characters: number;
}

/**
 * The key is a whole token, not a hash of it: a look-up then costs no cryptography and nothing collides. The token lies in memory anyway,
 * in each request's header. A map belongs to one configuration, which fixes issuer and audience.
 */
export class ExpiringMap<Value> {
  readonly #entries: BoundedMap<string, Entry<Value>>;
  readonly #characters: number;

  constructor({ entries, characters }: Bounds) {
    this.#characters = characters;
    this.#entries = new BoundedMap(characters, ({ size }) => size, entries);
  }

  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (now < entry.until) return entry.value;
    this.forget(key);
    return undefined;
  }

  /** `until` in seconds. What alone is too large is not held, and drives nothing out. */
  set(key: string, value: Value, until: number): void {
    const size = key.length + lengthOf(value);
    if (size > this.#characters) this.forget(key);
    else this.#entries.set(key, { value, until, size });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}

/** What is nested too deep to be written down, as an answer of ten thousand brackets is, is too large to be held. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
