// Time without a clock: no regular expression that meets words from outside can take longer than those words are long.
// A backtracking matcher costs the square of a text, or worse, where two repetitions can share it; scslre finds such pairs.

import { readdirSync, readFileSync } from 'node:fs';
import { analyse } from 'scslre';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

/** What these read is the operator's own, and a variable of the platform has 5 KB at most; or the gateway's own script. */
const TRUSTED = /^src\/(config\/|pages\/client-script\.ts$)/;

interface Found {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

function regularExpressions(file: string): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { regex } = node as { regex?: { pattern: string; flags: string } | null };
    if (regex) found.push({ file, source: regex.pattern, flags: regex.flags });
    for (const member of Object.values(node)) visit(member);
  };
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }));
  return found;
}

function problemsOf({ source, flags }: Found): string[] {
  const { reports } = analyse({ source, flags });
  return reports.map(({ type, exponential }) => `${type}, ${exponential ? 'exponential' : 'polynomial'}`);
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.ts'));
const all = files.flatMap(regularExpressions);
const meant = all.filter(({ file }) => !TRUSTED.test(file));

describe('every regular expression takes time by the length of what it reads', () => {
  it('no regular expression is overlooked', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(problemsOf({ file: '', source: '[ \\t]+$', flags: '' })).toEqual(['Move, polynomial']);
  });

  it.each(meant)('$file: /$source/$flags', (each) => {
    expect(problemsOf(each)).toEqual([]);
  });

  it('none is put together while the gateway runs, but for the name of a field in 2 KB of text', () => {
    const made = files.filter((file) => /new RegExp\(/.test(readFileSync(file, 'utf8')));
    expect(made).toEqual(['src/login/replay-form.ts']);
  });
});
