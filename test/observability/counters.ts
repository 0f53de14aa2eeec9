// The object that sums, in memory, with a clock and a sleep that the test turns.

import { type Counters, createMetrics, loadCounts, sumCounts } from '../../src/observability/metrics.ts';
import type { NoteEvent, RequestEvent } from '../../src/observability/request-event.ts';

export function createBed() {
  const stored = new Map<string, unknown>();
  const storage = {
    get: (key: string) => structuredClone(stored.get(key)),
    put: (key: string, value: unknown) => void stored.set(key, structuredClone(value)),
  };
  const clock = { now: 1_790_000_000 };
  const state = { isDown: false, handOvers: 0 };
  const events: (RequestEvent | NoteEvent)[] = [];
  const tasks: Promise<unknown>[] = [];
  const sleepers: (() => void)[] = [];
  const counters: Counters = {
    async addCounts(counts) {
      state.handOvers += 1;
      if (state.isDown) throw new Error('the object is away');
      sumCounts(storage, structuredClone(counts), clock.now);
    },
    async readCounts() {
      if (state.isDown) throw new Error('the object is away');
      return loadCounts(storage);
    },
  };
  const isolate = () =>
    createMetrics({
      emit: (event) => events.push(event),
      open: () => counters,
      now: () => clock.now,
      waitUntil: (task) => void tasks.push(task),
      sleep: () => new Promise((resolve) => sleepers.push(() => resolve(undefined))),
    });
  return {
    clock,
    state,
    events,
    isolate,
    sums: () => loadCounts(storage),
    /** Tasks that wait for their moment. */
    waiting: () => sleepers.length,
    async wake() {
      for (const resume of sleepers.splice(0)) resume();
      await Promise.all(tasks.splice(0));
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

export function requestEvent(facts: Partial<RequestEvent> = {}): RequestEvent {
  return {
    event: 'request',
    level: 'info',
    request_id: 'a-request',
    method: 'GET',
    host: 'app.example.com',
    path: '/secret/path',
    endpoint: 'upstream',
    status: 200,
    ...facts,
  };
}
