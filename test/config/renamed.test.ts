// Settings under the name of an earlier release: taken, and the new name said. With a table of the test's own, since none is renamed today.

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { RENAMED } from '../../src/config/renamed.ts';
import { ROUTE_FIELDS } from '../../src/config/routes.ts';
import { SITE_FIELDS } from '../../src/config/site-fields.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { ENVIRONMENT, STRONG_SECRET } from './environment.ts';

const TABLE = {
  variables: { RULES: 'ROUTES', IDLE_TIME: 'SESSION_DURATION', COOKIE_SECRET: 'SESSION_SECRET' },
  fields: { groups: 'roles', target: 'upstream' },
  siteFields: { address: 'host', rules: 'routes' },
};
const { SESSION_SECRET: _, ...WITHOUT_SECRET } = ENVIRONMENT;
const load = (changes: Readonly<Record<string, unknown>>) => loadConfig({ ...ENVIRONMENT, ...changes }, TABLE);
const ADMIN = { path: '/admin/*', groups: ['admin'] };

describe('a setting under its old name', () => {
  it.each([
    ['a variable', { IDLE_TIME: 60 }, { sessionDuration: 60 }, ['SESSION_DURATION is still called IDLE_TIME here']],
    [
      'a field of a route',
      { ROUTES: [ADMIN] },
      { routes: [expect.objectContaining({ roles: ['admin'] })] },
      ['ROUTES, route 1, roles is still called groups here'],
    ],
    [
      'a field of a route in JSON',
      { ROUTES: JSON.stringify([{ path: '/' }, ADMIN]) },
      { routes: [{}, expect.objectContaining({ roles: ['admin'] })] },
      ['ROUTES, route 2, roles is still called groups here'],
    ],
    [
      'both, one in the other',
      { RULES: [ADMIN] },
      { routes: [expect.objectContaining({ roles: ['admin'] })] },
      ['ROUTES is still called RULES here', 'ROUTES, route 1, roles is still called groups here'],
    ],
    [
      'a field of a site, and of a route in it',
      { SITES: JSON.stringify([{ host: 'a.example' }, { address: 'b.example', rules: [{ path: '/' }, ADMIN] }]) },
      {},
      [
        'SITES, site 2, host is still called address here',
        'SITES, site 2, routes is still called rules here',
        'SITES, site 2, routes, route 2, roles is still called groups here',
      ],
    ],
    ['an old name without a value', { IDLE_TIME: '', SESSION_DURATION: 60 }, { sessionDuration: 60 }, []],
    [
      'a new name without a value',
      { IDLE_TIME: 60, SESSION_DURATION: '' },
      { sessionDuration: 60 },
      ['SESSION_DURATION is still called IDLE_TIME here'],
    ],
    ['the new names', { SESSION_DURATION: 60 }, { sessionDuration: 60 }, []],
  ])('%s counts, with a warning that names the new one', (_what, changes, config, warnings) => {
    const loaded = load(changes);
    expect(loaded).toMatchObject({ ok: true, config });
    expect(loaded.ok && loaded.warnings.filter((each) => each.includes('still called'))).toEqual(
      warnings.map((each) => expect.stringContaining(each)),
    );
  });

  it('a secret counts, and nothing of it is said', () => {
    const loaded = loadConfig({ ...WITHOUT_SECRET, COOKIE_SECRET: STRONG_SECRET }, TABLE);
    expect(loaded).toMatchObject({ ok: true, config: { sessionSecrets: [STRONG_SECRET] } });
    expect(loaded.ok && JSON.stringify(loaded.warnings)).not.toContain(STRONG_SECRET);
  });

  it.each([
    [{ IDLE_TIME: 60, SESSION_DURATION: 60 }, 'SESSION_DURATION', 'both IDLE_TIME and SESSION_DURATION'],
    [{ ROUTES: [{ path: '/x', groups: ['a'], roles: ['a'] }] }, 'ROUTES, route 1, roles', 'both groups and roles'],
    [{ SITES: [{ address: 'a.example', host: 'b.example' }] }, 'SITES, site 1, host', 'both address and host'],
    [{ COOKIE_SECRET: STRONG_SECRET }, 'SESSION_SECRET', 'both COOKIE_SECRET and SESSION_SECRET'],
  ])('%j: old and new together are a problem', (changes, variable, found) => {
    const loaded = load(changes);
    expect(loaded.ok ? [] : loaded.issues).toMatchObject([{ variable, found }]);
    expect(JSON.stringify(loaded)).not.toContain(STRONG_SECRET);
  });

  it.each([
    [{ IDLE_TIME: 'soon' }, 'SESSION_DURATION (here IDLE_TIME)'],
    [{ ROUTES: [{ path: '/x', groups: [] }] }, 'ROUTES, route 1, roles (here groups)'],
    [{ RULES: [{ path: 'x' }] }, 'ROUTES, route 1, path (here RULES)'],
    [
      { SITES: [{ host: 'a.example', routes: [{ path: '/x', groups: [] }] }] },
      'SITES, site 1, routes, route 1, roles (here groups)',
    ],
  ])('%j: a problem says the name that was written, too', (changes, variable) => {
    const loaded = load(changes);
    expect(loaded.ok ? [] : loaded.issues.map((issue) => issue.variable)).toEqual([variable]);
  });

  it.each([
    { ROUTES: 'no list' },
    { ROUTES: [null, 3, 'x'] },
    { ROUTES: { groups: 1 } },
    { SITES: 'no list' },
    { SITES: [null, { host: 'a.example', routes: 7 }] },
  ])('%j, where fields can’t be looked for, is judged as ever', (changes) => expect(load(changes).ok).toBe(false));

  it('each new name of the release is one that the schema knows, and no old one is', () => {
    for (const [old, name] of Object.entries(RENAMED.variables)) {
      expect(VARIABLES).toHaveProperty(name);
      expect(VARIABLES).not.toHaveProperty(old);
    }
    for (const [old, name] of Object.entries(RENAMED.fields)) {
      expect(ROUTE_FIELDS).toHaveProperty(name);
      expect(ROUTE_FIELDS).not.toHaveProperty(old);
    }
    for (const [old, name] of Object.entries(RENAMED.siteFields ?? {})) {
      expect(SITE_FIELDS).toHaveProperty(name);
      expect(SITE_FIELDS).not.toHaveProperty(old);
    }
  });
});
