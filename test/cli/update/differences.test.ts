import { describe, expect, it } from 'vitest';
import { compareReleases } from '../../../cli/update/differences.ts';
import type { Release, Settings } from '../../../cli/update/release.ts';
import { OLD } from './bed.ts';

const optional = (fallback?: string) => ({
  kind: 'var',
  isRequired: false,
  ...(fallback !== undefined && { default: fallback }),
});

function settings(from: Settings, to: Settings, renamed: Readonly<Record<string, string>> = {}) {
  const release = (variables: Settings): Release => ({
    ...OLD,
    variables,
    renamed: { variables: renamed, fields: {} },
  });
  return compareReleases(release(from), release(to)).settings;
}

describe('differences of settings from one release to another', () => {
  it('the same settings are no difference', () =>
    expect(compareReleases(OLD, OLD)).toEqual({ settings: [], migrations: [] }));

  it.each([
    ['new', {}, { A: optional() }, {}, [{ change: 'new', name: 'A' }]],
    ['removed', { A: optional() }, {}, {}, [{ change: 'removed', name: 'A' }]],
    ['renamed', { A: optional() }, { B: optional() }, { A: 'B' }, [{ change: 'renamed', name: 'A', to: 'B' }]],
    [
      'merged into another',
      { A: optional(), B: optional() },
      { B: optional() },
      { A: 'B' },
      [{ change: 'renamed', name: 'A', to: 'B' }],
    ],
    ['renamed releases ago', { B: optional() }, { B: optional() }, { A: 'B' }, []],
    [
      'with another default',
      { A: optional('1') },
      { A: optional('2') },
      {},
      [{ change: 'default', from: '1', to: '2' }],
    ],
    [
      'with a default at last',
      { A: optional() },
      { A: optional('2') },
      {},
      [{ change: 'default', from: 'none', to: '2' }],
    ],
    [
      'required now',
      { A: optional() },
      { A: { kind: 'var', isRequired: true } },
      {},
      [{ change: 'required', from: 'optional', to: 'required' }],
    ],
    [
      'of another kind',
      { A: optional() },
      { A: { kind: 'list', isRequired: false } },
      {},
      [{ change: 'kind', from: 'var', to: 'list' }],
    ],
    [
      'called like something every object has',
      { toString: optional() },
      {},
      {},
      [{ change: 'removed', name: 'toString' }],
    ],
  ])('%s', (_name, from, to, renamed, expected) => {
    const found = settings(from, to, renamed as Readonly<Record<string, string>>);
    expect(found).toHaveLength(expected.length);
    expect(found).toMatchObject(expected);
  });

  it('the platform: date, tools, and migrations that only the new one has', () => {
    const v2 = { tag: 'v2', new_sqlite_classes: ['X'] };
    const next: Release = {
      ...OLD,
      compatibilityDate: '2027-01-01',
      migrations: [...OLD.migrations, v2],
      tools: { ...OLD.tools, wrangler: '5.0.0' },
    };
    expect(compareReleases(OLD, next)).toEqual({
      settings: [],
      compatibilityDate: { from: '2026-07-30', to: '2027-01-01' },
      wrangler: { from: OLD.tools.wrangler, to: '5.0.0' },
      migrations: [v2],
    });
  });
});
