// An update's plan for people.

import { basename } from 'node:path';
import type { Look } from '../support/look.ts';
import { alignColumns } from '../support/look.ts';
import type { Section } from './changelog.ts';
import type { Change, Differences, Pair } from './differences.ts';
import type { Plan } from './plan.ts';
import type { Trial } from './trial.ts';

export function printPlan(plan: Plan, look: Look): string {
  const { from, to, direction, changelog, differences, trials, proposal, deprecated, config } = plan;
  const isBack = direction === 'downgrade';
  return [
    look.strong(`Postern ${from} → ${to}${isBack ? ', a step back' : ''}`),
    ...(deprecated === undefined ? [] : [look.warning(`the registry says of it: ${deprecated}`)]),
    ...(isBack ? DOWNGRADE : []),
    ...block(look, isBack ? 'What goes away again' : 'What is new', changelog.flatMap(printSection)),
    ...block(look, 'Settings', differences ? printSettings(differences) : [UNKNOWN]),
    ...block(look, 'Platform', differences ? printPlatform(differences) : []),
    ...block(
      look,
      `Your configuration, as ${to} reads it`,
      trials.flatMap((trial) => printTrial(trial, look)),
    ),
    ...block(look, basename(config), [
      ...proposal.edits.flatMap((edit) => printEdit(edit, look)),
      ...byHand(proposal.byHand),
    ]),
    ...block(look, 'package.json', plan.packages),
  ].join('\n');
}

const UNKNOWN = 'the installed version does not say which it has: docs/configuration.md has all of the new one';

const DOWNGRADE = [
  'Sessions go on: what the newer version has written in a newer format is left alone, and whoever has it signs in once.',
  'Settings that only the newer version knows are refused. Cloudflare does not go back behind a migration that was deployed.',
];

function block(look: Look, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', look.strong(title), ...lines.map((line) => `  ${line}`.trimEnd())];
}

function printSection({ version = '', date, groups, others }: Section): readonly string[] {
  const entries = groups.flatMap(({ kind, entries: all }) => [
    ...(kind === '' ? [] : [`  ${kind}`]),
    ...all.flatMap((entry) => entry.split('\n').map((line, index) => `  ${index === 0 ? '*' : ' '} ${line}`)),
  ]);
  return [date === undefined ? version : `${version}, ${date}`, ...others.map((line) => `  ${line}`), ...entries];
}

const NAMES_OF = { variable: '', field: 'route field', 'site field': 'site field', binding: 'binding' } as const;

function printSettings({ settings }: Differences): readonly string[] {
  if (settings.length === 0) return ['the same'];
  return alignColumns(
    settings.map((change) => [
      signOf(change),
      change.name,
      [NAMES_OF[change.of], describe(change)].filter(Boolean).join(', '),
    ]),
  );
}

const signOf = ({ change }: Change): string => ({ new: '+', removed: '-' })[change as string] ?? '~';

function describe(change: Change): string {
  switch (change.change) {
    case 'new': {
      const { kind, isRequired, default: fallback } = change.setting;
      const what = ['field', 'site field', 'binding'].includes(kind) ? [] : [kind];
      return [
        'new',
        ...what,
        isRequired ? 'required' : 'optional',
        ...(fallback === undefined ? [] : [`default ${fallback}`]),
      ].join(', ');
    }
    case 'removed':
      return 'removed: the new version refuses it';
    case 'renamed':
      return `now ${change.to}; the old name is still taken, with a warning`;
    default:
      return `${change.change === 'required' ? '' : `${change.change} `}${change.from} → ${change.to}`;
  }
}

function printPlatform({ compatibilityDate, migrations, wrangler, node }: Differences): readonly string[] {
  const row = (name: string, pair: Pair | undefined) => (pair ? [[name, `${pair.from} → ${pair.to}`]] : []);
  return alignColumns([
    ...row('compatibility date', compatibilityDate),
    ...migrations.map(({ tag }) => [`migration ${tag}`, 'once it is deployed, there is no roll-back behind it']),
    ...row('Wrangler, tested with', wrangler),
    ...row('Node, tested with', node),
  ]);
}

function printTrial({ environment, findings, ok }: Trial, look: Look): readonly string[] {
  const name = environment === null ? 'wrangler.toml' : `[env.${environment}]`;
  const lines = findings.flatMap(({ status, check, found, cure = '' }) => [
    `${status === 'failed' ? look.bad('failed ') : look.warning('warning')}  ${check}: ${found}`,
    ...(cure === '' ? [] : [`         → ${cure}`]),
  ]);
  return [`${ok ? look.good('ok     ') : look.bad('refused')}  ${name}`, ...lines];
}

function printEdit({ line, removed, added }: Plan['proposal']['edits'][number], look: Look): readonly string[] {
  return [
    look.quiet(`line ${line}`),
    ...removed.map((text) => look.bad(`- ${text}`)),
    ...added.map((text) => look.good(`+ ${text}`)),
  ];
}

const byHand = (sentences: readonly string[]): readonly string[] => sentences.map((sentence) => `by hand: ${sentence}`);
