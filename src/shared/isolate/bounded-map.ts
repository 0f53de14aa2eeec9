// A map that holds what was set last, up to a number of entries and up to a weight: for what an isolate may remember and may lose.
// ARCHITECTURE §6 Isolate memory (each bounded, each safe to lose).

export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;
  readonly #weigh: (value: V) => number;
  readonly #mostEntries: number;
  #weight = 0;

  /**
   * `capacity` is a number of entries, or the sum of what `weigh` gives for each; `weigh` must always give the same for the same value.
   * `mostEntries` limits the number where `capacity` is a weight.
   */
  constructor(capacity: number, weigh: (value: V) => number = () => 1, mostEntries = capacity) {
    this.#capacity = capacity;
    this.#weigh = weigh;
    this.#mostEntries = mostEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): [K, V][] {
    return [...this.#entries];
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#weight += this.#weigh(value);
    // Map keeps the order of insertion: the first is the longest unset.
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#capacity && this.#entries.size <= this.#mostEntries) return;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#weight -= this.#weigh(value);
  }
}
