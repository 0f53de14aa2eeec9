// ROUTES: each field of an access rule, and what must hold between them.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { configOf, Fetcher, issueOf, issuesOf, routeIssue } from './environment.ts';

const routeOf = (route: unknown, changes: Readonly<Record<string, unknown>> = {}): Route | undefined =>
  configOf({ ...changes, ROUTES: [route] }).routes[0];

const BARE = {
  path: '/a/*',
  access: 'authenticated',
  unauthenticated: 'auto',
  mode: 'enforce',
  forward_access_token: false,
  forward_id_token: false,
};

describe('ROUTES', () => {
  it('gives a rule its defaults', () => {
    expect(routeOf({ path: '/a/*' })).toEqual(BARE);
  });

  it('takes JSON, and an empty list as none', () => {
    expect(configOf({ ROUTES: '[{"path":"/a/*"}]' }).routes).toEqual([BARE]);
    expect(configOf({ ROUTES: [] }).routes).toEqual([]);
  });

  it('takes every field', () => {
    const full = {
      path: '/a/b/*',
      methods: ['GET', 'PROPFIND'],
      hosts: ['admin.example.com', 'localhost:8787'],
      access: 'authenticated',
      roles: ['staff'],
      orgs: ['249703000000000001'],
      claims: { 'metadata.department': ['sales'] },
      credentials: ['session', 'bearer'],
      amr: ['mfa'],
      max_age: 900,
      claims_max_age: 30,
      unauthenticated: '401',
      cors: ['https://other.example.com'],
      mode: 'report',
      upstream: 'https://reports.internal/base',
      strip_prefix: '/a',
      timeout: 30,
      forward_access_token: true,
      forward_id_token: true,
    };
    const upstream = { origin: 'https://reports.internal', basePath: '/base' };
    expect(routeOf(full, { ZITADEL_PROJECT_ID: '1' })).toEqual({ ...full, upstream });
  });

  it.each(['x', '{}', { path: '/' }, 1, null])('refuses %j for the list', (ROUTES) => {
    expect(issueOf({ ROUTES })).toMatchObject({
      variable: 'ROUTES',
      wanted: expect.stringContaining('a list of rules'),
    });
  });

  it.each([1, 'x', null])('refuses %j for a rule', (route) => {
    expect(routeIssue(route)).toMatchObject({ variable: 'ROUTES, route 1' });
  });

  it('refuses a rule without a path', () => {
    expect(routeIssue({ roles: ['a'] })).toMatchObject({ variable: 'ROUTES, route 1, path', found: 'nothing' });
  });

  it('names the number of the rule, counted from 1, the field and what was found', () => {
    const issue = issueOf({ ROUTES: [{ path: '/a' }, { path: '/b', access: 'pubic' }] });
    expect(issue).toMatchObject({
      variable: 'ROUTES, route 2, access',
      found: '"pubic"',
      example: 'access = "public"',
    });
    expect(issue.wanted).toContain('did you mean "public"?');
  });

  it.each([
    ['rols', 'roles'],
    ['role', 'roles'],
    ['method', 'methods'],
    ['stripPrefix', 'strip_prefix'],
    ['acces', 'access'],
    ['host', 'hosts'],
  ])('refuses the unknown field %s and suggests %s', (field, suggestion) => {
    const issue = routeIssue({ path: '/a', [field]: ['x'] });
    expect(issue.variable).toBe(`ROUTES, route 1, ${field}`);
    expect(issue.wanted).toContain(`did you mean "${suggestion}"?`);
  });

  it('reports every problem of every rule', () => {
    const ROUTES = [
      { path: 'a', roles: [], foo: 1 },
      { methods: ['get'], access: 'x' },
    ];
    expect(issuesOf({ ROUTES })).toHaveLength(6);
  });
});

describe('lists of a rule', () => {
  it.each(['methods', 'hosts', 'roles', 'orgs', 'credentials', 'amr', 'cors'])('%s may not be empty', (field) => {
    expect(routeIssue({ path: '/a', [field]: [] })).toMatchObject({
      variable: `ROUTES, route 1, ${field}`,
      wanted: expect.stringContaining('empty'),
    });
  });

  it.each(['methods', 'hosts', 'roles', 'orgs', 'credentials', 'amr', 'cors'])('%s is no single text', (field) => {
    expect(routeIssue({ path: '/a', [field]: 'x' }).variable).toBe(`ROUTES, route 1, ${field}`);
  });

  it('may be JSON, and duplicates are tolerated', () => {
    expect(routeOf({ path: '/a', roles: '["a","b","a"]' })?.roles).toEqual(['a', 'b']);
  });

  it('say which entry is wrong', () => {
    expect(routeIssue({ path: '/a', roles: ['a', ''] }).variable).toBe('ROUTES, route 1, roles, value 2');
    expect(routeIssue({ path: '/a', roles: ['a', 1] }).variable).toBe('ROUTES, route 1, roles, value 2');
  });
});

describe('methods', () => {
  it('are capitals, and shown so', () => {
    expect(routeIssue({ path: '/a', methods: ['get'] }).wanted).toContain('"GET"');
  });

  it.each(['TRACE', 'CONNECT', 'trace', 'G ET', ''])('refuse %j', (method) => {
    expect(routeIssue({ path: '/a', methods: [method] }).variable).toBe('ROUTES, route 1, methods');
  });
});

describe('hosts', () => {
  it('are lower-cased', () => {
    expect(routeOf({ path: '/a', hosts: ['Admin.Example.COM:8443', '[::1]:8787'] })?.hosts).toEqual([
      'admin.example.com:8443',
      '[::1]:8787',
    ]);
  });

  it.each([
    ['https://admin.example.com', '"admin.example.com"'],
    ['admin.example.com/x', '"admin.example.com"'],
    ['käse.example', '"xn--kse-qla.example"'],
    ['*.example.com', 'a host name'],
    ['a b', 'a host name'],
  ])('refuse %s', (host, wanted) => {
    expect(routeIssue({ path: '/a', hosts: [host] }).wanted).toContain(wanted);
  });
});

describe('access', () => {
  it.each(['public', 'deny'])('%s refuses what is only for people who are signed in', (access) => {
    const fields = {
      roles: ['a'],
      orgs: ['1'],
      claims: { a: ['b'] },
      amr: ['mfa'],
      max_age: 1,
      credentials: ['session'],
    };
    for (const [field, value] of Object.entries(fields)) {
      const issue = routeIssue({ path: '/a', access, [field]: value });
      expect(issue).toMatchObject({ variable: `ROUTES, route 1, ${field}`, wanted: expect.stringContaining(access) });
    }
    expect(routeOf({ path: '/a', access })?.access).toBe(access);
  });
});

describe('claims', () => {
  it('are compared as text, under any name', () => {
    const claims = routeOf({ path: '/a', claims: JSON.parse('{"a":[1,true,"x"],"__proto__":["y"]}') })?.claims;
    expect(claims?.constructor).toBeUndefined();
    expect(Object.entries(claims ?? {})).toEqual([
      ['a', ['1', 'true', 'x']],
      ['__proto__', ['y']],
    ]);
  });

  it.each([{ a: 'x' }, { a: [] }, { a: [null] }, { a: [['x']] }])('refuse %j', (claims) => {
    expect(routeIssue({ path: '/a', claims }).variable).toBe('ROUTES, route 1, claims, a');
  });
});

describe('credentials', () => {
  it('refuse bearer where bearer tokens are not configured', () => {
    expect(routeIssue({ path: '/a', credentials: ['bearer'] })).toMatchObject({
      variable: 'ROUTES, route 1, credentials',
      wanted: expect.stringContaining('ZITADEL_PROJECT_ID'),
    });
  });

  it.each([
    { ZITADEL_PROJECT_ID: '1' },
    { ZITADEL_AUDIENCE: ['a'] },
    { ZITADEL_API_CLIENT_ID: '1', ZITADEL_API_CLIENT_SECRET: 'x' },
  ])('take bearer with %j', (changes) => {
    expect(routeOf({ path: '/a', credentials: ['bearer'] }, changes)?.credentials).toEqual(['bearer']);
  });

  it('refuse others', () => {
    expect(routeIssue({ path: '/a', credentials: ['cookie'] }).wanted).toContain('"session", "bearer"');
  });
});

describe('cors', () => {
  it.each([
    ['https://other.example.com/', '"https://other.example.com"'],
    ['https://Other.example.com', '"https://other.example.com"'],
    ['https://other.example.com:443', '"https://other.example.com"'],
    ['*', 'no *'],
    ['https://*.example.com', 'no *'],
    ['null', 'an origin'],
    ['other.example.com', 'an origin'],
  ])('refuses %s', (origin, wanted) => {
    expect(routeIssue({ path: '/a', cors: [origin] }).wanted).toContain(wanted);
  });
});

describe('upstream', () => {
  it('takes a service binding that exists', () => {
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    expect(routeOf({ path: '/a', upstream: 'service:REPORTS' }, { REPORTS: new Fetcher() })?.upstream).toEqual(
      upstream,
    );
  });

  it('refuses a service binding that is missing', () => {
    expect(routeIssue({ path: '/a', upstream: 'service:REPORTS' })).toMatchObject({
      variable: 'ROUTES, route 1, upstream',
      found: '"service:REPORTS"',
      wanted: expect.stringContaining('REPORTS'),
    });
  });

  it('refuses the gateway’s own origin', () => {
    expect(routeIssue({ path: '/a', upstream: 'https://app.example.com/x' }).wanted).toContain('call itself');
  });

  it.each(['reports', 'service:', 'service:a-b', 'https://a/?b', ''])('refuses %j', (upstream) => {
    expect(routeIssue({ path: '/a', upstream }).variable).toBe('ROUTES, route 1, upstream');
  });
});

describe('strip_prefix', () => {
  it.each([
    ['/a/*', true, true],
    ['/a/*', 'true', true],
    ['/a/b/*', '/a', '/a'],
    ['/a/b/*', '/a/b/', '/a/b'],
    ['/a/b', '/a', '/a'],
  ])('of %s takes %j', (path, strip_prefix, expected) => {
    expect(routeOf({ path, strip_prefix })?.strip_prefix).toBe(expected);
  });

  it.each([
    ['/a', true],
    ['/a', 'true'],
    ['/ab/*', '/a'],
    ['/a/*', '/b'],
    ['/a/*', 'a'],
    ['/a/*', '/'],
    ['/a*/*', '/a*'],
    ['/a/*', false],
    ['/a/*', 1],
  ])('of %s refuses %j', (path, strip_prefix) => {
    expect(routeIssue({ path, strip_prefix }).variable).toBe('ROUTES, route 1, strip_prefix');
  });
});

describe('the other fields', () => {
  it.each(['max_age', 'claims_max_age', 'timeout'])('%s is seconds', (field) => {
    expect(routeOf({ path: '/a', [field]: '5' })).toMatchObject({ [field]: 5 });
    for (const value of [0, -1, 1.5, 'x']) {
      expect(routeIssue({ path: '/a', [field]: value }).variable).toBe(`ROUTES, route 1, ${field}`);
    }
  });

  it.each(['unauthenticated', 'mode', 'access'])('%s is one of its names', (field) => {
    expect(routeIssue({ path: '/a', [field]: 'nonsense' }).wanted).toContain('one of');
  });

  it.each(['forward_access_token', 'forward_id_token'])('%s is true or false', (field) => {
    expect(routeIssue({ path: '/a', [field]: 'yes' }).wanted).toBe('true or false');
  });
});

describe('credentials', () => {
  it.each([[['bearer']], [['session', 'bearer']], [['bearer', 'session']]])(
    '%j asks for bearer tokens, which nothing says how to judge',
    (credentials) => {
      const issue = routeIssue({ path: '/a', credentials });
      expect(issue).toMatchObject({
        variable: 'ROUTES, route 1, credentials',
        wanted: expect.stringContaining('ZITADEL_PROJECT_ID'),
      });
      expect(routeOf({ path: '/a', credentials }, { ZITADEL_PROJECT_ID: '7' })?.credentials).toEqual(credentials);
    },
  );

  it('["session"] needs nothing else', () => {
    expect(routeOf({ path: '/a', credentials: ['session'] })?.credentials).toEqual(['session']);
  });
});
