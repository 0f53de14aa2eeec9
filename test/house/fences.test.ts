// The fences between the folders of the worker: the table in ARCHITECTURE.md, the lint rules and the imports say the same.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entryOf, fenceOf, forbiddenBy, mayImport, readFences } from './fences.ts';
import { readSources } from './source.ts';

interface Override {
  readonly includes: readonly string[];
  readonly linter?: {
    readonly rules: {
      readonly style?: {
        readonly noRestrictedImports?: {
          readonly options: {
            readonly paths: Readonly<Record<string, string>>;
            readonly patterns?: readonly { readonly group: readonly string[] }[];
          };
        };
      };
    };
  };
}

const LIBRARIES = ['cloudflare:workers', 'hono', 'jose', 'oauth4webapi', 'valibot'];
/** Wrangler puts the operator's module in its place. */
const VARIABLES = '#postern/variables';

const FENCES = readFences(readFileSync('ARCHITECTURE.md', 'utf8'));
const SOURCES = readSources('src');
const ENTRIES = [...new Set(SOURCES.map(({ path }) => entryOf(path)))];
const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: readonly Override[] };

describe('fences between folders', () => {
  it('every folder of src/ has one row in ARCHITECTURE.md', () => {
    expect(FENCES.flatMap(({ names }) => names).sort()).toEqual([...ENTRIES].sort());
  });

  it.each(FENCES.map((fence) => [fence.names.join(', '), fence] as const))(
    'biome.json forbids %s the rest',
    (_, fence) => {
      const rules = overrides.filter(({ includes, linter }) => {
        return linter?.rules.style?.noRestrictedImports && fence.names.some((name) => includes.includes(globOf(name)));
      });
      expect(rules.map(({ includes }) => includes)).toEqual([fence.names.map(globOf)]);
      const { paths = {}, patterns = [] } = rules[0]?.linter?.rules.style?.noRestrictedImports?.options ?? {};
      const expected = forbiddenBy(fence, ENTRIES, LIBRARIES);
      expect(Object.keys(paths).sort()).toEqual([...expected.libraries].sort());
      expect(patterns.flatMap(({ group }) => group).sort()).toEqual([...expected.patterns].sort());
    },
  );

  it('no file imports what its row does not name, and by value nothing but what it uses', () => {
    const strays = SOURCES.flatMap(({ path, imports }) => {
      const fence = fenceOf(FENCES, path);
      const ours = imports.filter(({ from }) => from.startsWith('src/'));
      const strange = fence ? ours.filter(({ from, isType }) => !mayImport(fence, from, isType)) : ours;
      return strange.map(({ from, isType }) => `${path} → ${from}${isType ? ' (types)' : ''}`);
    });
    expect(strays).toEqual([]);
  });

  it('no file imports a library that its row does not name', () => {
    const strays = SOURCES.flatMap(({ path, imports }) => {
      const known = fenceOf(FENCES, path)?.libraries ?? [];
      const libraries = imports
        .map(({ from }) => from)
        .filter((from) => !from.startsWith('src/') && from !== VARIABLES);
      return libraries.filter((name) => !known.includes(packageOf(name))).map((name) => `${path} → ${name}`);
    });
    expect(strays).toEqual([]);
  });

  it('a row names nothing that nobody there imports', () => {
    const idle = FENCES.flatMap((fence) => {
      const imports = SOURCES.filter(({ path }) => fence.names.includes(entryOf(path))).flatMap((file) => file.imports);
      const isIdle = (name: string, isType: boolean) => {
        const alone = { ...fence, names: [], uses: isType ? [] : [name], typesOf: isType ? [name] : [] };
        return !imports.some((one) => one.isType === isType && mayImport(alone, one.from, isType));
      };
      const uses = fence.uses === 'everything' ? [] : fence.uses.filter((name) => isIdle(name, false));
      const types = fence.typesOf.filter((name) => isIdle(name, true));
      const libraries = fence.libraries.filter((name) => !imports.some(({ from }) => packageOf(from) === name));
      return [...uses, ...types, ...libraries].map((name) => `${fence.names[0]}: ${name}`);
    });
    expect(idle).toEqual([]);
  });

  it('no file imports itself by a detour', () => {
    const needs = new Map(
      SOURCES.map(({ path, imports }) => [path, imports.filter(({ isType }) => !isType).map(({ from }) => from)]),
    );
    expect([...needs.keys()].filter((path) => reaches(needs, path, path))).toEqual([]);
  });

  it('a part of a folder can be open where the rest is closed', () => {
    const fence = { names: ['config/'], uses: ['oidc/zitadel/'], typesOf: ['errors.ts'], libraries: ['valibot'] };
    expect(mayImport(fence, 'src/oidc/zitadel/scopes.ts', false)).toBe(true);
    expect(mayImport(fence, 'src/oidc/jws.ts', true)).toBe(false);
    expect(mayImport(fence, 'src/errors.ts', false)).toBe(false);
    expect(forbiddenBy(fence, ['config/', 'oidc/', 'errors.ts', 'app.ts'], ['jose', 'valibot'])).toEqual({
      libraries: ['jose'],
      patterns: ['**/oidc/**', '**/app.ts', '!**/oidc/zitadel/**'],
    });
  });
});

const globOf = (name: string): string => `src/${name}${name.endsWith('/') ? '**' : ''}`;

const packageOf = (name: string): string => (name.includes(':') ? name : (name.split('/')[0] ?? name));

function reaches(needs: ReadonlyMap<string, readonly string[]>, start: string, goal: string): boolean {
  const seen = new Set<string>();
  const open = [...(needs.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === goal) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return false;
}
