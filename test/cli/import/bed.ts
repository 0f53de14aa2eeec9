// Another gateway's files become a configuration, which the worker's own loader reads and `explain` is asked about.

import { expect } from 'vitest';
import { explainRequest } from '../../../cli/explain/explanation.ts';
import { createQuestion } from '../../../cli/explain/question.ts';
import { loadDraft } from '../../../cli/import/check.ts';
import type { Draft, Reader, Wishes } from '../../../cli/import/draft.ts';
import { KINDS, type KindName } from '../../../cli/import/recognise.ts';
import type { Config } from '../../../src/config/schema.ts';

type Files = Readonly<Record<string, string>>;

/** The first is imported; the others are there to be named. */
export function convert(kind: KindName, files: string | Files, wishes: Wishes = {}): Draft {
  const all: Files = typeof files === 'string' ? { file: files } : files;
  const [first = ''] = Object.keys(all);
  const reader: Reader = {
    readNamed: (path) => all[path],
    listNamed: (pattern) => {
      const found = Object.keys(all).filter((name) => name !== first && name.startsWith(pattern.replace(/\*.*$/, '')));
      return found.length > 0 || pattern.includes('*') ? found : undefined;
    },
  };
  return KINDS[kind].convert([{ name: first, text: all[first] ?? '' }], wishes, reader);
}

export function configOf(draft: Draft): Config {
  const loaded = loadDraft(draft);
  expect(loaded.ok ? [] : loaded.issues).toEqual([]);
  return (loaded as typeof loaded & { ok: true }).config;
}

/** `GET /admin as staff`, `anonymous`, `nobody in particular` (signed in without a role), `someone@example.com`; `pass`, or a status to a page. */
export function ask(config: Config, question: string): string {
  const [, method = '', target = '', who = ''] = /^([A-Z]+) (\S+) as (.*)$/.exec(question) ?? [];
  const asked =
    who === 'anonymous'
      ? { anonymous: true }
      : who.includes('@')
        ? { claim: [`email=${who}`] }
        : who === 'somebody'
          ? {}
          : { roles: [who] };
  return String(explainRequest(config, createQuestion(method, target, asked)).answers.navigation);
}

/** Lines of `GET /admin as staff → pass`. */
export function expectAnswers(draft: Draft, table: string): void {
  const config = configOf(draft);
  const lines = table.trim().split(/\n\s*/);
  const asked = lines.map((line) => line.split(' → ')[0] ?? '');
  expect(asked.map((line) => `${line} → ${ask(config, line)}`)).toEqual(lines);
}

/** Of one kind; `about: text`. */
export const notesOf = (draft: Draft, ...kinds: readonly string[]): string =>
  draft.notes
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ about, text }) => `${about}: ${text}`)
    .join('\n');
