// The command `acceptance`: from arguments to a table and an exit code; whatever happens, what was made is removed.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDomain } from '../setup/parse-answers.ts';
import { CommandError, reportFailure } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';
import { parseServiceKey } from '../zitadel-api/credentials.ts';
import { findInhabitants } from './emptiness.ts';
import { ACCEPTANCE_HELP, parseFlags, requireFlag } from './flags.ts';
import { findJournals, PREFIX, startJournal } from './journal.ts';
import { createLedger, describe, type Line } from './ledger.ts';
import { play } from './play.ts';
import { removeRun } from './remove.ts';
import { describeLine, paint, printTable } from './table.ts';
import { type Instance, openInstance } from './world/instance.ts';

/** Returns the exit code. */
export async function acceptance(args: readonly string[], system: System): Promise<number> {
  const isJson = args.includes('--json');
  try {
    const flags = parseFlags(args);
    if (flags.help) {
      system.print(ACCEPTANCE_HELP);
      return 0;
    }
    const issuer = parseDomain(requireFlag(flags, 'issuer'));
    const adminKey = resolve(requireFlag(flags, 'admin-key'));
    const credentials = parseServiceKey(await readFile(adminKey, 'utf8'), adminKey);
    const open = (by: System) => openInstance(by, issuer, credentials);
    const instance = await open(system);
    if (flags.cleanup) return await cleanUp(instance, system, isJson);
    const inhabitants = await findInhabitants(instance);
    if (inhabitants.length > 0 && !flags['not-empty']) throw inUse(issuer, inhabitants);
    const mayRotateKeys = inhabitants.length === 0 || flags['rotate-keys'] === true;
    return await run(system, { adminKey, mayRotateKeys, instance, open, isJson });
  } catch (cause) {
    return reportFailure('acceptance', cause, system, isJson);
  }
}

const inUse = (issuer: string, inhabitants: readonly string[]): CommandError =>
  new CommandError(`${issuer} is in use: it has ${inhabitants.join(', ')}`, {
    code: 2,
    hints: [
      'this is for an instance made for tests; --not-empty runs it all the same, and touches nothing that is there',
    ],
  });

interface Run {
  readonly adminKey: string;
  readonly mayRotateKeys: boolean;
  readonly instance: Instance;
  readonly open: (by: System) => Promise<Instance>;
  readonly isJson: boolean;
}

async function run(system: System, { adminKey, mayRotateKeys, instance, open, isJson }: Run): Promise<number> {
  const journal = await startJournal(instance.issuer, PREFIX + randomBytes(3).toString('hex'));
  const { stopping, release } = listenForSignals(system);
  const look = createLook(system.hasColour.tell);
  const ledger = createLedger(stopping, (line) =>
    system.tell(`${paint(line.outcome, look)}  ${line.area}: ${describeLine(line)}`),
  );
  const acting = stoppable(system, stopping);
  const failure = await play({ system: acting, instance: await open(acting), journal, ledger, adminKey, mayRotateKeys })
    .then(() => [])
    .catch((cause) => (stopping.aborted ? [] : [failedLine(cause)]));
  system.tell('removing what was made …');
  const left = await removeRun(system, instance, journal).catch((cause) => [`what it made: ${describe(cause)}`]);
  release();
  const lines = [...ledger.lines, ...failure];
  const isWell = left.length === 0 && !stopping.aborted && lines.every(({ outcome }) => outcome !== 'failed');
  if (isJson) system.print(JSON.stringify({ ok: isWell, lines, left }, null, 2));
  else report(system, lines, left, stopping.aborted);
  return isWell ? 0 : 1;
}

const failedLine = (cause: unknown): Line => ({
  area: 'run',
  what: 'goes on to its end',
  outcome: 'failed',
  reason: describe(cause),
  seconds: 0,
});

function report(system: System, lines: readonly Line[], left: readonly string[], isStopped: boolean): void {
  system.print(`\n${printTable(lines, createLook(system.hasColour.print))}`);
  if (isStopped) system.tell('It was stopped before its end.');
  for (const each of left) system.tell(`left behind: ${each}`);
  if (left.length > 0) system.tell('--cleanup tries again to remove it.');
}

async function cleanUp(instance: Instance, system: System, isJson: boolean): Promise<number> {
  const found = await findJournals(instance.issuer);
  const left = [];
  for (const each of found) left.push(...(await removeRun(system, instance, each)));
  if (isJson)
    system.print(
      JSON.stringify({ ok: left.length === 0, removed: found.map(({ record }) => record.name), left }, null, 2),
    );
  else {
    const names = found.map(({ record }) => record.name).join(', ');
    system.print(
      found.length === 0 ? 'No run has left anything that is known here.' : `Removed what is left of ${names}.`,
    );
    for (const each of left) system.tell(`still there: ${each}`);
  }
  return left.length === 0 ? 0 : 1;
}

/** After a stop nothing new is begun, and what is under way is waited for: else it would be made after the removal. */
function stoppable(system: System, stopping: AbortSignal): System {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  stopping.addEventListener('abort', () => reject(stopping.reason));
  return {
    ...system,
    wait: (milliseconds) => Promise.race([system.wait(milliseconds), promise]),
    fetch: async (url, init) => {
      stopping.throwIfAborted();
      return system.fetch(url, init);
    },
  };
}

/** Milliseconds: a terminal's Ctrl-C comes to every process, and by the hand of the parent once more. */
const SAME_KEY = 1_000;

/** The first one lets it clean up; a later one ends it at once. */
function listenForSignals(system: System): { stopping: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let first = 0;
  const stop = (name: NodeJS.Signals) => {
    if (first === 0) {
      first = Date.now();
      system.tell('stopping; again to leave everything as it is (--cleanup removes it later)');
      controller.abort(new CommandError('stopped'));
    } else if (Date.now() - first > SAME_KEY) {
      release();
      process.kill(process.pid, name);
    }
  };
  // Miniflare and Wrangler would end the process at once, with everything left at ZITADEL
  const refuse = (name: string | symbol, listener: () => void) => {
    if (listener !== stop && names.some((each) => each === name))
      queueMicrotask(() => process.removeListener(name, listener));
  };
  const release = () => {
    process.removeListener('newListener', refuse);
    for (const name of names) process.removeListener(name, stop);
  };
  process.on('newListener', refuse);
  for (const name of names) process.on(name, stop);
  return { stopping: controller.signal, release };
}
