// One property of something that reads untrusted input: what it is given, and what has to hold.
// `npm test` runs a few cases of each with one seed (run-targets.ts), `npm run fuzz` as many as its time allows (test/fuzz/).

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FAULTS, type FaultCode, GatewayError } from '../../src/errors.ts';

/** Makes everything ready and returns the run itself, which is what `npm run fuzz` measures. May be called again for the same input. */
export type Attempt = () => Promise<() => unknown>;

export interface Target {
  readonly name: string;
  /** What has to hold, as a sentence. */
  readonly promise: string;
  /** Cases in `npm test`. */
  readonly runs: number;
  /** Milliseconds of processor time for one run: far more than it takes, far less than what grows with the square of a long input. */
  readonly budget: number;
  /** `carryOut` has to await what the attempt returns, once at least. */
  property(carryOut: (attempt: Attempt) => Promise<void>): fc.IRawProperty<unknown>;
}

interface Description<Input, Ready> {
  readonly name: string;
  readonly promise: string;
  readonly runs?: number;
  readonly budget?: number;
  readonly given: fc.Arbitrary<Input>;
  /** What a run needs beside its input. */
  readonly ready?: () => Promise<Ready> | Ready;
  readonly holds: (input: Input, ready: Ready) => unknown;
}

/** For a function that reads up to 64 KiB of text, and for the model it is compared with. The square of 16 KiB takes longer. */
const PURE = 150;

export function createTarget<Input, Ready = undefined>(description: Description<Input, Ready>): Target {
  const { name, promise, runs = 500, budget = PURE, given, ready, holds } = description;
  return {
    name,
    promise,
    runs,
    budget,
    property: (carryOut) =>
      fc.asyncProperty(given, (input) =>
        carryOut(async () => {
          const prepared = (await ready?.()) as Ready;
          return () => holds(input, prepared);
        }),
      ),
  };
}

/** As it is run where nothing is measured. */
export async function carryOutOnce(attempt: Attempt): Promise<void> {
  const run = await attempt();
  await run();
}

/** What `call` gives, or `undefined` where it ends in one of these faults. Anything else that it throws is a finding. */
export async function orFault<T>(codes: readonly FaultCode[], call: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    assert(error instanceof GatewayError, `not a declared fault: ${(error as Error)?.stack ?? error}`);
    assert(Object.hasOwn(FAULTS, error.code) && codes.includes(error.code), `${error.code}: ${error.message}`);
    assertIsWait(error.retryAfter);
    return undefined;
  }
}

/** Digits, when it is written (RFC 9110 §10.2.3). */
export function assertIsWait(seconds: number | undefined): void {
  if (seconds !== undefined) assert.match(String(seconds), /^\d{1,9}$/, 'Retry-After');
}
