// KV and Durable Object storage in memory, with faults and a clock that tests turn.

import type { UserSessionsApi } from '../../src/user-object/api.ts';
import type { ObjectStorage } from '../../src/user-object/dependencies.ts';
import type { UserSessionsLogic } from '../../src/user-object/user-sessions.ts';

export interface Clock {
  /** Seconds since the epoch. */
  now: number;
}

/** What may go wrong with KV. */
export interface KvFaults {
  failReads: boolean;
  failWrites: boolean;
  /** Nothing is ever answered. */
  hang: boolean;
  /** Reads answer as if nothing written in the last so many seconds had happened. */
  lag: number;
}

interface KvEntry {
  readonly value: string;
  readonly expiresAt: number;
  readonly writtenAt: number;
}

export class MemoryKv {
  readonly entries = new Map<string, KvEntry>();
  readonly faults: KvFaults = { failReads: false, failWrites: false, hang: false, lag: 0 };
  readonly writes: { key: string; at: number }[] = [];
  reads = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string): Promise<string | null> {
    this.reads += 1;
    if (this.faults.hang) await new Promise(() => undefined);
    if (this.faults.failReads) throw new Error('KV GET failed: 500');
    const entry = this.entries.get(key);
    if (!entry || entry.expiresAt <= this.#clock.now) return null;
    return this.#clock.now - entry.writtenAt < this.faults.lag ? null : entry.value;
  }

  async put(key: string, value: string, { expirationTtl }: { expirationTtl: number }): Promise<void> {
    if (this.faults.hang) await new Promise(() => undefined);
    if (this.faults.failWrites) throw new Error('KV PUT failed: 429 Too Many Requests');
    if (expirationTtl < 60) throw new Error('KV PUT failed: 400 Invalid expiration_ttl');
    this.writes.push({ key, at: this.#clock.now });
    this.entries.set(key, { value, expiresAt: this.#clock.now + expirationTtl, writtenAt: this.#clock.now });
  }

  async delete(key: string): Promise<void> {
    if (this.faults.hang) await new Promise(() => undefined);
    if (this.faults.failWrites) throw new Error('KV DELETE failed: 500');
    this.entries.delete(key);
  }
}

export class MemoryStorage implements ObjectStorage {
  readonly entries = new Map<string, unknown>();
  /** Milliseconds since the epoch. */
  alarmAt: number | undefined;

  get<T>(key: string): T | undefined {
    return structuredClone(this.entries.get(key)) as T | undefined;
  }

  put(key: string, value: unknown): void {
    this.entries.set(key, structuredClone(value));
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  list<T>(prefix: string): [string, T][] {
    return [...this.entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key, structuredClone(value) as T]);
  }

  isReleased = false;

  release(): void {
    this.entries.clear();
    this.isReleased = true;
  }

  setAlarm(at: number): void {
    this.alarmAt = at;
  }
}

/** The namespace: one storage a name that outlives its object, as on the platform. */
export class MemoryObjects {
  readonly storages = new Map<string, MemoryStorage>();
  readonly #live = new Map<string, UserSessionsLogic>();
  readonly #create: (storage: ObjectStorage) => UserSessionsLogic;
  readonly #clock: Clock;
  /** While true, every call fails, as when the object's host is away. */
  isDown = false;
  calls = 0;
  readonly callsByMethod = new Map<string, number>();

  constructor(clock: Clock, create: (storage: ObjectStorage) => UserSessionsLogic) {
    this.#clock = clock;
    this.#create = create;
  }

  open(name: string): UserSessionsApi {
    const logic = this.#logic(name);
    return new Proxy(logic as UserSessionsApi, {
      get:
        (target, method: keyof UserSessionsApi) =>
        async (...args: unknown[]) => {
          this.calls += 1;
          this.callsByMethod.set(method, (this.callsByMethod.get(method) ?? 0) + 1);
          if (this.isDown) throw new Error('Durable Object is overloaded');
          // RPC copies what it carries.
          const result = await (target[method] as (...a: unknown[]) => Promise<unknown>).apply(
            target,
            structuredClone(args),
          );
          return structuredClone(result);
        },
    });
  }

  /** Evicts every object from memory; storage stays. */
  evict(): void {
    this.#live.clear();
  }

  /** Runs the alarms that are due, until none is. */
  async runAlarms(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      const due = [...this.storages].filter(
        ([, { alarmAt }]) => alarmAt !== undefined && alarmAt <= this.#clock.now * 1000,
      );
      if (due.length === 0) return;
      for (const [name, storage] of due) {
        storage.alarmAt = undefined;
        await this.#logic(name).alarm();
      }
    }
  }

  storageOf(name: string): MemoryStorage {
    const storage = this.storages.get(name) ?? new MemoryStorage();
    this.storages.set(name, storage);
    return storage;
  }

  #logic(name: string): UserSessionsLogic {
    const storage = this.storageOf(name);
    const logic = this.#live.get(name) ?? this.#create(storage);
    this.#live.set(name, logic);
    return logic;
  }
}
