// The Durable Object class around UserSessionsLogic: it adds the runtime's storage, alarms and RPC, and no logic.
// ARCHITECTURE §6 (UserSessions). The storage is SQLite-backed, whose key-value interface is synchronous.

import { DurableObject } from 'cloudflare:workers';
import type { UserSessionsApi } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';
import type { UserSessionsLogic } from './user-sessions.ts';

/** With a bad configuration `createLogic` throws, and so does every call. */
export abstract class UserSessionsObject extends DurableObject<unknown> {
  #logic: UserSessionsLogic | undefined;

  constructor(...args: ConstructorParameters<typeof DurableObject<unknown>>) {
    super(...args);
    const preparation = this.prepare();
    if (preparation) void this.ctx.blockConcurrencyWhile(() => preparation);
  }

  /** What every call waits for; undefined: nothing. */
  protected prepare(): Promise<void> | undefined {
    return undefined;
  }

  protected abstract createLogic(storage: ObjectStorage): UserSessionsLogic;

  get #sessions(): UserSessionsLogic {
    this.#logic ??= this.createLogic(toObjectStorage(this.ctx.storage));
    return this.#logic;
  }

  /** A caller that hangs up must not cut off what is under way here. */
  #finish<T>(task: Promise<T>): Promise<T> {
    this.ctx.waitUntil(task.catch(() => undefined));
    return task;
  }

  begin(...args: Parameters<UserSessionsApi['begin']>) {
    return this.#finish(this.#sessions.begin(...args));
  }

  replace(...args: Parameters<UserSessionsApi['replace']>) {
    return this.#sessions.replace(...args);
  }

  standing(...args: Parameters<UserSessionsApi['standing']>) {
    return this.#sessions.standing(...args);
  }

  readClaims(...args: Parameters<UserSessionsApi['readClaims']>) {
    return this.#finish(this.#sessions.readClaims(...args));
  }

  tokens(...args: Parameters<UserSessionsApi['tokens']>) {
    return this.#finish(this.#sessions.tokens(...args));
  }

  end(...args: Parameters<UserSessionsApi['end']>) {
    return this.#finish(this.#sessions.end(...args));
  }

  takeLogoutNotice(...args: Parameters<UserSessionsApi['takeLogoutNotice']>) {
    return this.#sessions.takeLogoutNotice(...args);
  }

  list() {
    return this.#sessions.list();
  }

  pointTo(...args: Parameters<UserSessionsApi['pointTo']>) {
    return this.#sessions.pointTo(...args);
  }

  pointedTo() {
    return this.#sessions.pointedTo();
  }

  keep(...args: Parameters<UserSessionsApi['keep']>) {
    return this.#sessions.keep(...args);
  }

  kept() {
    return this.#sessions.kept();
  }

  takeForm() {
    return this.#sessions.takeForm();
  }

  noteSignIn(...args: Parameters<UserSessionsApi['noteSignIn']>) {
    return this.#sessions.noteSignIn(...args);
  }

  notedSignIn() {
    return this.#sessions.notedSignIn();
  }

  override alarm(): Promise<void> {
    return this.#sessions.alarm();
  }
}

export function toObjectStorage(storage: DurableObjectStorage): ObjectStorage {
  const { kv } = storage;
  return {
    get: (key) => kv.get(key),
    put: (key, value) => kv.put(key, value),
    delete: (key) => void kv.delete(key),
    list: (prefix) => kv.list({ prefix }),
    setAlarm: (at) => void storage.setAlarm(at),
    release: () => void storage.deleteAll(),
  };
}
