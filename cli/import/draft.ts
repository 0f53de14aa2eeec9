// What is made of another gateway's files: the configuration of one, as data.

import type { Note } from './ledger.ts';
import type { Rule } from './paths/rules.ts';

export interface Draft {
  /** Names and values as they stand under [vars]. */
  readonly vars: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  readonly secrets: readonly Secret[];
  readonly notes: readonly Note[];
  /** By which the files call it; missing where they have no such name. */
  readonly host?: string | undefined;
  /** Beside the first. */
  readonly sites?: readonly Site[];
  /** Of the other sites that the files speak of, and that are not among `sites`. */
  readonly otherHosts: readonly string[];
}

export const callbackOf = ({ vars }: Draft): string => String(vars['ZITADEL_CALLBACK_URL']);

export const withNotes = (draft: Draft, notes: readonly Note[]): Draft => ({
  ...draft,
  notes: [...draft.notes, ...notes],
});

/** An entry of SITES. */
export interface Site {
  readonly host: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  /** Becomes a comment. */
  readonly why?: string | undefined;
}

/** Its value is never read into anything that is written or printed. */
export interface Secret {
  readonly name: string;
  /** Where its value comes from. */
  readonly from: string;
  readonly command: string;
}

export interface Input {
  /** As it was named on the command line. */
  readonly name: string;
  readonly text: string;
}

/** What the command line says. */
export interface Wishes {
  /** The public host, of several: of the first site. */
  readonly host?: string | undefined;
  /** No site but this one. */
  readonly isAlone?: boolean | undefined;
  readonly url?: string | undefined;
  readonly upstream?: string | undefined;
  readonly domain?: string | undefined;
  /** Who has it may pass where the old rule can't be said. */
  readonly role?: string | undefined;
}

export interface Reader {
  /** A file that the configuration names; `undefined` where it can't be read. */
  readonly readNamed: (path: string) => string | undefined;
  /** Files that a pattern names. */
  readonly listNamed: (pattern: string) => readonly string[] | undefined;
}

export type Convert = (inputs: readonly Input[], wishes: Wishes, reader: Reader) => Draft;
