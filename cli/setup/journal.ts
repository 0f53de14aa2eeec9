// What a run has made, changed or found as it should be: told at once, and kept for the end and for --json.

import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';
import type { FieldChange } from './application-changes.ts';

export type Outcome = 'made' | 'changed' | 'kept';

export interface Entry {
  readonly outcome: Outcome;
  /** `project`, `role` … */
  readonly what: string;
  readonly name: string;
  readonly id?: string | undefined;
  /** What was changed, never a secret. */
  readonly detail?: string | undefined;
  /** As they were announced. */
  readonly changes?: readonly FieldChange[];
}

export interface Journal {
  readonly entries: readonly Entry[];
  /** What is left for the operator to do. */
  readonly advice: readonly string[];
  add(entry: Entry): void;
  /** What is about to be changed, field by field; `add` says that it was. */
  announce(what: string, changes: readonly FieldChange[]): void;
  advise(sentence: string): void;
}

const WORDS: Readonly<Record<Outcome, string>> = { made: 'made', changed: 'changed', kept: 'as it is' };
const PLANNED: Readonly<Record<Outcome, string>> = { made: 'to make', changed: 'to change', kept: 'as it is' };

export function createJournal(system: System, { isJson, isDryRun }: { isJson: boolean; isDryRun: boolean }): Journal {
  const look = createLook(system.hasColour.print);
  const words = isDryRun ? PLANNED : WORDS;
  const entries: Entry[] = [];
  const advice: string[] = [];
  let announced: readonly FieldChange[] | undefined;
  return {
    entries,
    advice,
    announce: (what, changes) => {
      announced = changes;
      if (isJson) return;
      system.print(`${look.quiet('changing ')}  ${what}`);
      for (const { field, from, to } of changes) system.print(`             ${field}: ${from} → ${to}`);
    },
    add: (given) => {
      const entry = announced && given.outcome === 'changed' ? { ...given, changes: announced } : given;
      announced = undefined;
      entries.push(entry);
      if (isJson) return;
      const word = words[entry.outcome].padEnd(9);
      const id = entry.id === undefined ? '' : look.quiet(` ${entry.id}`);
      const detail = entry.detail === undefined ? '' : `: ${entry.detail}`;
      system.print(
        `${entry.outcome === 'kept' ? look.quiet(word) : look.good(word)}  ${entry.what} ${entry.name}${detail}${id}`,
      );
    },
    advise: (sentence) => void advice.push(sentence),
  };
}

export const countChanges = ({ entries }: Journal): number =>
  entries.filter(({ outcome }) => outcome !== 'kept').length;

/** `project Postern, role admin` */
export function describeMade({ entries }: Journal): string {
  return entries
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ what, name }) => `${what} ${name}`)
    .join(', ');
}
