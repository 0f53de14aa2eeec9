// The path of a rule: written decoded, exact or a prefix, of one reading only.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf } from './environment.ts';

const withPath = (path: unknown) => ({ ROUTES: [{ path }] });

describe('path', () => {
  it.each([
    '/',
    '/*',
    '/report',
    '/report/',
    '/admin/*',
    '/a-*/b',
    '/a/*/b',
    '/files/*.pdf',
    '/käse/a b',
    '/100%',
    '/a+b@c,d',
    '/.well-known/x',
  ])('takes %s', (path) => {
    expect(configOf(withPath(path)).routes[0]?.path).toBe(path);
  });

  it.each([
    ['no slash at its start', 'admin/*', '"/admin/*"'],
    ['a whole URL', 'https://app.example.com/admin', '"/admin"'],
    ['two stars', '/admin/**', '*'],
    ['a query', '/a?b=c', '"/a"'],
    ['a fragment', '/a#b', '"/a"'],
    ['percent-encoding', '/k%C3%A4se/a%20b', '"/käse/a b"'],
    ['an encoded slash', '/a%2fb', '"/a/b"'],
    ['broken UTF-8', '/a%20%ff', '"/a %ff"'],
    ['a backslash', '/a\\b', '"/a/b"'],
    ['a path parameter', '/a;b=c/d', '"/a/d"'],
    ['an empty segment', '/a//b', '"/a/b"'],
    ['a dot segment', '/a/./b', '. and ..'],
    ['a dot segment that climbs', '/a/..', '. and ..'],
    ['a control character', '/a\u0000b', 'control'],
  ])('refuses %s', (_what, path, wanted) => {
    const issue = issueOf(withPath(path));
    expect(issue.variable).toBe('ROUTES, route 1, path');
    expect(issue.wanted).toContain(wanted);
  });

  it.each([1, null, '', []])('refuses %j', (path) => {
    expect(issueOf(withPath(path)).variable).toBe('ROUTES, route 1, path');
  });
});
