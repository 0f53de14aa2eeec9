// What is noted while a file is read: which options it has, which of them were carried over, and what is to be said of the others.
// No note repeats a value that may be secret: of options that nobody knows only the name is said.

import { ANSWERS, type Catalogue, findOption } from './options.ts';

/**
 * `closed`: nobody passes, or fewer than before. `lost`: it is not here. `changed`: it is here in another way. `todo`: the operator has to
 * do something.
 */
export type NoteKind = 'closed' | 'lost' | 'changed' | 'todo' | 'unneeded';

export interface Note {
  readonly kind: NoteKind;
  /** An option, a route. */
  readonly about: string;
  readonly text: string;
}

export const noteOf = (kind: NoteKind, about: string, text: string): Note => ({ kind, about, text });

export interface Ledger {
  /** The option's value, which is now carried over. */
  readonly take: (name: string) => unknown;
  /** It was looked at and carried over, or is told of in a note of its own. */
  readonly settle: (...names: readonly string[]) => void;
  readonly note: (kind: NoteKind, about: string, text: string) => void;
  /** All notes; options that nobody has taken are told of as the catalogue has them. */
  readonly close: () => readonly Note[];
}

export function createLedger(catalogue: Catalogue, found: ReadonlyMap<string, unknown>): Ledger {
  const settled = new Set<string>();
  const notes: Note[] = [];
  return {
    take: (name) => {
      settled.add(name);
      return found.get(name);
    },
    settle: (...names) => {
      for (const name of names) settled.add(name);
    },
    note: (kind, about, text) => notes.push({ kind, about: printable(about), text: printable(text) }),
    close: () => {
      const others = [...found.keys()].filter((name) => !settled.has(name)).map((name) => describe(catalogue, name));
      return distinct([...notes, ...others]);
    },
  };
}

function describe(catalogue: Catalogue, name: string): Note {
  const option = findOption(catalogue, name);
  const about = printable(name);
  if (option === undefined)
    return {
      kind: 'lost',
      about,
      text: `${catalogue.title} ${catalogue.version} has no such option that is known here`,
    };
  const { answer } = option;
  const here = option.here.replaceAll('`', '');
  if (answer === 'unneeded' || answer === 'same') return { kind: 'unneeded', about, text: here };
  return { kind: answer === 'renamed' ? 'todo' : 'lost', about, text: `${ANSWERS[answer]}: ${here}` };
}

/** Names and paths are a stranger's text: on a terminal, and in a comment, they stay on their line. */
export const printable = (text: string): string =>
  text
    .replace(/\p{C}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);

const distinct = (notes: readonly Note[]): readonly Note[] => [
  ...new Map(notes.map((note) => [`${note.kind} ${note.about} ${note.text}`, note])).values(),
];
