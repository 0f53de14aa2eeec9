// ROUTES: the fields that say who may, by which credential, and who may read the answer.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import { routeIssue, routeOf } from './environment.ts';

describe('access', () => {
  it.each(['public', 'deny'])('%s refuses what is only for people who are signed in', (access) => {
    const fields = {
      roles: ['a'],
      orgs: ['1'],
      claims: { a: ['b'] },
      amr: ['mfa'],
      max_age: 1,
      credentials: ['session'],
    };
    for (const [field, value] of Object.entries(fields)) {
      const issue = routeIssue({ path: '/a', access, [field]: value });
      expect(issue).toMatchObject({ variable: `ROUTES, route 1, ${field}`, wanted: expect.stringContaining(access) });
    }
    expect(routeOf({ path: '/a', access })?.access).toBe(access);
  });
});

describe('claims', () => {
  it('are compared as text, under any name', () => {
    const claims = routeOf({ path: '/a', claims: JSON.parse('{"a":[1,true,"x"],"__proto__":["y"]}') })?.claims;
    expect(claims?.constructor).toBeUndefined();
    expect(Object.entries(claims ?? {})).toEqual([
      ['a', ['1', 'true', 'x']],
      ['__proto__', ['y']],
    ]);
  });

  it.each([{ a: 'x' }, { a: [] }, { a: [null] }, { a: [['x']] }])('refuse %j', (claims) => {
    expect(routeIssue({ path: '/a', claims }).variable).toBe('ROUTES, route 1, claims, a');
  });
});

describe('credentials', () => {
  it('refuse bearer where bearer tokens are not configured', () => {
    expect(routeIssue({ path: '/a', credentials: ['bearer'] })).toMatchObject({
      variable: 'ROUTES, route 1, credentials',
      wanted: expect.stringContaining('ZITADEL_PROJECT_ID'),
    });
  });

  it.each([
    { ZITADEL_PROJECT_ID: '1' },
    { ZITADEL_AUDIENCE: ['a'] },
    { ZITADEL_API_CLIENT_ID: '1', ZITADEL_API_CLIENT_SECRET: 'x' },
  ])('take bearer with %j', (changes) => {
    expect(routeOf({ path: '/a', credentials: ['bearer'] }, changes)?.credentials).toEqual(['bearer']);
  });

  it('refuse others', () => {
    expect(routeIssue({ path: '/a', credentials: ['cookie'] }).wanted).toContain('"session", "bearer"');
  });
});

describe('credentials', () => {
  it.each([[['bearer']], [['session', 'bearer']], [['bearer', 'session']]])(
    '%j asks for bearer tokens, which nothing says how to judge',
    (credentials) => {
      const issue = routeIssue({ path: '/a', credentials });
      expect(issue).toMatchObject({
        variable: 'ROUTES, route 1, credentials',
        wanted: expect.stringContaining('ZITADEL_PROJECT_ID'),
      });
      expect(routeOf({ path: '/a', credentials }, { ZITADEL_PROJECT_ID: '7' })?.credentials).toEqual(credentials);
    },
  );

  it('["session"] needs nothing else', () => {
    expect(routeOf({ path: '/a', credentials: ['session'] })?.credentials).toEqual(['session']);
  });
});

describe('cors', () => {
  it.each([
    ['https://other.example.com/', '"https://other.example.com"'],
    ['https://Other.example.com', '"https://other.example.com"'],
    ['https://other.example.com:443', '"https://other.example.com"'],
    ['*', 'no *'],
    ['https://*.example.com', 'no *'],
    ['null', 'an origin'],
    ['other.example.com', 'an origin'],
  ])('refuses %s', (origin, wanted) => {
    expect(routeIssue({ path: '/a', cors: [origin] }).wanted).toContain(wanted);
  });
});
