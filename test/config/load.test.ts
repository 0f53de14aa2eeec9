// The configuration as a whole: defaults, what counts as unset, every problem at once, unknown names, bindings.
// ARCHITECTURE §1.

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configOf, ENVIRONMENT, Fetcher, issueOf, issuesOf, load, STRONG_SECRET } from './environment.ts';

describe('defaults (ARCHITECTURE §1)', () => {
  it('gives every optional variable its default', () => {
    expect(configOf()).toEqual({
      issuer: 'https://acme.zitadel.cloud',
      upstream: { origin: 'https://app.internal.example.net', basePath: '' },
      upstreamHost: 'upstream',
      forwarded: false,
      client_id: '249703852243222581',
      clientAuthentication: { method: 'none' },
      redirect_uri: 'https://app.example.com/auth/callback',
      origin: 'https://app.example.com',
      endpoints: '/auth',
      isSecure: true,
      sessionSecrets: [STRONG_SECRET],
      audience: [],
      takesBearer: false,
      scope:
        'openid profile email offline_access urn:zitadel:iam:user:metadata urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles',
      postLoginUrl: '/',
      post_logout_redirect_uri: 'https://app.example.com/auth/logout/callback',
      sessionDuration: 3600,
      sessionMaxDuration: 43_200,
      claimsMaxAge: 300,
      revocationMaxAge: 30,
      ruleHosts: new Set(),
      routes: [],
      identityMaxBytes: 8190,
      roleMap: {},
      securityHeaders: {},
      assertionKeys: [],
      assertionBinding: 'session',
      brand: {},
      rewriteManifest: false,
      upstreamSecrets: [],
      namedSecrets: {},
    });
  });

  it('warns of nothing', () => {
    expect(load()).toMatchObject({ ok: true, warnings: [] });
  });

  it('leaves out what is not set, instead of undefined', () => {
    expect(Object.keys(configOf())).not.toContain('projectId');
  });
});

describe('unset', () => {
  it('takes empty text of an optional variable as unset', () => {
    expect(configOf({ ZITADEL_PROJECT_ID: '', SESSION_DURATION: '', BRAND_NAME: '' })).toEqual(configOf());
  });

  it.each(['UPSTREAM_URL', 'ZITADEL_DOMAIN', 'ZITADEL_CLIENT_ID', 'ZITADEL_CALLBACK_URL', 'SESSION_SECRET'])(
    'reports %s when it is missing or empty',
    (variable) => {
      for (const value of [undefined, ''])
        expect(issueOf({ [variable]: value })).toMatchObject({ variable, found: 'nothing' });
    },
  );
});

describe('all problems at once', () => {
  it('reports an empty environment completely', () => {
    const loaded = loadConfig({});
    expect(loaded.ok ? [] : loaded.issues.map(({ variable }) => variable)).toEqual([
      'SESSIONS',
      'USER_SESSIONS',
      'UPSTREAM_URL',
      'ZITADEL_DOMAIN',
      'ZITADEL_CLIENT_ID',
      'ZITADEL_CALLBACK_URL',
      'SESSION_SECRET',
    ]);
  });

  it('reports values, unknown names, contradictions, routes and bindings together', () => {
    const issues = issuesOf({
      SESSIONS: undefined,
      UPSTREM_URL: 'x',
      ZITADEL_DOMAIN: 'acme.zitadel.cloud',
      SESSION_DURATION: '1h',
      ZITADEL_API_CLIENT_ID: '1',
      ROUTES: [
        { path: '/a', rols: ['x'] },
        { path: 'b', methods: ['get'] },
      ],
    });
    expect(issues.map(({ variable }) => variable).sort()).toEqual([
      'ROUTES, route 1, rols',
      'ROUTES, route 2, methods',
      'ROUTES, route 2, path',
      'SESSIONS',
      'SESSION_DURATION',
      'UPSTREM_URL',
      'ZITADEL_API_CLIENT_SECRET',
      'ZITADEL_DOMAIN',
    ]);
  });

  it('says of each what was found, what is wanted, and an example', () => {
    expect(issueOf({ SESSION_DURATION: '1h' })).toEqual({
      variable: 'SESSION_DURATION',
      found: '"1h"',
      wanted: 'seconds: a positive whole number',
      example: 'SESSION_DURATION = 3600',
    });
  });

  it('shows long values shortened', () => {
    expect(issueOf({ ZITADEL_CLIENT_ID: 'a b '.repeat(100) }).found.length).toBeLessThan(130);
  });
});

describe('unknown names', () => {
  it.each([
    ['UPSTREM_URL', 'UPSTREAM_URL'],
    ['CLIENT_ID', 'ZITADEL_CLIENT_ID'],
    ['session_secret', 'SESSION_SECRET'],
    ['SESION_SECRET', 'SESSION_SECRET'],
    ['ROUTE', 'ROUTES'],
    ['LOGIN_RATELIMIT', 'LOGIN_RATE_LIMIT'],
  ])('suggests for %s the variable %s', (variable, suggestion) => {
    expect(issueOf({ [variable]: 'x' })).toMatchObject({ variable, wanted: `did you mean ${suggestion}?` });
  });

  it('suggests nothing for a name that is like no other', () => {
    expect(issueOf({ FOO: 'x' }).wanted).not.toContain('did you mean');
  });

  it.each([
    ['text', 'x'],
    ['a number', 1],
    ['a flag', true],
    ['a list', [1]],
    ['a table', { a: 1 }],
    ['null', null],
  ])('refuses %s of an unknown name', (_kind, value) => {
    expect(issueOf({ WHATEVER: value }).variable).toBe('WHATEVER');
  });

  it('says nothing of the value, which may be a misspelled secret', () => {
    expect(JSON.stringify(issueOf({ SESSION_SECRT: STRONG_SECRET }))).not.toContain(STRONG_SECRET);
  });

  it('is not confused by names of Object.prototype', () => {
    const issues = issuesOf({ constructor: 'x', toString: 'x', ROUTES: [{ path: '/', toString: 1, constructor: 2 }] });
    expect(issues.map(({ variable }) => variable)).toEqual([
      'constructor',
      'toString',
      'ROUTES, route 1, toString',
      'ROUTES, route 1, constructor',
    ]);
  });
});

describe('bindings', () => {
  it.each(['SESSIONS', 'USER_SESSIONS'])('needs %s', (variable) => {
    expect(issueOf({ [variable]: undefined })).toMatchObject({ variable, found: 'nothing' });
  });

  it('refuses a binding of another kind', () => {
    expect(issueOf({ SESSIONS: ENVIRONMENT.USER_SESSIONS })).toMatchObject({
      variable: 'SESSIONS',
      found: 'a binding',
    });
    expect(issueOf({ LOGIN_RATE_LIMIT: ENVIRONMENT.SESSIONS }).variable).toBe('LOGIN_RATE_LIMIT');
    expect(issueOf({ SESSIONS: 'namespace' })).toMatchObject({ variable: 'SESSIONS', found: '"namespace"' });
  });

  it('lets bindings of any name stand: class instances, functions and stand-ins with methods', () => {
    const others = { APP: new Fetcher(), STUB: () => undefined, ASSETS: { fetch: () => undefined } };
    expect(load(others).ok).toBe(true);
  });

  it('lets CF_VERSION_METADATA stand, which is a plain table', () => {
    expect(load({ CF_VERSION_METADATA: { id: 'a', tag: '', timestamp: 'b' } }).ok).toBe(true);
  });

  it('refuses a binding where a variable belongs', () => {
    expect(issueOf({ UPSTREAM_URL: new Fetcher() })).toMatchObject({ variable: 'UPSTREAM_URL', found: 'a binding' });
    expect(issueOf({ ROLE_MAP: new Fetcher() })).toMatchObject({ variable: 'ROLE_MAP', found: 'a binding' });
    expect(issueOf({ SESSION_SECRET: new Fetcher() })).toMatchObject({ found: 'a value that is a binding' });
  });
});

it('loads in under 2 milliseconds with fifty routes, once the code is warm', () => {
  const ROUTES = Array.from({ length: 50 }, (_, i) => ({ path: `/part-${i}/*`, roles: ['staff', 'admin'] }));
  const timesTaken = Array.from({ length: 200 }, () => {
    const start = performance.now();
    configOf({ ROUTES });
    return performance.now() - start;
  });
  expect(Math.min(...timesTaken)).toBeLessThan(2);
});
