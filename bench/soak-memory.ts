// What the worker's process holds during a soak: memory, heap after garbage collection, open descriptors; and whether that stays flat.
// Chrome DevTools Protocol, HeapProfiler and Runtime; proc_pid_fd(5).

import { readdirSync, readlinkSync } from 'node:fs';
import { inspect } from './inspector.ts';
import type { RunningWorkerd } from './workerd.ts';

const MEBIBYTE = 1024 * 1024;

export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Bytes; of the heap what is left after garbage collection, buffers outside of it included. */
  readonly resident: number;
  readonly heap: number;
  /** Begun so far. */
  readonly sessions: number;
  /** Open descriptors: of connections, and of files, which objects that are awake have open. */
  readonly sockets: number;
  readonly files: number;
}

export interface Probe {
  sample(at: number, sessions: number): Promise<Sample>;
  close(): void;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

/** `poke` sends a request: an idle isolate would not begin to collect. */
export async function createProbe(
  worker: RunningWorkerd,
  inspectorPort: number,
  poke: () => Promise<unknown>,
): Promise<Probe> {
  const { call, close } = await inspect(inspectorPort);
  return {
    async sample(at, sessions) {
      // A second collection takes what the finalizers of the first one have released.
      for (let time = 0; time < 2; time++) await Promise.all([call('HeapProfiler.collectGarbage'), poke()]);
      const usage = await call<HeapUsage>('Runtime.getHeapUsage');
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
      return {
        at,
        sessions,
        heap: usedSize + embedderHeapUsedSize + backingStorageSize,
        resident: worker.memory(),
        ...countDescriptors(worker.pid),
      };
    },
    close,
  };
}

function countDescriptors(pid: number): Pick<Sample, 'sockets' | 'files'> {
  const folder = `/proc/${pid}/fd`;
  const targets = readdirSync(folder).map((descriptor) => {
    try {
      return readlinkSync(`${folder}/${descriptor}`);
    } catch {
      // Closed while they were being listed.
      return '';
    }
  });
  return {
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    files: targets.filter((target) => target.startsWith('/')).length,
  };
}

/** Whether the descriptors are back where they were. */
export function isLetGo(before: Sample, after: Sample): boolean {
  return after.sockets <= before.sockets + MORE_SOCKETS && after.files <= before.files + MORE_FILES;
}

/** What must hold at the end, each with what it was held against. */
export interface Finding {
  readonly what: string;
  readonly value: string;
  readonly holds: boolean;
}

/** What may be more at the end than in the middle: as much as lies between two samples of one state. */
const HEAP = { tolerance: 0.05, allowance: 2 * MEBIBYTE };
/** What an isolate remembers of sessions (ARCHITECTURE §6): so many entries, of about so many bytes. It may grow until it is full; that is no leak. */
const REMEMBERED = { sessions: 8192, bytes: 2048 };
/** The allocator gives back late and in pieces. */
const RESIDENT = { tolerance: 0.1, allowance: 16 * MEBIBYTE };
const MORE_SOCKETS = 8;
/** Three for each object that is awake. */
const MORE_FILES = 30;
/** Seconds; in a shorter run the isolate is still filling the memories that it is allowed (ARCHITECTURE §6). */
const LONG_ENOUGH = 480;

/** `samples` under load, in order; `before` and `after` it. */
export function judgeMemory(samples: readonly Sample[], before: Sample, after: Sample): Finding[] {
  const end = samples.at(-1)?.at ?? 0;
  const middle = samples.filter(({ at }) => at >= end * 0.5 && at <= end * 0.7);
  const last = samples.filter(({ at }) => at > end * 0.8);
  const sessionsAt = (some: readonly Sample[]) =>
    Math.min(REMEMBERED.sessions, median(some.map(({ sessions }) => sessions)));
  const remembered = (sessionsAt(last) - sessionsAt(middle)) * REMEMBERED.bytes;
  const grown = (
    what: string,
    values: { of: (sample: Sample) => number; shown: (value: number) => string },
    { tolerance, allowance }: { tolerance: number; allowance: number },
  ): Finding => {
    if (end < LONG_ENOUGH) return { what, value: 'too short a run to judge', holds: true };
    const { of, shown } = values;
    const [then, now] = [median(middle.map(of)), median(last.map(of))];
    const most = Math.max(then * (1 + tolerance), then + allowance) + remembered;
    const value = `${shown(then)} → ${shown(now)}`;
    return { what, value: `${value} (at most ${shown(most)})`, holds: now <= most };
  };
  return [
    grown('heap after collection, MiB: half way → end', { of: ({ heap }) => heap, shown: mebibytes }, HEAP),
    grown('resident memory, MiB: half way → end', { of: ({ resident }) => resident, shown: mebibytes }, RESIDENT),
    {
      what: 'sockets, open files: before the load → when everything has run out',
      value: `${before.sockets}, ${before.files} → ${after.sockets}, ${after.files} (at most ${MORE_SOCKETS}, ${MORE_FILES} more)`,
      holds: isLetGo(before, after),
    },
  ];
}

export const mebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
