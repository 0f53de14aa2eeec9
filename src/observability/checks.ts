// Whether what the gateway depends on answers: each is asked once a second at most, whichever of an isolate's sites is asked about it.
// ARCHITECTURE §2 /auth/ready.

import { BoundedMap } from '../shared/isolate/bounded-map.ts';
import { LATE, within } from '../shared/isolate/deadline.ts';
import { createSingleFlight } from '../shared/isolate/single-flight.ts';
import type { Emit } from './request-event.ts';

export interface Check {
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

/** Checks that belong together, by what they are of. */
export type DependencyChecks = (
  key: string,
  checks: () => Readonly<Record<string, () => Promise<unknown>>>,
) => Promise<Readonly<Record<string, Check>>>;

interface Dependencies {
  readonly now: () => number;
  readonly stopwatch?: (() => number) | undefined;
  readonly emit: Emit;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

/** Seconds that an answer is given again. */
const KEEP = 1;
/** Milliseconds a check may take. */
const DEADLINE = 4_000;
/** An application each. */
const REMEMBERED = 1_000;

export function createChecks(dependencies: Dependencies): DependencyChecks {
  const { now, waitUntil } = dependencies;
  type Answers = Readonly<Record<string, Check>>;
  const last = new BoundedMap<string, { readonly at: number; readonly answers: Answers }>(REMEMBERED);
  const single = createSingleFlight<Answers>({ waitUntil });
  return async (key, checks) => {
    const known = last.get(key);
    if (known && now() - known.at < KEEP) return known.answers;
    const answers = await single.ask(key, () => runAll(checks(), dependencies));
    last.set(key, { at: now(), answers });
    return answers;
  };
}

async function runAll(
  checks: Readonly<Record<string, () => Promise<unknown>>>,
  dependencies: Dependencies,
): Promise<Readonly<Record<string, Check>>> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await run(check, dependencies)] as const);
  return Object.fromEntries(await Promise.all(results));
}

async function run(
  check: () => Promise<unknown>,
  { stopwatch = () => performance.now(), emit }: Dependencies,
): Promise<Check> {
  const started = stopwatch();
  const ms = () => Math.round(stopwatch() - started);
  try {
    if ((await within(check(), DEADLINE)) === LATE) throw new Error('no answer in time');
    return { ok: true, ms: ms() };
  } catch (error) {
    // Anybody may read the answer, so the reason goes to the log only.
    emit({ event: 'not_ready', level: 'warn', reason: (error as Error).message });
    return { ok: false, ms: ms(), error: 'no good answer; see the log' };
  }
}
