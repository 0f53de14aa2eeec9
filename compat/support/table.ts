// The table in docs/recipes.md: which application, in which version, did what. What did not run keeps its row.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Application } from './application.ts';
import { COMMON } from './common.ts';

const DOCUMENT = 'docs/recipes.md';
const BEGIN = '<!-- written by `npm run compat -- --write` -->';
const END = '<!-- end -->';
const HEAD = '| application | version | what was done, besides | what it needed |\n| --- | --- | --- | --- |';

export function writeTable(rows: ReadonlyMap<string, string>): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const [old = '', after = ''] = rest.split(END);
  const kept = [...old.matchAll(/^\| \[.*?\]\(recipes\/(.*?)\.md\).*$/gm)].map(
    ([row, name = '']) => [name, row] as const,
  );
  const all = [...new Map([...kept, ...rows])].sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(
    DOCUMENT,
    `${before}${BEGIN}\n\n${describeCommon()}\n\n${HEAD}\n${all.map(([, row]) => row).join('\n')}\n\n${END}${after}`,
  );
}

export function describeRow(name: string, { title, scenarios, needed }: Application, version: string): string {
  const done = scenarios.map(({ says }) => says).join('; ');
  return `| [${title}](recipes/${name}.md) | ${version} | ${done} | ${needed} |`;
}

const describeCommon = () => `With each of them: ${COMMON.map(({ says }) => says).join('; ')}.`;
