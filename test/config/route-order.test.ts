// Rules that are never reached are warnings; where that is not certain, nothing is said.
// ARCHITECTURE §1 Routes: first match wins.

import { describe, expect, it } from 'vitest';
import { warningsOf } from './environment.ts';

const warns = (...ROUTES: readonly object[]) => warningsOf({ ROUTES }).length > 0;

describe('a rule that an earlier one covers', () => {
  it('is named, and so is the earlier one', () => {
    expect(warningsOf({ ROUTES: [{ path: '/x' }, { path: '/admin/*' }, { path: '/admin/users' }] })).toEqual([
      'ROUTES: route 3 (/admin/users) is never reached, because route 2 (/admin/*) comes first and covers it',
    ]);
  });

  it.each([
    ['/*', '/'],
    ['/*', '/a/*'],
    ['/a/*', '/a'],
    ['/a/*', '/a/b/*'],
    ['/a', '/a/'],
    ['/a/', '/a'],
    ['/a/*/c', '/a/b/c'],
    ['/a/b-*/*', '/a/b-1/c'],
    ['/a/*.pdf', '/a/x.pdf'],
    ['/a*b*c', '/aXbYc'],
    ['/a*c', '/a*c'],
  ])('%s covers %s', (path, later) => {
    expect(warns({ path }, { path: later })).toBe(true);
  });

  it.each([
    ['/a/*', '/ab'],
    ['/a/*', '/*'],
    ['/a', '/a/*'],
    ['/a', '/a/b'],
    ['/A/*', '/a/b'],
    ['/a/b', '/a/*/'],
    ['/a/*/c', '/a/b'],
    ['/*/c', '/c'],
    ['/a*b', '/a'],
    ['/ab*b', '/ab'],
    ['/a*b*c', '/acb'],
    ['/a-*', '/*-b'],
  ])('%s does not cover %s', (path, later) => {
    expect(warns({ path }, { path: later })).toBe(false);
  });

  it('is covered only by methods and hosts that are no narrower', () => {
    const later = { path: '/a', methods: ['GET'], hosts: ['a.example'] };
    expect(warns({ path: '/a' }, later)).toBe(true);
    expect(warns({ path: '/a', methods: ['GET', 'POST'], hosts: ['a.example', 'b.example'] }, later)).toBe(true);
    expect(warns({ path: '/a', methods: ['POST'] }, later)).toBe(false);
    expect(warns({ path: '/a', methods: ['GET'] }, { path: '/a' })).toBe(false);
    expect(warns({ path: '/a', hosts: ['b.example'] }, later)).toBe(false);
    expect(warns({ path: '/a', hosts: ['a.example'] }, { path: '/a' })).toBe(false);
  });

  it('is not covered by a rule in report mode, which lets its requests go on', () => {
    expect(warns({ path: '/*', mode: 'report' }, { path: '/a' })).toBe(false);
  });
});

describe('a path with letters beyond Latin-1, below a rule that takes bytes', () => {
  it.each([
    ['/old/отчёт/*', '/old/*', true],
    ['/表', '/*', true],
    ['/café/*', '/*', false],
    ['/отчёт/*', '/old/*', false],
  ])('%s, with %s: %s', (path, folder, isSaid) => {
    const said = warningsOf({
      ROUTES: [
        { path, roles: ['a'] },
        { path: folder, paths: 'bytes' },
      ],
    });
    const sentence = `ROUTES: route 1 (${path}) is found in UTF-8 only, below one with paths = "bytes"`;
    expect(said).toEqual(isSaid ? [sentence] : []);
    expect(warningsOf({ ROUTES: [{ path, roles: ['a'] }, { path: folder }] })).toEqual([]);
  });
});
