// Decisions: who may, who must sign in, who must sign in better, who may not, and why.
// ARCHITECTURE §1 Routes, §3; RFC 9470.

import { describe, expect, it } from 'vitest';
import { caller, judge, NOW, ORG, route, rulesOf } from './build.ts';

describe('ARCHITECTURE §1: access', () => {
  it('authenticated: nobody is asked to sign in, anybody signed in passes', () => {
    expect(judge(rulesOf(), '/x')).toEqual({ kind: 'sign-in', reason: 'anonymous', rule: undefined, report: [] });
    expect(judge(rulesOf(route('/x')), '/x', caller())).toEqual({
      kind: 'allow',
      reason: 'authenticated',
      public: false,
      rule: 1,
      report: [],
    });
  });

  it('public: everybody passes', () => {
    const rules = rulesOf(route('/x', { access: 'public' }));
    const allowed = { kind: 'allow', reason: 'public', public: true, rule: 1 };
    expect(judge(rules, '/x')).toMatchObject(allowed);
    expect(judge(rules, '/x', caller())).toMatchObject(allowed);
  });

  it('deny: nobody passes', () => {
    const rules = rulesOf(route('/x', { access: 'deny' }));
    const refused = { kind: 'refuse', reason: 'deny', couldChange: false, rule: 1 };
    expect(judge(rules, '/x')).toMatchObject(refused);
    expect(judge(rules, '/x', caller(['admin']))).toMatchObject(refused);
  });

  it('an answer is public only if all readings are', () => {
    const rules = rulesOf(route('/public/*', { access: 'public' }));
    expect(judge(rules, '/public/..%2fx', caller())).toMatchObject({ kind: 'allow', public: false, rule: undefined });
  });
});

describe('ARCHITECTURE §1: roles and orgs', () => {
  const other = '249703000000000999';
  const rules = rulesOf(
    route('/roles', { roles: ['admin', 'staff'] }),
    route('/orgs', { orgs: [ORG] }),
    route('/both', { roles: ['admin', 'staff'], orgs: [ORG] }),
  );

  it('any one role suffices', () => {
    expect(judge(rules, '/roles', caller(['staff']))).toMatchObject({ kind: 'allow', rule: 1 });
    expect(judge(rules, '/roles', caller(['user']))).toMatchObject({ kind: 'refuse', reason: 'roles', rule: 1 });
    expect(judge(rules, '/roles', caller())).toMatchObject({ kind: 'refuse', reason: 'roles' });
    expect(judge(rules, '/roles')).toMatchObject({ kind: 'sign-in' });
  });

  it('roles compare exactly', () => {
    expect(judge(rules, '/roles', caller(['Admin']))).toMatchObject({ kind: 'refuse' });
    expect(judge(rules, '/roles', caller(['admin ']))).toMatchObject({ kind: 'refuse' });
  });

  it('orgs demands a role granted by one of them; the user’s own organisation grants none', () => {
    expect(judge(rules, '/orgs', caller(['user']))).toMatchObject({ kind: 'allow', rule: 2 });
    expect(judge(rules, '/orgs', caller([], {}, { org: ORG }))).toMatchObject({ kind: 'refuse', reason: 'orgs' });
    expect(judge(rules, '/orgs', caller([], {}, { roles: { user: [other] } }))).toMatchObject({ reason: 'orgs' });
  });

  it('with roles, one of these roles must be granted by one of these organisations', () => {
    expect(judge(rules, '/both', caller(['staff']))).toMatchObject({ kind: 'allow' });
    const one = caller([], {}, { roles: { staff: [other], admin: [ORG] } });
    expect(judge(rules, '/both', one)).toMatchObject({ kind: 'allow' });
    const both = caller([], {}, { roles: { staff: [other, ORG] } });
    expect(judge(rules, '/both', both)).toMatchObject({ kind: 'allow' });
    expect(judge(rules, '/both', caller(['user']))).toMatchObject({ reason: 'roles' });
    const elsewhere = caller([], {}, { roles: { staff: [other], user: [ORG] } });
    expect(judge(rules, '/both', elsewhere)).toMatchObject({ kind: 'refuse', reason: 'orgs' });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('nobody has the role %s by birth', (name) => {
    expect(judge(rulesOf(route('/x', { roles: [name] })), '/x', caller(['user']))).toMatchObject({ reason: 'roles' });
  });

  it('roles of an object without prototype count', () => {
    const roles: Record<string, string[]> = Object.assign(Object.create(null), { staff: [ORG] });
    expect(judge(rules, '/both', caller([], {}, { roles }))).toMatchObject({ kind: 'allow' });
  });
});

describe('ARCHITECTURE §1: claims', () => {
  const rule = (claims: Record<string, string[]>) => rulesOf(route('/x', { claims }));
  const holding = (claims: Record<string, unknown>) => caller([], {}, { claims });

  it.each([
    ['text', 'sales', true],
    ['other text', 'salesman', false],
    ['a list with it', ['it', 'sales'], true],
    ['a list without it', ['it'], false],
    ['an empty list', [], false],
    ['a list in a list', [['sales']], false],
    ['null', null, false],
    ['an object', { sales: true }, false],
    ['nothing', undefined, false],
  ])('%s', (_what, value, isAllowed) => {
    const decision = judge(rule({ department: ['sales', 'law'] }), '/x', holding({ department: value }));
    expect(decision).toMatchObject(isAllowed ? { kind: 'allow' } : { kind: 'refuse', reason: 'claims' });
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['[object Object]', {}],
  ])('%s is not what it reads like', (word, value) => {
    expect(judge(rule({ a: [word] }), '/x', holding({ a: value }))).toMatchObject({ kind: 'refuse' });
    expect(judge(rule({ a: [word] }), '/x', holding({}))).toMatchObject({ kind: 'refuse' });
  });

  it.each(['sub', 'preferred_username', 'name', 'org', 'email'])('%s is what the identity holds of it', (field) => {
    const rules = rule({ [field]: ['mine'] });
    expect(judge(rules, '/x', caller([], {}, { [field]: 'mine' }))).toMatchObject({ kind: 'allow' });
    expect(judge(rules, '/x', holding({ [field]: 'mine' }))).toMatchObject({ kind: 'refuse' });
  });

  it('RFC 8693 §4.1 act is looked at as the whole claim, not as the field that holds its sub', () => {
    const rules = rule({ act: ['99'] });
    expect(judge(rules, '/x', caller([], {}, { act: '99', claims: { act: { sub: '99' } } }))).toMatchObject({
      kind: 'refuse',
    });
    expect(judge(rules, '/x', holding({ act: '99' }))).toMatchObject({ kind: 'allow' });
  });

  it('numbers and booleans compare as text', () => {
    expect(judge(rule({ level: ['5'] }), '/x', holding({ level: 5 }))).toMatchObject({ kind: 'allow' });
    expect(judge(rule({ vip: ['true'] }), '/x', holding({ vip: true }))).toMatchObject({ kind: 'allow' });
    expect(judge(rule({ vip: ['true'] }), '/x', holding({ vip: false }))).toMatchObject({ kind: 'refuse' });
  });

  it('all claims must hold', () => {
    const rules = rule({ a: ['1'], b: ['2'] });
    expect(judge(rules, '/x', holding({ a: '1', b: '2' }))).toMatchObject({ kind: 'allow' });
    expect(judge(rules, '/x', holding({ a: '1' }))).toMatchObject({ kind: 'refuse' });
  });

  it('an e-mail address counts only as the identity holds it: verified', () => {
    const rules = rule({ email: ['ann@example.com'] });
    expect(judge(rules, '/x', caller([], {}, { email: 'ann@example.com' }))).toMatchObject({ kind: 'allow' });
    expect(judge(rules, '/x', holding({ email: 'ann@example.com' }))).toMatchObject({ kind: 'refuse' });
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is no claim unless it is one', (name) => {
    const rules = rulesOf(route('/x', { claims: Object.fromEntries([[name, ['x']]]) }));
    expect(judge(rules, '/x', holding({}))).toMatchObject({ kind: 'refuse', reason: 'claims' });
  });
});

describe('promise 5: a role just given is looked up once more before a 403', () => {
  const rules = rulesOf(route('/x', { roles: ['admin'] }));

  it('couldChange, unless the claims were read this second', () => {
    expect(judge(rules, '/x', caller())).toMatchObject({ couldChange: true });
    expect(judge(rules, '/x', caller([], { claimsAt: NOW }))).toMatchObject({ couldChange: false });
  });
});
