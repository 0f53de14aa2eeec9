// ROUTES: the list of rules, and the fields that limit a rule to requests.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf, issuesOf, routeIssue, routeOf } from './environment.ts';

const BARE = {
  path: '/a/*',
  access: 'authenticated',
  unauthenticated: 'auto',
  keep_post: 'same-origin',
  mode: 'enforce',
  paths: 'utf-8',
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
      methods: ['GET', 'POST'],
      hosts: ['admin.example.com', 'localhost:8787'],
      access: 'authenticated',
      roles: ['staff'],
      orgs: ['249703000000000001'],
      claims: { 'metadata.department': ['sales'] },
      credentials: ['session', 'bearer'],
      amr: ['mfa'],
      max_age: 900,
      claims_max_age: 30,
      unauthenticated: 'redirect',
      keep_post: 'cross-site',
      paths: 'bytes',
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

  it.each([
    { access: 'public' },
    { access: 'deny' },
    { unauthenticated: '401' },
    { credentials: ['bearer'] },
    { methods: ['GET', 'PUT'] },
  ])('refuses keep_post with %j: no form leads to a sign-in there', (field) => {
    const issue = routeIssue({ path: '/a', ...field, keep_post: 'cross-site' }, { ZITADEL_PROJECT_ID: '1' });
    expect(issue).toMatchObject({ variable: 'ROUTES, route 1, keep_post', wanted: expect.stringContaining('no form') });
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
