// The lines of the table: each is tried once, and passed, failed, or could not be asked of this server.

import { CommandError } from '../support/failure.ts';

export type Outcome = 'passed' | 'failed' | 'not applicable';

export interface Line {
  readonly area: string;
  readonly what: string;
  readonly outcome: Outcome;
  /** Why it failed or could not be asked; of what passed, how it was tried where that is not plain. */
  readonly reason?: string;
  readonly seconds: number;
}

/** It can't be tried: this server or this machine does not have it. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** It was tried, and does not hold. */
export class Refuted extends Error {
  override readonly name = 'Refuted';
}

export function assert(isSo: boolean, found: string): asserts isSo {
  if (!isSo) throw new Refuted(found);
}

export interface Ledger {
  readonly lines: readonly Line[];
  /** Tries one thing. A text that it returns says how that was done. */
  check(area: string, what: string, work: () => Promise<unknown>): Promise<void>;
}

const DEADLINE_MS = 90_000;

export function createLedger(stopping: AbortSignal, tell: (line: Line) => void): Ledger {
  const lines: Line[] = [];
  return {
    lines,
    async check(area, what, work) {
      stopping.throwIfAborted();
      const begin = Date.now();
      const note = (outcome: Outcome, reason?: unknown) => {
        const seconds = (Date.now() - begin) / 1000;
        const line = { area, what, outcome, ...(typeof reason === 'string' && { reason }), seconds };
        lines.push(line);
        tell(line);
      };
      try {
        note('passed', await withinDeadline(work()));
      } catch (cause) {
        stopping.throwIfAborted();
        note(cause instanceof NotApplicable ? 'not applicable' : 'failed', describe(cause));
      }
    },
  };
}

async function withinDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = new Refuted(`it was not done within ${DEADLINE_MS / 1000} seconds`);
    timer = setTimeout(() => reject(reason), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof CommandError && cause.hints.length > 0) return `${cause.message}: ${cause.hints.join('; ')}`;
  const { cause: inner } = cause;
  return inner instanceof Error && inner.message !== '' ? `${cause.message} (${inner.message})` : cause.message;
}
