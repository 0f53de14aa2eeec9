// Ways past a guard that others have left open, each against `/admin/*` in front of a public site.
// ARCHITECTURE §1 One request, every reading; the path flaws of oauth2-proxy, Oathkeeper, Traefik and Hono's own matcher.

import { describe, expect, it } from 'vitest';
import { caller, judge, route, rulesOf } from './build.ts';

const rules = rulesOf(route('/admin/*', { roles: ['admin'] }), route('/*', { access: 'public' }));

/** As the worker sees it: the runtime has already parsed the request's URL. */
function pathOf(target: string): string {
  return new URL(target, 'https://app.example.com').pathname;
}

const GUARDED = [
  // these the URL parser or one decoding shows
  '/%61dmin/x',
  '/ad%6din/x',
  '/admin\\x',
  '/x/%2e%2e/admin/x',
  '/./admin/x',
  // slashes in disguise, and too many of them
  '/admin%2fx',
  '/admin%2Fx',
  '/x/..%2fadmin/x',
  '/%2fadmin/x',
  '/.//admin/x',
  // case
  '/Admin/x',
  '/ADMIN%2fx',
  '/%41dmin/x',
  // path parameters
  '/admin;a=b/x',
  '/admin%3ba=b/x',
  '/;/admin/x',
  '/x/..;/admin/x',
  // Windows
  '/admin%5cx',
  '/x%5c..%5cadmin',
  '/admin%20/x',
  '/admin./x',
  '/admin.',
  '/admin%2e/x',
  '/admin.%20',
  // decoded twice and more
  '/%2561dmin/x',
  '/admin%252fx',
  '/x/%252e%252e/admin/x',
  '/%25252561dmin',
  // leaving the folder again
  '/admin/..;/x',
  '/admin/%2e%2e%3b/x',
  // several at once
  '/x%5c%252e%252e%252f/Admin%20;v=1',
  '/public/%2e%2e%5c/ADMIN.;x%2fusers',
];

describe('paths that an upstream may read as /admin', () => {
  it.each(GUARDED)('%s needs the role', (target) => {
    expect(judge(rules, pathOf(target))).toMatchObject({ kind: 'sign-in', rule: 1 });
    expect(judge(rules, pathOf(target), caller(['user']))).toMatchObject({ kind: 'refuse', reason: 'roles', rule: 1 });
    expect(judge(rules, pathOf(target), caller(['admin']))).toMatchObject({ kind: 'allow', public: false });
  });

  it('//admin/x: the runtime hands it on as it came', () => {
    expect(judge(rules, '//admin/x')).toMatchObject({ kind: 'sign-in', rule: 1 });
  });

  it.each([
    '/admin%00/x',
    '/admin%00',
    '/%2561dmin%2500',
    '/admin%',
    '/%%61dmin',
    '/..%2f..%2fadmin',
    '/%c0%ae%c0%ae/x',
  ])('%s is nonsense', (target) => {
    expect(judge(rules, pathOf(target), caller(['admin']))).toMatchObject({ kind: 'nonsense' });
  });
});

describe('GHSA-7rh7-c77v-6434, GHSA-pxq7-h93f-9jrg: a rule sees neither query nor fragment', () => {
  it.each(['/admin?x=/public/health', '/admin/x?/../public', '/admin#/public', '/admin/?a#b'])('%s', (target) => {
    expect(judge(rules, pathOf(target))).toMatchObject({ kind: 'sign-in', rule: 1 });
  });

  it('a public path stays public whatever its query names', () => {
    expect(judge(rules, pathOf('/public?next=/admin'))).toMatchObject({ kind: 'allow', public: true });
  });
});

describe('the other way round: a public folder lets nothing else through', () => {
  const open = rulesOf(route('/public/*', { access: 'public' }));

  it.each([
    '/public/..%2fadmin',
    '/public/..;/admin',
    '/public/%252e%252e/admin',
    '/public%2f..%2fadmin',
    '/public/..%5cadmin',
    '/public/..%20/admin',
    '/PUBLIC/x',
    '/public.x',
    '/publicity',
  ])('%s', (target) => {
    expect(judge(open, pathOf(target))).toMatchObject({ kind: 'sign-in' });
  });

  it.each([
    '/public',
    '/public/',
    '/public/a%20b.pdf',
    '/public/k%C3%A4se',
    '/public/user+tag@example.com',
    '/public/2026-08-30',
    '/public/100%25',
    '/public/Report%20(final).PDF',
    '/public//x',
    '/public/a;v=1',
    '/public/wait...',
  ])('%s is public', (target) => {
    expect(judge(open, pathOf(target))).toMatchObject({ kind: 'allow', public: true, rule: 1 });
  });
});
