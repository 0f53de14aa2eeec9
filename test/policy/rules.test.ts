// Which rule a request meets: paths, methods, hosts, order, case.
// Design §1 Routes.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { type facts, requirementOf, route, rulesOf } from './build.ts';

function indexOf(routes: readonly Route[], path: string, fields: Partial<ReturnType<typeof facts>> = {}) {
  return requirementOf(rulesOf(...routes), path, fields).rules.map(({ index }) => index);
}

describe('design §1: path', () => {
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
    ['/img/a*b*c', '/img/aXcYb', false],
    ['/img/ab*ba', '/img/aba', false],
    ['/v*', '/v2', true],
    ['/v*', '/v2/x', false],
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

describe('design §1: first match wins', () => {
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

describe('design §1: methods and hosts limit a rule', () => {
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
  });

  it.each([
    ['admin.example.com', 'admin.example.com', true],
    ['admin.example.com', 'ADMIN.example.com', true],
    ['admin.example.com', 'admin.example.com.', true],
    ['admin.example.com', 'admin.example.com:8443', true],
    ['admin.example.com:8443', 'admin.example.com:8443', true],
    ['admin.example.com:8443', 'admin.example.com', false],
    ['example.com', 'evilexample.com', false],
    ['example.com', 'admin.example.com', false],
  ])('hosts %s and %s: %s', (listed, host, isMet) => {
    expect(indexOf([route('/a', { hosts: [listed] })], '/a', { host })).toEqual([isMet ? 1 : undefined]);
  });
});

describe('design §1: case is folded on both sides', () => {
  it.each([
    ['/admin/*', '/Admin/x'],
    ['/Admin/*', '/admin/x'],
    ['/ÄPFEL', '/%C3%A4pfel'],
    ['/users/*/Secret', '/users/1/secret'],
    ['/staff', '/%C5%BFtaff'],
    ['/kelvin', '/%E2%84%AAelvin'],
  ])('%s also judges %s', (path, request) => {
    expect(indexOf([route(path)], request)).toEqual([undefined, 1]);
  });

  it('a rule met with its own spelling is met once', () => {
    expect(indexOf([route('/Files/*')], '/Files/Report.PDF')).toEqual([1]);
  });
});
