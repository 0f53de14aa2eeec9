// Decisions about how somebody signed in: step-up, and the credentials that a rule takes.
// ARCHITECTURE §1 Routes, §3; RFC 9470.

import { describe, expect, it } from 'vitest';
import { compileRules } from '../../src/policy/rules.ts';
import { caller, judge, NOW, route, rulesOf } from './build.ts';

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
