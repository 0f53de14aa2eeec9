// A worker of nothing but the stores, for the store suite: each request is one call, as JSON, and says what time it is.
// Runs in workerd; bundled by workerd.test.ts.

import { waitUntil } from 'cloudflare:workers';
import type { CreateUserObject } from '../../src/user-object/create.ts';
import type { ObjectStorage } from '../../src/user-object/dependencies.ts';
import { UserSessionsObject } from '../../src/user-object/durable-object.ts';
import type { UserSessionsLogic } from '../../src/user-object/user-sessions.ts';
import type { StorageCall } from './stores.ts';
import { wireUserObjects } from './wiring.ts';

interface Env {
  readonly SESSIONS: KVNamespace;
  readonly USER_SESSIONS: DurableObjectNamespace<UserSessions>;
  readonly SECRET: string;
}

/** Turned by every request; the objects of one process share it. */
const clock = { now: 0 };

let createUserObject: CreateUserObject | undefined;

export class UserSessions extends UserSessionsObject {
  protected createLogic(storage: ObjectStorage): UserSessionsLogic {
    const { SESSIONS, SECRET } = this.env as Env;
    createUserObject ??= wireUserObjects({
      kv: SESSIONS,
      now: () => clock.now,
      waitUntil,
      secret: SECRET,
      count: async (call) => void (await fetch(`https://provider.test/${call}`)),
    });
    // An alarm is due by the suite's clock, and rings by the runtime's.
    const setAlarm = (at: number) => storage.setAlarm(Date.now() + Math.max(0, at - clock.now * 1000));
    return createUserObject({ ...storage, setAlarm });
  }

  evict(): void {
    this.ctx.abort('evicted by the suite');
  }

  storage(calls: readonly StorageCall[]): unknown[] {
    const { kv } = this.ctx.storage;
    return calls.flatMap((call) => {
      if (call[0] === 'get') return [kv.get(call[1])];
      if (call[0] === 'list') return [[...kv.list({ prefix: call[1] })]];
      if (call[0] === 'put') kv.put(call[1], call[2]);
      else kv.delete(call[1]);
      return [];
    });
  }
}

interface Call {
  readonly target: 'kv' | 'object';
  readonly name: string;
  readonly method: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the suite hands on
  readonly args: readonly any[];
  readonly now: number;
}

type Methods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

export default {
  async fetch(request, env) {
    const { target, name, method, args, now } = await request.json<Call>();
    clock.now = now;
    try {
      const { SESSIONS, USER_SESSIONS } = env;
      if (target === 'kv') {
        if (method === 'put') return Response.json([await SESSIONS.put(args[0], args[1], { expirationTtl: args[2] })]);
        if (method === 'keys') return Response.json([(await SESSIONS.list()).keys.map((key) => key.name)]);
        return Response.json([await (SESSIONS as unknown as Methods)[method]?.(args[0])]);
      }
      const object = USER_SESSIONS.get(USER_SESSIONS.idFromName(name));
      const answer = await (object as unknown as Methods)[method]?.(...args);
      // JSON knows no undefined, in lists it becomes null.
      return Response.json(answer === undefined ? [] : [answer], { headers: { 'x-undefined': undefinedIn(answer) } });
    } catch (error) {
      return new Response((error as Error).message, { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;

function undefinedIn(answer: unknown): string {
  return Array.isArray(answer) ? answer.flatMap((item, index) => (item === undefined ? [index] : [])).join() : '';
}
