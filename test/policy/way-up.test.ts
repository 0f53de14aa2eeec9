// What goes up is judged as it goes up: below the prefix in every reading, and all readings one way.
// ARCHITECTURE §1 `strip_prefix`, §7 Paths.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { caller, judge, route, rulesOf } from './build.ts';
import { SERVERS } from './servers.ts';

/** As the worker sees it: the runtime has already parsed the request's URL. */
const pathOf = (target: string) => new URL(target, 'https://app.example.com').pathname;

const KINDS: readonly (readonly [string, Partial<Route>, Partial<Route>])[] = [
  ['true', { strip_prefix: true }, { strip_prefix: true }],
  ['a text', { strip_prefix: '/files' }, { strip_prefix: '/files' }],
];

const CLIMBING = [
  '..%2fadmin/payroll.txt',
  '..%2Fadmin/payroll.txt',
  '..;/admin/payroll.txt',
  '..;v=1/admin/payroll.txt',
  '..%3b/admin/payroll.txt',
  '..%253b/admin/payroll.txt',
  '..%5cadmin/payroll.txt',
  '..%5Cadmin%5Cpayroll.txt',
  '..%255cadmin/payroll.txt',
  '..%20/admin/payroll.txt',
  '..%2520/admin/payroll.txt',
  '..%C2%A0/admin/payroll.txt',
  '%252e%252e/admin/payroll.txt',
  '%252e%252e%252fadmin/payroll.txt',
  '.%252e/admin/payroll.txt',
  '%25252e%25252e/admin/payroll.txt',
  '%252e%252e;/admin/payroll.txt',
  '%2e%2e%2fadmin/payroll.txt',
  '.%2e%2fadmin/payroll.txt',
  '..%25u002fadmin/payroll.txt',
  'x/..%2f..%2fadmin/payroll.txt',
  'x//..%2f..%2fadmin/payroll.txt',
  'x%2f%2e%2e%2f%2e%2e%2fadmin/payroll.txt',
  './/..%2fadmin/payroll.txt',
  '..%3fx/admin/payroll.txt',
  '..%23x/admin/payroll.txt',
  '..%2f',
  '..;',
  '..%3f',
  'x/%2e%2e%5c..%5cadmin',
];

describe.each(KINDS)('strip_prefix = %s: below the prefix in every reading', (_kind, inner, outer) => {
  const rules = rulesOf(
    route('/files/admin/*', { roles: ['admin'], ...inner }),
    route('/files/*', { access: 'public', ...outer }),
    route('/*', { access: 'public' }),
  );

  it.each(CLIMBING)('/files/%s is nonsense, whoever asks', (rest) => {
    for (const who of [undefined, caller(['admin'])]) {
      expect(judge(rules, pathOf(`/files/${rest}`), who)).toMatchObject({ kind: 'nonsense' });
    }
  });

  it.each(['admin/payroll.txt', '%61dmin/payroll.txt', 'x/../admin/payroll.txt', './/admin/x'])(
    '/files/%s needs the role, or makes no sense',
    (rest) => {
      expect(['sign-in', 'nonsense']).toContain(judge(rules, pathOf(`/files/${rest}`)).kind);
    },
  );

  it.each([
    '',
    'a',
    'a%20b.pdf',
    'k%C3%A4se',
    '100%25',
    'what%3F',
    'c%23',
    'x//y',
    'a;v=1',
    'wait...',
    '..a/b',
    'a/./b',
    'x%2fy',
    'x/..%2fy',
  ])('/files/%s passes', (rest) => {
    expect(judge(rules, pathOf(`/files/${rest}`))).toMatchObject({ kind: 'allow', public: true });
  });

  it('the bare folder passes, also when the prefix is written in another way', () => {
    expect(judge(rules, '/files').kind).toBe('allow');
    expect(judge(rules, '/f%69les/a').kind).toBe('allow');
  });

  it('the table is worth something: to some server each of them is outside', () => {
    const opened = CLIMBING.flatMap((rest) =>
      Object.values(SERVERS).map((server) => server(pathOf(`/files/${rest}`).slice('/files'.length))),
    );
    expect(opened.filter((path) => path === '/admin/payroll.txt').length).toBeGreaterThan(40);
  });
});

const REPORTS = { origin: 'https://reports.internal', basePath: '' };
const WAYS: readonly (readonly [string, Partial<Route>])[] = [
  ['another upstream', { upstream: REPORTS }],
  ['another base path', { upstream: { ...REPORTS, basePath: '/v2' } }],
  ['a service', { upstream: { origin: 'http://reports', basePath: '', binding: 'REPORTS' } }],
  ['another prefix', { strip_prefix: true }],
  ['an access token', { forward_access_token: true }],
  ['an ID token', { forward_id_token: true }],
  ['a secret', { upstream: REPORTS, upstream_secret: 'REPORTS_SECRET' }],
];

const TWO_READINGS = [
  '/reports%2fx',
  '/x/..%2freports/x',
  '/reports%3fx',
  '/reports%23x',
  '/reports%253f%2f..%2f..%2fy',
  '/reports;v=1/x',
  '//reports/x',
  '/Reports/x',
  '/reports%5cx',
  '/reports%20/x',
  '/%2572eports/x',
];

describe.each(WAYS)('readings that lead to %s are refused', (_way, fields) => {
  const rules = rulesOf(route('/reports/*', { access: 'public', ...fields }), route('/*', { access: 'public' }));

  it.each(TWO_READINGS)('%s', (target) => {
    const path = target.startsWith('//') ? target : pathOf(target);
    expect(judge(rules, path)).toMatchObject({ kind: 'nonsense' });
  });

  it('what all readings lead to passes', () => {
    for (const path of ['/reports/x', '/reports/a%20b', '/elsewhere', '/else%2fwhere', '/reports']) {
      expect(judge(rules, path).kind).toBe('allow');
    }
  });
});

describe('readings may meet different rules of one way', () => {
  it('then the strictest stands', () => {
    const rules = rulesOf(
      route('/reports/secret/*', { roles: ['admin'], upstream: REPORTS, strip_prefix: '/reports' }),
      route('/reports/*', { access: 'public', upstream: { ...REPORTS }, strip_prefix: '/reports', timeout: 5 }),
    );
    expect(judge(rules, '/reports/x%2f..%2fsecret/y')).toMatchObject({ kind: 'sign-in', rule: 1 });
    expect(judge(rules, '/reports/x%2f..%2fsecret/y', caller(['admin']))).toMatchObject({ kind: 'allow' });
  });

  it('from under one prefix of a pattern into another of the same rule nothing climbs', () => {
    const rules = rulesOf(route('/tenants/*/files/*', { access: 'public', strip_prefix: true }));
    expect(judge(rules, '/tenants/a/files/x%20y')).toMatchObject({ kind: 'allow' });
    for (const path of ['/tenants/a/files/..%2f..%2fb/files/x', '/tenants/a/files/x/..;/..;/..;/b/files/x']) {
      expect(judge(rules, path)).toMatchObject({
        kind: 'nonsense',
        reason: 'without its prefix: climbs out of the root',
      });
    }
  });

  it('what is denied goes nowhere: it is refused as before', () => {
    const rules = rulesOf(
      route('/api/internal/*', { access: 'deny' }),
      route('/api/*', { access: 'public', upstream: REPORTS, strip_prefix: true }),
    );
    expect(judge(rules, '/api/x/..%2finternal/y')).toMatchObject({ kind: 'refuse', reason: 'deny' });
  });

  it('a prefix that only another reading has is not guessed at', () => {
    const rules = rulesOf(route('/*', { access: 'public', strip_prefix: '/a' } as Partial<Route>));
    expect(judge(rules, '/a;v=1/x')).toMatchObject({ kind: 'nonsense' });
  });
});

describe('a decoded ? or # is one more reading: the path cut there', () => {
  const rules = rulesOf(
    route('/admin', { roles: ['admin'] }),
    route('/admin/*', { roles: ['admin'] }),
    route('/*', { access: 'public' }),
  );

  it.each([
    '/admin%3f',
    '/admin%3Fx',
    '/admin%23x',
    '/admin%253fx',
    '/%2561dmin%2523x',
    '/admin%3f%2f..%2fx',
    '/x/..%2fadmin%3fy',
    '/admin%20%3fy',
    '/ADMIN%23',
  ])('%s may be /admin', (path) => {
    expect(judge(rules, path)).toMatchObject({ kind: 'sign-in' });
  });
});
