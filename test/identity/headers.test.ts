// Identity headers: which, from which claim, and how they are written.
// ARCHITECTURE §4.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claimNames, compileIdentityHeaders, DEFAULT_HEADERS, fieldBytes } from '../../src/identity/headers.ts';
import type { Identity } from '../../src/identity/identity.ts';

const ada: Identity = {
  sub: '163840776835432705',
  email: 'ada@example.com',
  preferred_username: 'ada',
  name: 'Ada Lovelace',
  roles: { staff: ['1'], admin: ['1', '2'] },
  org: '163840776835432001',
  act: '99',
  claims: {
    'metadata.department': 'F&E, Käse 50 %',
    list: ['a,b', ' c '],
    count: 7,
    yes: true,
    none: null,
    empty: '',
    object: { a: [1, 'ü'] },
  },
};

const headersOf = (identity: Identity, identityHeaders?: Record<string, string>) =>
  Object.fromEntries(compileIdentityHeaders(identityHeaders ? { identityHeaders } : {})(identity));

describe('the default set', () => {
  it('ARCHITECTURE §4 names each header and its claim', () => {
    expect(headersOf(ada)).toEqual({
      'X-Forwarded-User': '163840776835432705',
      'X-Forwarded-Email': 'ada@example.com',
      'X-Forwarded-Preferred-Username': 'ada',
      'X-Forwarded-Name': 'Ada Lovelace',
      'X-Forwarded-Roles': 'admin,staff',
      'X-Forwarded-Org': '163840776835432001',
      'X-Forwarded-Actor': '99',
    });
  });

  it('names each role once: two hundred of them are one field that every common server takes', () => {
    const roles = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`department-of-something-long-${at}`, ['1']]),
    );
    const headers = compileIdentityHeaders({})({ ...ada, roles });
    const [first = ''] = Object.keys(roles);
    expect(headers.filter(([, value]) => value.includes(first)).map(([name]) => name)).toEqual(['X-Forwarded-Roles']);
    expect(Math.max(...headers.map(([name, value]) => fieldBytes(name, value)))).toBeLessThan(8000);
  });

  it('docs/headers.md: the table that keeps X-Forwarded-Groups is the default set with it', () => {
    const docs = readFileSync('docs/headers.md', 'utf8');
    const [, table = ''] = /### X-Forwarded-Groups[\s\S]*?\[vars\.IDENTITY_HEADERS\]\n([\s\S]*?)```/.exec(docs) ?? [];
    const kept = Object.fromEntries([...table.matchAll(/^"(.+)" = "(.+)"$/gm)].map(([, name, claim]) => [name, claim]));
    expect({ ...kept, 'X-Forwarded-Roles': 'roles' }).toEqual({ ...DEFAULT_HEADERS, 'X-Forwarded-Groups': 'roles' });
  });

  it('leaves out what is not known', () => {
    expect(headersOf({ sub: 'x', roles: {}, claims: {} })).toEqual({ 'X-Forwarded-User': 'x' });
  });
});

describe('IDENTITY_HEADERS', () => {
  const asked = (claim: string, identity = ada) => headersOf(identity, { 'X-It': claim })['X-It'];

  it('replaces the default set', () => {
    expect(headersOf(ada, { 'Remote-User': 'preferred_username' })).toEqual({ 'Remote-User': 'ada' });
  });

  it.each([
    ['sub', '163840776835432705'],
    ['roles', 'admin,staff'],
    ['org', '163840776835432001'],
    ['act', '99'],
    ['metadata.department', 'F&E, K%C3%A4se 50 %25'],
    ['list', 'a%2Cb,%20c%20'],
    ['count', '7'],
    ['yes', 'true'],
    ['object', '{"a":[1,"%C3%BC"]}'],
  ])('writes %s', (claim, value) => expect(asked(claim)).toBe(value));

  it.each(['none', 'empty', 'unknown', 'toString', '__proto__', 'claims'])('leaves out %s', (claim) =>
    expect(asked(claim)).toBeUndefined(),
  );

  it('a role with a comma stays one role', () => {
    const identity = { ...ada, roles: { 'a,b': ['1'], c: ['1'] } };
    expect(asked('roles', identity)?.split(',').map(decodeURIComponent)).toEqual(['a,b', 'c']);
  });
});

describe('claimNames', () => {
  const route = {
    path: '/',
    access: 'authenticated',
    unauthenticated: 'auto',
    keep_post: 'same-origin',
    mode: 'enforce',
    paths: 'utf-8',
    forward_access_token: false,
    forward_id_token: false,
  } as const;

  it('names what headers and routes ask for beside the fields', () => {
    const identityHeaders = { A: 'email', B: 'metadata.department', C: 'roles', D: 'act' };
    const routes = [{ ...route, claims: { 'metadata.department': ['x'], locale: ['de'], email: ['a@b'] } }];
    expect(claimNames({ identityHeaders, routes })).toEqual(['metadata.department', 'locale']);
  });

  it('names act for a rule, which looks at the whole claim, and not for a header', () => {
    expect(claimNames({ identityHeaders: { A: 'act' }, routes: [] })).toEqual([]);
    expect(claimNames({ routes: [{ ...route, claims: { act: ['99'] } }] })).toEqual(['act']);
  });

  it('is empty where nothing asks', () => expect(claimNames({ routes: [] })).toEqual([]));
});
