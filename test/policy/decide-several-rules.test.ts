// Decisions where several rules are met, and what rules in report mode would have decided.
// ARCHITECTURE §1 Routes, §3.

import { describe, expect, it } from 'vitest';
import { caller, judge, route, rulesOf } from './build.ts';

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
