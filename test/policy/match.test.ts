// What a request requires, before anybody is known: the strictest of what its readings met.
// ARCHITECTURE §1 Routes, §3.

import { describe, expect, it } from 'vitest';
import { matchRequest } from '../../src/policy/match.ts';
import { compileRules } from '../../src/policy/rules.ts';
import { facts, requirementOf, route, rulesOf } from './build.ts';

const upstream = { origin: 'https://reports.internal', basePath: '' };

describe('ARCHITECTURE §1: requirement', () => {
  it('what matches no rule needs somebody signed in', () => {
    const requirement = requirementOf(rulesOf(), '/x');
    expect(requirement).toMatchObject({
      isPublic: false,
      isDenied: false,
      credentials: { session: true, bearer: true },
    });
    expect(requirement.unauthenticated).toBe('auto');
    expect(requirement.forwarding).toStrictEqual({
      rule: undefined,
      prefix: '',
      forward_access_token: false,
      forward_id_token: false,
    });
  });

  it('nonsense is no requirement', () => {
    expect(matchRequest(rulesOf(), facts('/%00'))).toEqual({ kind: 'nonsense', reason: 'control character' });
  });

  it('is public only when every reading is', () => {
    const rules = rulesOf(route('/public/*', { access: 'public' }));
    expect(requirementOf(rules, '/public/x').isPublic).toBe(true);
    expect(requirementOf(rules, '/public%2fx').isPublic).toBe(false);
    expect(requirementOf(rules, '/public/..%2fadmin').isPublic).toBe(false);
  });

  it('is that of all readings, also where a rule in report mode is passed over', () => {
    const rules = rulesOf(
      route('/a/*', { mode: 'report' }),
      route('/a/*', { access: 'public' }),
      route('/b/*', { access: 'deny' }),
    );
    expect(requirementOf(rules, '/a/..%2fb')).toMatchObject({ isDenied: true, isPublic: false });
  });

  it('is denied when any reading is', () => {
    const rules = rulesOf(route('/internal/*', { access: 'deny' }));
    expect(requirementOf(rules, '/x/..%2finternal').isDenied).toBe(true);
  });
});

describe('ARCHITECTURE §1: credentials', () => {
  it('both where bearer tokens are configured, else the session', () => {
    const [plain] = [route('/a')];
    const without = compileRules([plain], { takesBearer: false });
    expect(requirementOf(without, '/a').credentials).toEqual({ session: true, bearer: false });
    expect(requirementOf(rulesOf(plain), '/a').credentials).toEqual({ session: true, bearer: true });
  });

  it('are those that the rules of all readings take', () => {
    const rules = rulesOf(
      route('/api/*', { credentials: ['bearer'] }),
      route('/a', { credentials: ['session', 'bearer'] }),
    );
    expect(requirementOf(rules, '/api/x').credentials).toEqual({ session: false, bearer: true });
    expect(requirementOf(rules, '/a/..%2fapi').credentials).toEqual({ session: false, bearer: true });
  });

  it('§3: on a public route Authorization is the application’s own business', () => {
    const rules = rulesOf(route('/public/*', { access: 'public' }));
    expect(requirementOf(rules, '/public/x').credentials).toEqual({ session: true, bearer: false });
  });

  it('a reading that is public takes none away from one that is not', () => {
    const rules = rulesOf(route('/public/*', { access: 'public' }), route('/api/*', { credentials: ['bearer'] }));
    expect(requirementOf(rules, '/public/..%2fapi/x').credentials.bearer).toBe(true);
  });
});

describe('ARCHITECTURE §1: fields that are judged before anybody is known', () => {
  it('claims_max_age is the smallest of all readings', () => {
    const rules = rulesOf(route('/a/*', { claims_max_age: 60 }), route('/b/*', { claims_max_age: 30 }));
    expect(requirementOf(rules, '/a/x').claims_max_age).toBe(60);
    expect(requirementOf(rules, '/a/..%2fb/x').claims_max_age).toBe(30);
    expect(requirementOf(rules, '/c').claims_max_age).toBeUndefined();
  });

  it('unauthenticated is that of the path as sent, unless some reading says 401', () => {
    const rules = rulesOf(route('/a/*', { unauthenticated: 'redirect' }), route('/b/*', { unauthenticated: '401' }));
    expect(requirementOf(rules, '/a/x').unauthenticated).toBe('redirect');
    expect(requirementOf(rules, '/a/..%2fb/x').unauthenticated).toBe('401');
  });

  it('a route that takes no session sends nobody to sign in', () => {
    const rules = rulesOf(route('/api/*', { credentials: ['bearer'], unauthenticated: 'redirect' }));
    expect(requirementOf(rules, '/api/x').unauthenticated).toBe('401');
  });

  it('forwarding is that of the rule which the path as sent meets', () => {
    const rules = rulesOf(
      route('/reports/*', { upstream, strip_prefix: true, timeout: 30, forward_access_token: true }),
      route('/admin/*', { strip_prefix: '/admin', forward_id_token: true }),
    );
    expect(requirementOf(rules, '/reports/x').forwarding).toEqual({
      rule: 1,
      prefix: '/reports',
      upstream,
      strip_prefix: '/reports',
      timeout: 30,
      forward_access_token: true,
      forward_id_token: false,
    });
    const inner = rulesOf(route('/admin/users/*', { strip_prefix: '/admin' }), route('/plain/*'));
    expect(requirementOf(inner, '/admin/users/x').forwarding.strip_prefix).toBe('/admin');
    expect(requirementOf(inner, '/plain/x').forwarding).toStrictEqual({
      rule: 2,
      prefix: '/plain',
      forward_access_token: false,
      forward_id_token: false,
    });
  });

  it('readings that lead to different forwarding are nonsense', () => {
    const rules = rulesOf(route('/reports/*', { upstream }));
    for (const path of ['/reports%2fx', '/reports/..;/admin/x']) {
      expect(matchRequest(rules, facts(path))).toMatchObject({ kind: 'nonsense' });
    }
  });
});
