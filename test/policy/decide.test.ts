// Decisions: who may, who must sign in, who must sign in better, who may not, and why.
// ARCHITECTURE §1 Routes, §3; RFC 9470.

import { describe, expect, it } from 'vitest';
import { compileRules } from '../../src/policy/rules.ts';
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

describe('ARCHITECTURE §1: step-up', () => {
  const rules = rulesOf(
    route('/mfa/*', { amr: ['mfa', 'otp'] }),
    route('/fresh/*', { max_age: 300 }),
    route('/both/*', { amr: ['mfa'], max_age: 900, roles: ['admin'] }),
  );

  it('amr: all methods are demanded', () => {
    expect(judge(rules, '/mfa/x', caller([], { amr: ['pwd', 'mfa', 'otp'] }))).toStrictEqual({
      kind: 'allow',
      reason: 'authenticated',
      public: false,
      rule: 1,
      report: [],
    });
    expect(judge(rules, '/mfa/x', caller([], { amr: ['pwd', 'mfa'] }))).toEqual({
      kind: 'step-up',
      reason: 'amr',
      via: 'session',
      amr: ['mfa', 'otp'],
      rule: 1,
      report: [],
    });
  });

  it('max_age: seconds since the login', () => {
    expect(judge(rules, '/fresh/x', caller([], { auth_time: NOW - 300 }))).toMatchObject({ kind: 'allow' });
    expect(judge(rules, '/fresh/x', caller([], { auth_time: NOW - 301 }))).toStrictEqual({
      kind: 'step-up',
      reason: 'max_age',
      via: 'session',
      max_age: 300,
      rule: 2,
      report: [],
    });
  });

  it('RFC 9470: a bearer token without auth_time is challenged', () => {
    const { auth_time: _, ...rest } = caller();
    expect(judge(rules, '/fresh/x', { ...rest, via: 'bearer' })).toMatchObject({ kind: 'step-up', via: 'bearer' });
  });

  it('an auth_time that is no number is no login', () => {
    expect(judge(rules, '/fresh/x', caller([], { auth_time: Number.NaN }))).toMatchObject({ kind: 'step-up' });
  });

  it('a missing role weighs more than a missing factor', () => {
    expect(judge(rules, '/both/x', caller())).toMatchObject({ kind: 'refuse', reason: 'roles' });
  });

  it('one new sign-in is asked for what all readings demand', () => {
    expect(judge(rules, '/both/..%2ffresh/x', caller(['admin'], { auth_time: NOW - 1000 }))).toMatchObject({
      max_age: 300,
    });
    expect(judge(rules, '/both/..%2fmfa/x', caller(['admin'], { auth_time: NOW - 1000 }))).toMatchObject({
      kind: 'step-up',
      amr: ['mfa', 'otp'],
      max_age: 900,
    });
  });
});

describe('ARCHITECTURE §1: credentials', () => {
  const rules = rulesOf(
    route('/api/*', { credentials: ['bearer'] }),
    route('/site/*', { credentials: ['session'] }),
    route('/both/*', { credentials: ['session', 'bearer'] }),
  );

  it('a caller whose credential is not taken counts as nobody', () => {
    expect(judge(rules, '/api/x', caller())).toMatchObject({ kind: 'sign-in', reason: 'credentials', rule: 1 });
    expect(judge(rules, '/site/x', caller([], { via: 'bearer' }))).toMatchObject({ kind: 'sign-in' });
    expect(judge(rules, '/both/x', caller([], { via: 'bearer' }))).toMatchObject({ kind: 'allow' });
  });

  it('readings that take no credential in common refuse everybody', () => {
    expect(judge(rules, '/site/..%2fapi/x', caller())).toEqual({
      kind: 'refuse',
      reason: 'credentials',
      couldChange: false,
      rule: 2,
      report: [],
    });
  });

  it('where a reading is denied, that is the reason', () => {
    const shut = rulesOf(
      route('/site/*', { credentials: ['session'] }),
      route('/shut/*', { access: 'deny', credentials: ['bearer'] }),
    );
    expect(judge(shut, '/site/..%2fshut/x', caller())).toMatchObject({ kind: 'refuse', reason: 'deny', rule: 2 });
  });

  it('bearer tokens count nowhere unless they are configured', () => {
    const without = compileRules([route('/x')], { takesBearer: false });
    expect(judge(without, '/x', caller([], { via: 'bearer' }))).toMatchObject({ kind: 'sign-in' });
  });
});

describe('ARCHITECTURE §1: the strictest decision of all readings stands', () => {
  const rules = rulesOf(
    route('/public/*', { access: 'public' }),
    route('/staff/*', { roles: ['staff'] }),
    route('/mfa/*', { amr: ['mfa'] }),
    route('/shut/*', { access: 'deny' }),
  );

  it.each([
    ['/public/..%2fx', undefined, 'sign-in', undefined],
    ['/public/..%2fmfa/x', caller(), 'step-up', 3],
    ['/mfa/..%2fstaff/x', caller(), 'refuse', 2],
    ['/public/..%2fshut/x', undefined, 'refuse', 4],
    ['/mfa/..%2fshut/x', undefined, 'refuse', 4],
    ['/shut/..%2fpublic/x', undefined, 'refuse', 4],
    ['/staff/..%2fpublic/x', caller(['staff']), 'allow', 2],
  ])('%s', (path, who, kind, rule) => {
    expect(judge(rules, path, who)).toMatchObject({ kind, rule });
  });

  it('of two that are equally strict, that of the path as sent is named', () => {
    const equal = rulesOf(route('/a/*', { roles: ['a'] }), route('/b/*', { roles: ['b'] }));
    expect(judge(equal, '/a/..%2fb/x', caller())).toMatchObject({ kind: 'refuse', rule: 1 });
    expect(judge(equal, '/b/..%2fa/x', caller())).toMatchObject({ kind: 'refuse', rule: 2 });
  });

  it('nonsense comes before everything', () => {
    expect(judge(rules, '/public/%00', caller())).toEqual({ kind: 'nonsense', reason: 'control character' });
  });
});

describe('ARCHITECTURE §1: mode = "report"', () => {
  const rules = rulesOf(
    route('/x/*', { mode: 'report', roles: ['admin'] }),
    route('/x/y', { mode: 'report', access: 'deny' }),
    route('/x/*', { access: 'public' }),
    route('/z', { mode: 'report', access: 'public' }),
  );

  it('decides, says what would have happened, and goes on to the rules below', () => {
    expect(judge(rules, '/x/z', caller())).toMatchObject({
      kind: 'allow',
      rule: 3,
      report: [{ rule: 1, kind: 'refuse', reason: 'roles' }],
    });
    expect(judge(rules, '/x/y', caller(['admin']))).toMatchObject({
      rule: 3,
      report: [
        { rule: 1, kind: 'allow', reason: 'authenticated' },
        { rule: 2, kind: 'refuse', reason: 'deny' },
      ],
    });
  });

  it('no rule below: sign in, even if it would have been public', () => {
    expect(judge(rules, '/z')).toMatchObject({
      kind: 'sign-in',
      rule: undefined,
      report: [{ rule: 4, kind: 'allow', reason: 'public' }],
    });
  });

  it('says also that nobody, or no such credential, would have been let in', () => {
    const machines = rulesOf(route('/x', { mode: 'report', credentials: ['bearer'] }));
    const reported = (kind: string, reason: string) => ({ report: [{ rule: 1, kind, reason }] });
    expect(judge(machines, '/x')).toMatchObject(reported('sign-in', 'anonymous'));
    expect(judge(machines, '/x', caller())).toMatchObject(reported('sign-in', 'credentials'));
    expect(judge(machines, '/x', caller([], { via: 'bearer' }))).toMatchObject(reported('allow', 'authenticated'));
  });

  it('what only another reading meets is reported too', () => {
    expect(judge(rules, '/a/..%2fz', caller())).toMatchObject({ kind: 'allow', report: [{ rule: 4 }] });
  });

  it('forwards nothing by a rule that is not in force', () => {
    const only = rulesOf(route('/x', { mode: 'report', forward_access_token: true }));
    expect(judge(only, '/x', caller())).toMatchObject({ kind: 'allow', rule: undefined });
  });
});
