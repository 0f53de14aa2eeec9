// How many answers came in each phase of a soak, how fast, and of which kind.

import type { Exchanged } from './soak-browser.ts';
import { APPLICATION } from './soak-upstream.ts';

export interface Phase {
  /** Where something was broken, or `quiet`. */
  readonly place: string;
  readonly fault: string;
  readonly from: number;
  to: number;
  /** How many requests met the fault. */
  hits: number;
  /** Milliseconds each. */
  readonly took: number[];
  /** How many answers were of which kind: the application's, or the gateway's status. */
  readonly kinds: Map<string, number>;
}

export interface Phases {
  readonly all: readonly Phase[];
  begin(place: string, fault?: string): Phase;
  record(exchanged: Exchanged): void;
}

export function createPhases(): Phases {
  const all: Phase[] = [];
  return {
    all,
    begin(place, fault = '') {
      const now = performance.now();
      const before = all.at(-1);
      if (before) before.to = now;
      const phase = { place, fault, from: now, to: now, hits: 0, took: [], kinds: new Map<string, number>() };
      all.push(phase);
      return phase;
    },
    record({ status, headers, isBroken, from, to }) {
      const phase = all.at(-1);
      if (!phase) return;
      phase.took.push(to - from);
      const kind = isBroken ? 'broken' : headers[APPLICATION] !== undefined ? 'application' : String(status);
      phase.kinds.set(kind, (phase.kinds.get(kind) ?? 0) + 1);
    },
  };
}

export interface Summary {
  readonly name: string;
  readonly seconds: number;
  readonly hits: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly kinds: string;
}

/** Phases of one name together. */
export function summarize(phases: readonly Phase[], nameOf: (phase: Phase) => string): Summary[] {
  const groups = Map.groupBy(phases, nameOf);
  return [...groups].map(([name, members]) => {
    const seconds = members.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
    const took = members.flatMap((member) => member.took).sort((a, b) => a - b);
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
    const kinds = new Map<string, number>();
    for (const member of members)
      for (const [kind, count] of member.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    const listed = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
    return {
      name,
      seconds,
      hits: members.reduce((sum, { hits }) => sum + hits, 0),
      rate: took.length / seconds,
      p50: at(0.5),
      p99: at(0.99),
      kinds: listed.join(', '),
    };
  });
}
