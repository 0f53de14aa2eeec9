import { describe, expect, it } from 'vitest';
import { findContested, findMissing, findUnverifiable, type Lock, loadLock } from './lock.ts';

const lock = loadLock(new URL('../../package-lock.json', import.meta.url));

describe('package-lock.json', () => {
  it('has an entry for each optional dependency of each package, whatever its platform', () => {
    expect(findMissing(lock)).toEqual([]);
  });

  it('has a hash for each entry', () => {
    expect(findUnverifiable(lock)).toEqual([]);
  });

  it('holds nothing that npm 10 and npm 11 write differently', () => {
    expect(findContested(lock)).toEqual([]);
  });

  it.each(['@cloudflare/workerd-', '@esbuild/', '@biomejs/cli-'])(
    'knows %s* for Linux, macOS and Windows',
    (family) => {
      const names = Object.keys(lock).flatMap((place) => place.split('node_modules/').at(-1) ?? []);
      const platforms = names.filter((name) => name.startsWith(family)).join(' ');
      expect(platforms).toMatch(/linux/);
      expect(platforms).toMatch(/darwin/);
      expect(platforms).toMatch(/win(dows|32)/);
    },
  );
});

describe('a lock that lacks a platform', () => {
  const complete: Lock = {
    '': {},
    'node_modules/tool': { optionalDependencies: { 'tool-mac': '1' } },
    'node_modules/tool-mac': {},
    'node_modules/other/node_modules/tool': { optionalDependencies: { 'tool-mac': '2' } },
    'node_modules/other/node_modules/tool/node_modules/tool-mac': {},
  };

  it('is not taken for a complete one', () => {
    expect(findMissing(complete)).toEqual([]);
    const { 'node_modules/tool-mac': _, ...rest } = complete;
    expect(findMissing(rest)).toEqual(['tool-mac of node_modules/tool']);
  });

  it('is found also where a package has its own copy of a tool', () => {
    expect(findMissing({ ...complete, 'node_modules/a/node_modules/b': { optionalDependencies: { c: '1' } } })).toEqual(
      ['c of node_modules/a/node_modules/b'],
    );
  });
});
