// Who says what was wrong during a soak: every violation counted, the first few kept in full, no token and no cookie among them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchanged } from './soak-browser.ts';
import type { FaultBoard } from './soak-faults.ts';
import type { StallWatch } from './soak-stalls.ts';

const SHOWN = 16;
/** Milliseconds before a request whose faults are told with it. */
const MEMORY = 40_000;
/** Milliseconds until what the worker has logged of a request has arrived here. */
const LOG_DELAY = 300;
const HEADERS = ['content-type', 'x-request-id', 'retry-after', 'x-application', 'content-length'];

export interface Judge {
  /** `what` is the requirement that does not hold; alike in all its cases, since they are counted by it. */
  complain(what: string, detail: string): void;
  complainOf(what: string, exchanged: Exchanged, about?: string): void;
  readonly counts: ReadonlyMap<string, number>;
  readonly shown: readonly string[];
  /** What would have been violations, had the machine not stood still meanwhile. */
  readonly unjudged: number;
}

interface Dependencies {
  readonly board: FaultBoard;
  readonly startedAt: number;
  readonly stalls: StallWatch;
  /** What the worker has logged of a request. */
  readonly logOf: (requestId: string) => string[];
}

export function createJudge({ board, startedAt, stalls, logOf }: Dependencies): Judge {
  const counts = new Map<string, number>();
  const shown: string[] = [];
  let unjudged = 0;

  /** Whether this is one of those that are shown: a few of each kind. */
  function count(what: string, from: number, to: number): boolean {
    if (stalls.touched(from, to)) {
      unjudged += 1;
      return false;
    }
    const before = counts.get(what) ?? 0;
    counts.set(what, before + 1);
    return before < 2 && shown.length < SHOWN;
  }

  const at = (time: number) => `${((time - startedAt) / 1000).toFixed(1)} s`;

  function broken(from: number, to: number): string {
    const spans = board.spans(from - MEMORY, to);
    return spans.map((span) => `${span.place} ${span.fault} ${at(span.from)}–${at(span.to)}`).join(', ') || 'none';
  }

  async function tell(what: string, exchanged: Exchanged, about: string | undefined): Promise<void> {
    await sleep(LOG_DELAY);
    const { method, path, status, headers, body, isBroken, from, to } = exchanged;
    const requestId = headers['x-request-id'];
    const fields = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]));
    const location = headers.location?.split('?')[0];
    shown.push(
      [
        `${what}${about === undefined ? '' : ` (${about})`}`,
        `  ${at(from)}–${at(to)}: ${method} ${path.split('?')[0]} → ${status}${isBroken ? ', broken off' : ''}`,
        `  ${[...fields, ...(location === undefined ? [] : [`location: ${location}`])].join('; ')}`,
        `  ${JSON.stringify(body.slice(0, 240))}`,
        `  faults until then: ${broken(from, to)}`,
        ...(typeof requestId === 'string' ? logOf(requestId) : []).map((line) => `  log: ${line}`),
      ].join('\n'),
    );
  }

  return {
    complain(what, detail) {
      const now = performance.now();
      if (count(what, now, now))
        shown.push(`${what}\n  ${at(now)}: ${detail}\n  faults until then: ${broken(now, now)}`);
    },
    complainOf(what, exchanged, about) {
      if (count(what, exchanged.from, exchanged.to)) void tell(what, exchanged, about);
    },
    counts,
    shown,
    get unjudged() {
      return unjudged;
    },
  };
}
