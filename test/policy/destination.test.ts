// A COPY or MOVE writes where its Destination says: that is judged, in every reading, as the request's own path is.
// RFC 4918 §9.8, §9.9, §10.3; ARCHITECTURE §1 One request, every reading.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { destinationAsked, parseDestination } from '../../src/shared/destination.ts';
import { caller, judge, route, rulesOf } from './build.ts';

const rules = rulesOf(
  route('/admin/*', { roles: ['admin'] }),
  route('/closed/*', { access: 'deny' }),
  route('/drop/*', { methods: ['PUT'], roles: ['writer'] }),
  route('/pay/*', { amr: ['mfa'] }),
  route('/api/*', { credentials: ['bearer'] }),
  route('/public/*', { access: 'public' }),
  route('/other/*', { upstream: { origin: 'https://other.internal', basePath: '' } }),
  route('/named/*', { upstream_host: 'wiki.example' }),
  route('/files/*', { strip_prefix: true }),
);
const move = (path: string, destination: string, who = caller(), method = 'MOVE') =>
  judge(rules, path, who, { method, destination });

describe.each(['COPY', 'MOVE', 'BIND'])('%s', (method) => {
  it.each([
    ['/a', '/b', 'allow'],
    ['/a', '/admin/x', 'refuse'],
    ['/admin/x', '/a', 'refuse'],
    ['/public/a', '/closed/x', 'refuse'],
    ['/a', '/drop/x', 'refuse'],
    ['/a', '/pay/x', 'step-up'],
    ['/public/a', '/a', 'allow'],
    ['/files/a', '/files/b', 'allow'],
  ])('from %s to %s: %s', (path, destination, kind) => {
    expect(move(path, destination, caller(), method).kind).toBe(kind);
  });
});

it('whoever may write there may copy there', () => {
  expect(move('/a', '/admin/x', caller(['admin'])).kind).toBe('allow');
  expect(move('/a', '/drop/x', caller(['writer'])).kind).toBe('allow');
  expect(move('/a', '/admin/x', caller(['admin'], { via: 'bearer' })).kind).toBe('allow');
  expect(move('/a', '/admin/x', caller([], { via: 'bearer' })).kind).toBe('refuse');
});

it('nobody may copy from a public folder to one that is not', () => {
  const asked = { method: 'COPY', destination: '/a' };
  expect(judge(rules, '/public/x', undefined, asked).kind).toBe('sign-in');
  expect(judge(rules, '/public/x', undefined, { ...asked, destination: '/public/y' }).kind).toBe('allow');
  expect(judge(rules, '/a', caller(), { ...asked, destination: '/api/x' }).kind).toBe('sign-in');
});

it.each([
  '/%61dmin/x',
  '/x/..%2fadmin/x',
  '//admin/x',
  '/Admin/x',
  '/admin;v=1/x',
  '/x%2f..%2f%61dmin%2fx',
  '/%2561dmin/x',
  '/admin%3fx',
  '\\admin\\x',
])('every reading of it is judged: %s', (destination) => {
  expect(['refuse', 'nonsense']).toContain(move('/a', destination.replace(/^\\/, '/')).kind);
});

it.each(['/a%00', '/%zz', '/..%2f..%2fx', '/%c0%af'])('%s is nonsense there as elsewhere', (destination) => {
  const judged = move('/a', destination);
  expect(judged).toMatchObject({ kind: 'nonsense' });
  expect(judged).not.toHaveProperty('isElsewhere');
});

it.each([
  ['/a', '/other/x'],
  ['/other/x', '/a'],
  ['/a', '/named/x'],
  ['/a', '/files/x'],
  ['/files/x', '/a'],
  ['/files/x', '//files/y'],
])('from %s to %s would lead to another upstream, or to another part of it', (path, destination) => {
  expect(move(path, destination)).toMatchObject({ kind: 'nonsense', isElsewhere: true });
});

it('what is left without the prefix must not climb', () => {
  expect(move('/files/x', '/files/..%2fadmin/x').kind).toBe('nonsense');
});

it('report mode reports there, too', () => {
  const reporting: readonly Route[] = [route('/admin/*', { roles: ['admin'], mode: 'report' })];
  const judged = judge(rulesOf(...reporting), '/a', caller(), { method: 'COPY', destination: '/admin/x' });
  expect(judged).toMatchObject({ kind: 'allow', report: [{ rule: 1, kind: 'refuse' }] });
});

describe('RFC 4918 §10.3 the field', () => {
  const HOST = 'app.example.com';
  it.each([
    ['https://app.example.com/a%20b', '/a%20b'],
    ['http://app.example.com/a', '/a'],
    ['HTTPS://APP.EXAMPLE.COM/a', '/a'],
    ['https://user:pass@app.example.com/a', '/a'],
    ['/a/../b?c', '/b'],
    ['/käse', '/k%C3%A4se'],
    ['https://app.example.com', '/'],
    ['https://app.example.com/a\\..\\b', '/b'],
  ])('%s is %s', (value, path) => {
    expect(parseDestination(value, HOST)).toMatchObject({ pathname: path });
  });

  it.each([
    'https://other.example/a',
    'https://app.example.com:8443/a',
    'https://app.example.com@other.example/a',
    'https://app.example.com.other.example/a',
    'ftp://app.example.com/a',
    'file:///etc/passwd',
    '/\\other.example/a',
  ])('%s is foreign', (value) => expect(parseDestination(value, HOST)).toBe('foreign'));

  it.each([
    '',
    'a',
    '*',
    '//other.example/a',
    'https:a',
    'https:///a',
    '/a b',
    '/a, /b',
    '/a\u0001',
    '/k\ufffd',
    'https://[/a',
  ])('%j is unreadable', (value) => expect(parseDestination(value, HOST)).toBe('unreadable'));

  it('counts for nothing that has no destination, unless it is ours', () => {
    expect(destinationAsked('Paris', 'POST', HOST)).toBeUndefined();
    expect(destinationAsked('Paris', 'MOVE', HOST)).toBe('unreadable');
    expect(destinationAsked('https://other.example/', 'GET', HOST)).toBeUndefined();
    expect(destinationAsked('https://other.example/', 'COPY', HOST)).toBe('foreign');
    expect(destinationAsked('/a', 'POST', HOST)).toMatchObject({ pathname: '/a' });
  });
});
