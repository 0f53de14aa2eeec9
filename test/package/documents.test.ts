// CONTRIBUTING.md and docs/upgrading.md against what is here: paths, scripts, and Wrangler's own commands with their flags.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const CONTRIBUTING = read('CONTRIBUTING.md');
const UPGRADING = read('docs/upgrading.md');
const { scripts } = JSON.parse(read('package.json'));

describe('CONTRIBUTING.md', () => {
  const named = [...CONTRIBUTING.matchAll(/`((?:src|cli|build|demo|test|docs|examples|\.ci)\/[\w./-]*)`/g)];
  const paths = named.map(([, path = '']) => path).filter((path) => !/NAME|release-\d/.test(path));

  it.each([...new Set(paths)])('%s is there', (path) => expect(existsSync(join(ROOT, path))).toBe(true));

  it.each([...new Set([...CONTRIBUTING.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name))])(
    'npm run %s is a script',
    (name) => expect(Object.keys(scripts)).toContain(name),
  );
});

describe('docs/upgrading.md', () => {
  const WORDS = /npx wrangler ((?:versions |deployments |triggers )?[a-z]+)([^\n`#]*)/g;
  const flags = new Map<string, Set<string>>();
  for (const [, command = '', rest = ''] of UPGRADING.matchAll(WORDS)) {
    const known = flags.get(command) ?? new Set();
    for (const [flag] of rest.matchAll(/--[a-z-]+/g)) known.add(flag);
    flags.set(command, known);
  }

  // Wrangler takes its time: those without a flag are left out
  const told = [...flags].filter(([, named]) => named.size > 0);

  it.each(told)('wrangler %s is a command, and has the flags that are named', (command, named) => {
    const options = { encoding: 'utf8', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } } as const;
    const help = execFileSync('wrangler', [...command.split(' '), '--help'], options);
    expect(help).toContain(`wrangler ${command}`);
    for (const flag of named) expect(help).toContain(flag);
  });
});
