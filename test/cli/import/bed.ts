// Another gateway's files become a configuration, which the worker's own loader reads and `explain` is asked about.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { explainAt, explainRequest, upstreamOf } from '../../../cli/explain/explanation.ts';
import { createQuestion } from '../../../cli/explain/question.ts';
import { loadDraft } from '../../../cli/import/check.ts';
import type { Frame } from '../../../cli/import/deployment.ts';
import type { Draft, Input, Reader, Wishes } from '../../../cli/import/draft.ts';
import { KINDS, type KindName } from '../../../cli/import/recognise.ts';
import { importSites } from '../../../cli/import/sites.ts';
import type { LoadedConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/schema.ts';

type Files = Readonly<Record<string, string>>;

/** The first host of the first file; the other files are there to be named. */
export const convert = (kind: KindName, files: string | Files, wishes: Wishes = {}): Draft =>
  opened(kind, files)(wishes);

/** Of several files, all hosts. */
export const convertInputs = (kind: KindName, inputs: readonly Input[], wishes: Wishes = {}): Draft =>
  importSites((ofHost) => KINDS[kind].convert(inputs, ofHost, NOTHING), wishes);

const NOTHING: Reader = { readNamed: () => undefined, listNamed: () => undefined };

/** Of wrangler.toml, what is not from the files. */
export const FRAME: Frame = {
  template: readFileSync('templates/operator/wrangler.toml', 'utf8'),
  compatibilityDate: '2026-07-30',
  name: 'gateway',
  from: 'files',
  hasPosternFile: false,
};

/** All hosts. */
export const convertSites = (kind: KindName, files: string | Files, wishes: Wishes = {}): Draft =>
  importSites(opened(kind, files), wishes);

function opened(kind: KindName, files: string | Files): (wishes: Wishes) => Draft {
  const all: Files = typeof files === 'string' ? { file: files } : files;
  const [first = ''] = Object.keys(all);
  const reader: Reader = {
    readNamed: (path) => all[path],
    listNamed: (pattern) => {
      const found = Object.keys(all).filter((name) => name !== first && name.startsWith(pattern.replace(/\*.*$/, '')));
      return found.length > 0 || pattern.includes('*') ? found : undefined;
    },
  };
  const inputs = [{ name: first, text: all[first] ?? '' }];
  return (wishes) => KINDS[kind].convert(inputs, wishes, reader);
}

export const configOf = (draft: Draft): Config => servedBy(draft).config;

export function servedBy(draft: Draft): LoadedConfig & { ok: true } {
  const loaded = loadDraft(draft);
  expect(loaded.ok ? [] : loaded.issues).toEqual([]);
  return loaded as LoadedConfig & { ok: true };
}

/** `GET /admin as staff`, `anonymous`, `nobody in particular` (signed in without a role), `someone@example.com`; `pass`, or a status to a page. */
export function ask(config: Config, question: string): string {
  return String(explainRequest(config, parseQuestion(question)).answers.navigation);
}

function parseQuestion(question: string) {
  const [, method = '', target = '', who = ''] = /^([A-Z]+) (\S+) as (.*)$/.exec(question) ?? [];
  const asked =
    who === 'anonymous'
      ? { anonymous: true }
      : who.includes('@')
        ? { claim: [`email=${who}`] }
        : who === 'somebody'
          ? {}
          : { roles: [who] };
  return createQuestion(method, target, asked);
}

/** Lines of `GET /admin as staff → pass`. */
export function expectAnswers(draft: Draft, table: string): void {
  const config = configOf(draft);
  const lines = table.trim().split(/\n\s*/);
  const asked = lines.map((line) => line.split(' → ')[0] ?? '');
  expect(asked.map((line) => `${line} → ${ask(config, line)}`)).toEqual(lines);
}

/** Lines of `wiki.example.com: GET /admin as staff → pass`, and with `→ pass http://wiki` also where it goes. */
export function expectAnswersAt(draft: Draft, table: string): void {
  const served = servedBy(draft);
  const lines = table.trim().split(/\n\s*/);
  const answers = lines.map((line) => {
    const [, asked = '', host = '', question = '', isTold] = /^((\S+): (.*)) → \S+( \S+)?$/.exec(line) ?? [];
    const { answers, requirement, site } = explainAt(served, { ...parseQuestion(question), host });
    const upstream = requirement?.forwarding.upstream;
    const goes = upstream ? `${upstream.origin}${upstream.basePath}` : (site?.upstream ?? upstreamOf(served.config));
    return `${asked} → ${answers.navigation}${isTold === undefined ? '' : ` ${goes}`}`;
  });
  expect(answers).toEqual(lines);
}

/** Of one kind; `about: text`. */
export const notesOf = (draft: Draft, ...kinds: readonly string[]): string =>
  draft.notes
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ about, text }) => `${about}: ${text}`)
    .join('\n');
