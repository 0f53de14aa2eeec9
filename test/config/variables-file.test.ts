// Variables that a module of the worker holds: which of them an environment has, and that nothing may stand in two places.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDeployedConfig } from '../../src/config/load.ts';
import { mergeVariables, selectVariables } from '../../src/config/variables-file.ts';
import { ENVIRONMENT } from './environment.ts';

const PUBLIC = [{ path: '/', access: 'public' }];
const ADMIN = [{ path: '/admin/*', roles: ['admin'] }];
const FILE = { vars: { ROUTES: PUBLIC, ROLE_MAP: { a: 'b' } }, env: { staging: { ROUTES: ADMIN }, other: {} } };
const load = (changes: Readonly<Record<string, unknown>>, file = FILE) =>
  loadDeployedConfig({ ...ENVIRONMENT, ...changes }, file);

describe('postern.toml as a module of the worker', () => {
  it.each([
    ['the top', {}, '/', { a: 'b' }],
    ['an environment: its own, and the top’s for the rest', { POSTERN_ENV: 'staging' }, '/admin/*', { a: 'b' }],
    ['an environment without tables of its own', { POSTERN_ENV: 'other' }, '/', { a: 'b' }],
    ['a name without a value', { POSTERN_ENV: '', ROUTES: '' }, '/', { a: 'b' }],
  ])('%s', (_what, changes, path, roleMap) => {
    const loaded = load(changes);
    expect(loaded).toMatchObject({ ok: true, config: { roleMap, routes: [{ path }] } });
  });

  it.each([
    [{ ROUTES: ADMIN }, 'ROUTES'],
    [{ ROUTES: ADMIN, POSTERN_ENV: 'staging' }, 'ROUTES'],
    [{ ROLE_MAP: '{"x":"y"}', POSTERN_ENV: 'staging' }, 'ROLE_MAP'],
  ])('%j: what stands in both places is a problem that names both', (changes, variable) => {
    const loaded = load(changes);
    expect(loaded.ok ? [] : loaded.issues).toMatchObject([
      { variable, found: expect.stringMatching(/postern\.toml.*wrangler\.toml/) },
    ]);
  });

  it.each(['production', '__proto__', 'constructor'])(
    'an environment that it was not built for (%s) is a problem',
    (name) => {
      const loaded = load({ POSTERN_ENV: name });
      expect(loaded.ok ? [] : loaded.issues).toMatchObject([{ variable: 'POSTERN_ENV' }]);
    },
  );

  it('is judged by the one schema', () => {
    const loaded = load({}, { ...FILE, vars: { ROUTES: [{ path: 'x' }], ROLE_MAP: {} } } as unknown as typeof FILE);
    expect(loaded.ok ? [] : loaded.issues).toMatchObject([{ variable: 'ROUTES, route 1, path' }]);
  });

  it('without one, the environment is taken as it is, not copied', () =>
    expect(mergeVariables(ENVIRONMENT, {}).merged).toBe(ENVIRONMENT));

  it('property: each name is the environment’s own value, or else the top’s', () => {
    const table = fc.dictionary(fc.constantFrom('A', 'B', 'C', '__proto__'), fc.constantFrom('', 'x', 'y'));
    fc.assert(
      fc.property(table, table, (vars, own) => {
        const selected = selectVariables({ vars, env: { own } }, 'own');
        for (const name of ['A', 'B', 'C']) {
          const wanted = Object.hasOwn(own, name) ? own[name] : Object.hasOwn(vars, name) ? vars[name] : undefined;
          expect(selected[name]).toBe(wanted === '' ? undefined : wanted);
        }
      }),
    );
  });
});
