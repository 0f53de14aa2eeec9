// The documents about the recipes point only to what is there.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const RECIPES = ['django', 'fastapi', 'flask', 'php', 'spring'].map((name) => `examples/${name}/README.md`);
const APPLICATIONS = globSync('docs/recipes/*.md').sort();

it.each(['docs/recipes.md', 'docs/from-the-guides.md', 'examples/README.md', ...RECIPES, ...APPLICATIONS])(
  '%s',
  (file) => {
    const text = readFileSync(file, 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => join(dirname(file), link));
    const paths = [...text.matchAll(/`((?:src|test|examples|docs|cli)\/[^`*{}\s]*)`/g)].map(([, path = '']) => path);
    expect([...links, ...paths].filter((path) => !existsSync(path))).toEqual([]);
  },
);
