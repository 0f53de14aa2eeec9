// Which rule a request meets: paths, methods, hosts, order, case.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { matchRequest, meetRules } from '../../src/policy/match.ts';
import { facts, requirementOf, route, rulesOf } from './build.ts';

function indexOf(routes: readonly Route[], path: string, fields: Partial<ReturnType<typeof facts>> = {}) {
  return requirementOf(rulesOf(...routes), path, fields).rules.map(({ index }) => index);
}

describe('ARCHITECTURE §1: path', () => {
  it.each([
    ['/report', '/report', true],
    ['/report', '/report/', true],
    ['/report', '/report/x', false],
    ['/report', '/reports', false],
    ['/report/', '/report', true],
    ['/', '/', true],
    ['/', '/x', false],
    ['/admin/*', '/admin', true],
    ['/admin/*', '/admin/', true],
    ['/admin/*', '/admin/x/y', true],
    ['/admin/*', '/administrator', false],
    ['/a/admin/*', '/a/administrator', false],
    ['/a/report', '/a/reports', false],
    ['/*', '/', true],
    ['/*', '/any/thing', true],
    ['/users/*/edit', '/users/42/edit', true],
    ['/users/*/edit', '/users/42/edit/', true],
    ['/users/*/edit', '/users/42/43/edit', false],
    ['/users/*/edit', '/users/42/edit/x', false],
    ['/users/*/files/*', '/users/42/files', true],
    ['/users/*/files/*', '/users/42/files/a/b', true],
    ['/users/*/files/*', '/users/42/other', false],
    ['/img/*.png', '/img/a.png', true],
    ['/img/*.png', '/img/a.jpg', false],
    ['/img/*.png', '/img/a/b.png', false],
    ['/img/a*b*c', '/img/aXbYc', true],
    ['/img/a*b*c', '/img/abc', true],
    ['/img/a*b*c', '/img/aXcYb', false],
    ['/img/a*b*c', '/img/aXc', false],
    ['/img/a*b*b*c', '/img/aXbYc', false],
    ['/img/ab*ba', '/img/abba', true],
    ['/img/ab*ba', '/img/aba', false],
    ['/v*', '/v2', true],
    ['/v*', '/v2/x', false],
    ['/v*/*/*', '/v2', false],
    ['/v*/*/*', '/v2/x/y', true],
    ['/käse/a b', '/k%C3%A4se/a%20b', true],
    ['/100%', '/100%25', true],
    ['/a.b', '/aXb', false],
    ['/a+', '/aaa', false],
  ])('%s and %s: %s', (path, request, isMet) => {
    expect(indexOf([route(path)], request)).toEqual([isMet ? 1 : undefined]);
  });

  it('an encoded slash in a segment does not hide it from a rule with *', () => {
    expect(indexOf([route('/users/*/secret')], '/users/a%2fb/secret')).toEqual([undefined, 1]);
  });
});

describe('ARCHITECTURE §1: first match wins', () => {
  it('the earlier of two rules', () => {
    expect(indexOf([route('/a/*'), route('/a/b')], '/a/b')).toEqual([1]);
    expect(indexOf([route('/a/b'), route('/a/*')], '/a/b')).toEqual([1]);
    expect(indexOf([route('/a/b'), route('/a/*')], '/a/c')).toEqual([2]);
  });

  it('rules that any first segment can meet keep their place among the others', () => {
    const routes = [route('/a/x'), route('/*/b'), route('/a/*'), route('/*')];
    expect(indexOf(routes, '/a/x')).toEqual([1]);
    expect(indexOf(routes, '/a/b')).toEqual([2]);
    expect(indexOf(routes, '/a/c')).toEqual([3]);
    expect(indexOf(routes, '/z/b')).toEqual([2]);
    expect(indexOf(routes, '/z')).toEqual([4]);
  });
});

describe('ARCHITECTURE §1: methods and hosts limit a rule', () => {
  it('any of the listed methods, and no other', () => {
    const routes = [route('/a', { methods: ['GET', 'post'] })];
    expect(indexOf(routes, '/a', { method: 'GET' })).toEqual([1]);
    expect(indexOf(routes, '/a', { method: 'POST' })).toEqual([1]);
    expect(indexOf(routes, '/a', { method: 'PUT' })).toEqual([undefined]);
  });

  it('HEAD is asked like GET', () => {
    expect(indexOf([route('/a', { methods: ['GET'] })], '/a', { method: 'HEAD' })).toEqual([1]);
    expect(indexOf([route('/a', { methods: ['POST'] })], '/a', { method: 'HEAD' })).toEqual([undefined]);
    expect(indexOf([route('/a', { methods: ['HEAD'] })], '/a', { method: 'GET' })).toEqual([undefined]);
  });

  it('a preflight is judged by the method it asks about', () => {
    const routes = [route('/a', { methods: ['POST'] }), route('/a', { methods: ['OPTIONS'] })];
    expect(indexOf(routes, '/a', { method: 'OPTIONS', requestedMethod: 'POST' })).toEqual([1]);
    expect(indexOf(routes, '/a', { method: 'OPTIONS', requestedMethod: 'PUT' })).toEqual([2]);
    expect(indexOf(routes, '/a', { method: 'OPTIONS' })).toEqual([2]);
    const reading = [route('/a', { methods: ['GET'] })];
    expect(indexOf(reading, '/a', { method: 'OPTIONS', requestedMethod: 'HEAD' })).toEqual([1]);
    expect(indexOf(reading, '/a', { method: 'HEAD', requestedMethod: 'POST' })).toEqual([undefined]);
  });

  it.each([
    ['admin.example.com', 'admin.example.com', true],
    ['admin.example.com', 'ADMIN.example.com', true],
    ['admin.example.com', 'admin.example.com.', true],
    ['admin.example.com', 'admin.example.com:8443', true],
    ['admin.example.com', 'admin.example.com.:8443', true],
    ['[::1]', '[::1]:8443', true],
    ['admin.example.com:8443', 'admin.example.com:8443', true],
    ['admin.example.com:8443', 'admin.example.com', false],
    ['example.com', 'evilexample.com', false],
    ['example.com', 'admin.example.com', false],
  ])('hosts %s and %s: %s', (listed, host, isMet) => {
    expect(indexOf([route('/a', { hosts: [listed] })], '/a', { host })).toEqual([isMet ? 1 : undefined]);
  });
});

describe('ARCHITECTURE §1: one of several hosts suffices', () => {
  it.each([
    ['a.example.com', 1],
    ['b.example.com', 1],
    ['c.example.com', undefined],
  ])('%s: %s', (host, index) => {
    const routes = [route('/a', { hosts: ['a.example.com', 'B.example.com'] })];
    expect(indexOf(routes, '/a', { host })).toEqual([index]);
  });
});

describe('ARCHITECTURE §1: case is folded on both sides', () => {
  it.each([
    ['/admin/*', '/Admin/x'],
    ['/Admin/*', '/admin/x'],
    ['/Admin/*', '/ADMIN/x'],
    ['/ÄPFEL', '/%C3%A4pfel'],
    ['/users/*/Secret', '/users/1/secret'],
    ['/staff', '/%C5%BFtaff'],
    ['/kelvin', '/%E2%84%AAelvin'],
  ])('%s also judges %s', (path, request) => {
    expect(indexOf([route(path)], request)).toEqual([undefined, 1]);
  });

  it('by one rule with capitals among others without', () => {
    expect(indexOf([route('/Admin/*'), route('/a')], '/admin/x')).toEqual([undefined, 1]);
  });

  it('a rule met with its own spelling is met once', () => {
    expect(indexOf([route('/Files/*')], '/Files/Report.PDF')).toEqual([1]);
  });
});

describe('what a plain path is spared', () => {
  const many = rulesOf(
    ...Array.from({ length: 500 }, (_, index) => route(`/s${index}/a/*`)),
    ...Array.from({ length: 500 }, (_, index) => route(`/s${index}`)),
    route('/*/any'),
  );

  it.each(['exact', 'folded'] as const)('rules that its first segment can’t meet, %s', (spelling) => {
    const segment = spelling === 'exact' ? 's7' : 'S7';
    const compared = many[spelling].bySegment.get(segment)?.map(({ index }) => index);
    expect(compared).toEqual([8, 508, 1001]);
    expect(many[spelling].others.map(({ index }) => index)).toEqual([1001]);
    expect(many[spelling].bySegment.size).toBe(500);
  });

  it('comparing it in capitals where nothing has case', () => {
    expect(meetRules(many, facts('/s7/a/%C3%9F'))).toHaveLength(2);
    expect(meetRules(many, facts('/s7/a/b'))).toHaveLength(1);
    expect(meetRules(rulesOf(route('/S7')), facts('/s7'))).toHaveLength(2);
  });

  it('making the same requirement again', () => {
    for (const path of ['/s7/a/b', '/nothing'])
      expect(matchRequest(many, facts(path))).toBe(matchRequest(many, facts(path)));
  });
});
