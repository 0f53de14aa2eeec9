// Many people at once, in any order in which ZITADEL, the stores and the application may answer: nobody gets another's answer.
// Promises 1 and 5; §6 Isolate memory.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UserSessionsApi } from '../../../src/user-object/api.ts';
import { echo } from '../../support/harness.ts';
import { createTarget } from '../target.ts';
import type { PersonName, Stage } from './stage.ts';
import * as stages from './stage.ts';

const WAYS = ['/page', '/page', '/tokens/a', '/auth/userinfo', 'jwt', 'opaque'] as const;
const asking = fc.record({
  name: fc.constantFrom<PersonName>(...stages.NAMES),
  way: fc.constantFrom(...WAYS),
  isOtherIsolate: fc.boolean(),
});

const concurrency = createTarget({
  name: 'concurrent',
  promise: 'of requests under way at once, each is answered as its own sender’s, and nobody is signed out by the race',
  runs: 40,
  budget: 2_000,
  given: fc.record({
    askings: fc.array(asking, { minLength: 2, maxLength: 12 }),
    // Claims to be read again; tokens to be renewed.
    later: fc.constantFrom(0, 31, 301, 700),
    /** Which of all that is waiting goes on next, each time. */
    turns: fc.array(fc.nat(1_000), { maxLength: 60 }),
  }),
  ready: stages.createStage,
  async holds({ askings, later, turns }, stage) {
    const { harness } = stage;
    const queue = createQueue(turns);
    delayEverything(stage, queue.wait);
    const isolates = [harness.isolate(), harness.isolate()] as const;
    harness.clock.now += later;
    const all = Promise.all(
      askings.map(async ({ name, way, isOtherIsolate }, index) => {
        const response = await isolates[isOtherIsolate ? 1 : 0].fetch(createRequest(stage, name, way, index));
        return { status: response.status, body: await response.text() };
      }),
    );
    const answers = await queue.runUntil(all);
    await queue.runUntil(harness.settle());
    for (const [index, { status, body }] of answers.entries()) {
      const { name = 'user', way = '/page' } = askings[index] ?? {};
      const person = stages.personOf(stage, name);
      assert.equal(status, 200, `${name} ${way}: ${body}`);
      const answer = JSON.parse(body) as { sub?: string; headers: Record<string, string> };
      if (way === '/auth/userinfo') {
        assert.equal(answer.sub, person.sub);
        continue;
      }
      assert.equal(answer.headers['x-mark'], `${index} ${name}`);
      // A token minted for the case has no metadata in it.
      const told = stages.IDENTITY_FIELDS.filter((field) => field !== 'x-big' || !['jwt', 'opaque'].includes(way));
      if (way === 'jwt') assert.equal(answer.headers['x-forwarded-user'], person.sub);
      else for (const field of told) assert.equal(answer.headers[field], person.identity[field], field);
      if (way === '/tokens/a') assert.equal(claimsOf(answer.headers['x-forwarded-id-token'])['sub'], person.sub);
    }
    for (const name of stages.NAMES) assert(stages.isStanding(stage, name), name);
  },
});

function createRequest(stage: Stage, name: PersonName, way: (typeof WAYS)[number], index: number): Request {
  const person = stages.personOf(stage, name);
  const isBearer = way === 'jwt' || way === 'opaque';
  const proof = isBearer ? { authorization: `Bearer ${person[way]}` } : { cookie: person.cookies };
  return stages.requestTo(isBearer ? '/page' : way, { headers: { ...proof, 'x-mark': `${index} ${name}` } });
}

/**
 * Everything from outside waits here, and goes on one by one as `turns` say. Not fast-check's own scheduler: that lets each go on as soon
 * as it comes, while other requests are still busy with cryptography, so that hardly two ever wait at once.
 */
function createQueue(turns: readonly number[]) {
  const waiting: (() => void)[] = [];
  let turn = 0;
  return {
    async wait<T>(work: () => Promise<T> | T): Promise<T> {
      await new Promise<void>((resolve) => void waiting.push(resolve));
      return work();
    },
    async runUntil<T>(task: Promise<T>): Promise<T> {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      task.then(over, over);
      while (!isOver) {
        // Long enough for what is busy by itself to come here, too.
        await new Promise((resolve) => setTimeout(resolve, 1));
        const [next] = waiting.splice((turns[turn++] ?? 0) % Math.max(1, waiting.length), 1);
        next?.();
      }
      return task;
    },
  };
}

type Wait = ReturnType<typeof createQueue>['wait'];

function delayEverything(stage: Stage, wait: Wait): void {
  const { harness } = stage;
  const { zitadel, kv, objects } = harness;
  const [fetch, get, put] = [zitadel.fetch, kv.get.bind(kv), kv.put.bind(kv)];
  const open = objects.open.bind(objects);
  stage.upstream = (request) => wait(() => echo(request));
  zitadel.fetch = (input, init) => wait(() => fetch(input, init));
  kv.get = (key) => wait(() => get(key));
  kv.put = (...given) => wait(() => put(...given));
  objects.open = (name) =>
    new Proxy(open(name), {
      get:
        (object, method: keyof UserSessionsApi) =>
        (...given: unknown[]) =>
          wait(() => (object[method] as (...all: unknown[]) => Promise<unknown>)(...given)),
    });
}

function claimsOf(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

export const concurrencyTargets = [concurrency];
