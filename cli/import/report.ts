// What the command says at the end: what was made, what is closed, what is not here, what is left to do.

import { createLook, type Paint } from '../support/look.ts';
import { entryOf, routesOf } from './check.ts';
import type { Draft } from './draft.ts';
import type { Note, NoteKind } from './ledger.ts';
import { withoutEnd } from './paths/rules.ts';

export interface Reported {
  readonly draft: Draft;
  readonly title: string;
  /** Paths of what was written; none with --dry-run. */
  readonly written: readonly string[];
  /** What the gateway itself says of the configuration; empty where it is sound. */
  readonly problems: readonly string[];
  readonly page: string;
}

const HEADINGS: Readonly<Record<Exclude<NoteKind, 'unneeded'>, string>> = {
  closed: 'Closed, or narrower than before, since a rule can’t say it',
  lost: 'Not carried over',
  changed: 'In another way than before',
  todo: 'To do',
};

export function printReport(reported: Reported, isColourful: boolean): string {
  const { draft, title, written, problems, page } = reported;
  const { strong, bad, warning, quiet } = createLook(isColourful);
  const rules = withoutEnd(draft.rules).length;
  const { sites = [] } = draft;
  const paints: Readonly<Record<string, Paint>> = { closed: warning, lost: warning };
  const sections = (['closed', 'lost', 'changed', 'todo'] as const).map((kind) => {
    const found = draft.notes.filter((note) => note.kind === kind);
    return found.length === 0
      ? ''
      : `\n${(paints[kind] ?? strong)(HEADINGS[kind])}\n${found.map(printNote).join('\n')}\n`;
  });
  const unneeded = draft.notes.filter(({ kind }) => kind === 'unneeded').map(({ about }) => about);
  return [
    `${strong(title)}: ${rules} ${rules === 1 ? 'rule' : 'rules'}${sites.length > 0 ? `, and ${sites.length} further ${sites.length === 1 ? 'site' : 'sites'}: ${sites.map(({ host }) => host).join(', ')}` : ''}${written.length > 0 ? `, written to ${written.join(' and ')}` : ', nothing written'}\n`,
    ...sections,
    unneeded.length > 0 ? `\n${strong('Not needed, or so anyway')}\n  ${unneeded.join(', ')}\n` : '',
    `\n${strong('Secrets')} (none was read from the old files)\n${draft.secrets.map(({ name, from, command }) => `  ${name}: ${from}\n    ${command}`).join('\n')}\n    Locally each is a line NAME=… of .dev.vars.\n`,
    draft.otherHosts.length > 0
      ? `\n${strong('Other sites in the files')}\n  ${draft.otherHosts.join(', ')}\n  Not among the gateway’s sites. --host HOST --only makes the gateway of one alone, in a folder of its own.\n`
      : '',
    problems.length > 0
      ? `\n${bad('The gateway will not start before this is mended')}\n${problems.map((each) => `  ${each}`).join('\n')}\n`
      : '',
    quiet(`\nnpx postern explain --all shows who may go where; ${page} has an answer for every option.`),
  ].join('');
}

const printNote = ({ about, text }: Note): string => `  ${about}\n    ${text}`;

export function reportAsJson({ draft, title, written, problems }: Reported): string {
  const { vars, rules, secrets, notes, otherHosts, sites = [] } = draft;
  const routes = routesOf(rules);
  return JSON.stringify(
    {
      ok: true,
      from: title,
      written,
      vars,
      routes,
      sites: sites.map(entryOf),
      secrets,
      notes,
      other_hosts: otherHosts,
      problems,
    },
    null,
    2,
  );
}
