// Issuer, callback, upstream and the other URLs of the configuration.
// ARCHITECTURE §1; RFC 8252 §7.3 (loopback).

import { describe, expect, it } from 'vitest';
import { ENDPOINTS, isTaken } from '../../src/endpoints/catalogue.ts';
import { configOf, ENVIRONMENT, Fetcher, issueOf, warningsOf } from './environment.ts';

describe('UPSTREAM_URL', () => {
  it.each([
    ['http://localhost:8081', 'http://localhost:8081', ''],
    ['https://app.internal/', 'https://app.internal', ''],
    ['https://app.internal:8443/base/path/', 'https://app.internal:8443', '/base/path'],
  ])('takes %s', (UPSTREAM_URL, origin, basePath) => {
    expect(configOf({ UPSTREAM_URL }).upstream).toEqual({ origin, basePath });
  });

  it.each([
    'app.internal',
    'ftp://app.internal',
    'https://app.internal/?a=1',
    'https://app.internal/#a',
    '/app',
    'https://',
    'https://a b/',
  ])('refuses %s', (UPSTREAM_URL) => {
    expect(issueOf({ UPSTREAM_URL }).variable).toBe('UPSTREAM_URL');
  });

  it('refuses credentials and does not print them', () => {
    for (const password of ['hunter2', 'hun/ter2', 'hun@ter2']) {
      const issue = issueOf({ UPSTREAM_URL: `https://root:${password}@app.internal/` });
      expect(JSON.stringify(issue)).not.toContain('ter2');
    }
  });

  it('takes a service binding that exists', () => {
    expect(configOf({ UPSTREAM_URL: 'service:APP', APP: new Fetcher() }).upstream).toEqual({
      origin: 'http://app',
      basePath: '',
      binding: 'APP',
    });
  });

  it.each([undefined, ENVIRONMENT.SESSIONS])('refuses a service binding that is missing or something else', (APP) => {
    expect(issueOf({ UPSTREAM_URL: 'service:APP', APP }).wanted).toContain('APP');
  });

  it('refuses the gateway’s own origin, which would be a loop', () => {
    expect(issueOf({ UPSTREAM_URL: 'https://app.example.com/app' }).wanted).toContain('call itself');
  });

  it('knows the gateway by every usual name of loopback', () => {
    const ZITADEL_CALLBACK_URL = 'http://localhost:8787/auth/callback';
    for (const UPSTREAM_URL of ['http://localhost:8787', 'http://127.0.0.1:8787', 'http://[::1]:8787']) {
      expect(issueOf({ ZITADEL_CALLBACK_URL, UPSTREAM_URL }).variable).toBe('UPSTREAM_URL');
    }
    expect(configOf({ ZITADEL_CALLBACK_URL, UPSTREAM_URL: 'http://127.0.0.1:8081' }).isSecure).toBe(false);
  });

  it('warns where identities travel without encryption', () => {
    expect(warningsOf({ UPSTREAM_URL: 'http://app.internal' })[0]).toContain('without encryption');
    expect(warningsOf({ UPSTREAM_URL: 'http://localhost:8081' })).toEqual([]);
  });
});

describe('ZITADEL_DOMAIN', () => {
  it.each([
    ['https://acme.zitadel.cloud', 'https://acme.zitadel.cloud'],
    ['https://acme.zitadel.cloud/', 'https://acme.zitadel.cloud'],
    ['https://id.example.com:8443', 'https://id.example.com:8443'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.1.2.3:8080', 'http://127.1.2.3:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://zitadel.localhost', 'http://zitadel.localhost'],
  ])('takes %s', (ZITADEL_DOMAIN, issuer) => {
    expect(configOf({ ZITADEL_DOMAIN }).issuer).toBe(issuer);
  });

  it.each([
    ['acme.zitadel.cloud', 'https://acme.zitadel.cloud'],
    ['http://acme.zitadel.cloud', 'https://acme.zitadel.cloud'],
    ['localhost:8080', 'http://localhost:8080'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://acme.zitadel.cloud/oauth/v2', 'https://acme.zitadel.cloud'],
    ['https://acme.zitadel.cloud?', 'https://acme.zitadel.cloud'],
    ['https://acme.zitadel.cloud/#', 'https://acme.zitadel.cloud'],
  ])('refuses %s and shows %s', (ZITADEL_DOMAIN, corrected) => {
    expect(issueOf({ ZITADEL_DOMAIN }).wanted).toContain(`"${corrected}"`);
  });

  it.each([
    'http://127.evil.example',
    'http://localhost.evil.example',
    'https://',
    'not a domain',
    'https://u:p@acme.cloud',
  ])('refuses %s', (ZITADEL_DOMAIN) => {
    expect(issueOf({ ZITADEL_DOMAIN }).variable).toBe('ZITADEL_DOMAIN');
  });
});

describe('ZITADEL_CALLBACK_URL', () => {
  it.each([
    ['https://app.example.com/auth/callback', '/auth'],
    ['https://app.example.com/callback', ''],
    ['https://app.example.com/a/b/cb', '/a/b'],
    ['http://localhost:8787/auth/callback', '/auth'],
  ])('takes %s and puts the endpoints under %j', (ZITADEL_CALLBACK_URL, endpoints) => {
    const config = configOf({ ZITADEL_CALLBACK_URL });
    expect(config).toMatchObject({ redirect_uri: ZITADEL_CALLBACK_URL, endpoints });
    expect(config.post_logout_redirect_uri).toBe(`${config.origin}${endpoints}/logout/callback`);
  });

  it('keeps it letter by letter, since ZITADEL compares it so', () => {
    const ZITADEL_CALLBACK_URL = 'https://App.Example.com:443/auth/callback';
    expect(configOf({ ZITADEL_CALLBACK_URL })).toMatchObject({
      redirect_uri: ZITADEL_CALLBACK_URL,
      origin: 'https://app.example.com',
    });
  });

  it.each([
    ['plain HTTP', 'http://app.example.com/auth/callback'],
    ['no path', 'https://app.example.com'],
    ['the root', 'https://app.example.com/'],
    ['a slash at its end', 'https://app.example.com/auth/'],
    ['a query', 'https://app.example.com/auth/callback?a=1'],
    ['a fragment', 'https://app.example.com/auth/callback#a'],
    ['a path of many readings', 'https://app.example.com/a/../callback'],
    ['percent-encoding', 'https://app.example.com/%61uth/callback'],
    ['an empty segment', 'https://app.example.com//callback'],
    ['no scheme', 'app.example.com/auth/callback'],
    ['the place of another endpoint', 'https://app.example.com/auth/logout'],
  ])('refuses %s', (_what, ZITADEL_CALLBACK_URL) => {
    expect(issueOf({ ZITADEL_CALLBACK_URL }).variable).toBe('ZITADEL_CALLBACK_URL');
  });
});

describe('ZITADEL_POST_LOGIN_URL', () => {
  it.each([
    ['/profile', '/profile'],
    ['/a?b=c', '/a?b=c'],
    ['https://app.example.com/profile?x=1', '/profile?x=1'],
  ])('takes %s', (ZITADEL_POST_LOGIN_URL, postLoginUrl) => {
    expect(configOf({ ZITADEL_POST_LOGIN_URL }).postLoginUrl).toBe(postLoginUrl);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/.//evil.example',
    '/\\evil.example',
    'profile',
    'javascript:alert(1)',
    '/#top',
  ])('refuses %s', (ZITADEL_POST_LOGIN_URL) => {
    expect(issueOf({ ZITADEL_POST_LOGIN_URL }).variable).toBe('ZITADEL_POST_LOGIN_URL');
  });
});

describe('ZITADEL_POST_LOGOUT_URL', () => {
  it('takes a URL on our origin, as registered', () => {
    const ZITADEL_POST_LOGOUT_URL = 'https://app.example.com/bye';
    expect(configOf({ ZITADEL_POST_LOGOUT_URL }).post_logout_redirect_uri).toBe(ZITADEL_POST_LOGOUT_URL);
  });

  it.each([
    'https://evil.example/',
    '/bye',
    'https://app.example.com/bye?a',
    'http://app.example.com/bye',
    'https://app.example.com/auth/callback',
    'https://app.example.com/auth/login',
    'https://app.example.com/auth/resubmit.js',
  ])('refuses %s', (ZITADEL_POST_LOGOUT_URL) => {
    expect(issueOf({ ZITADEL_POST_LOGOUT_URL }).variable).toBe('ZITADEL_POST_LOGOUT_URL');
  });
});

describe('addresses that are registered at ZITADEL', () => {
  const paths = Object.values(ENDPOINTS).flatMap((entry) => ('path' in entry ? [entry.path] : []));
  const fixed = paths.filter((path) => path !== '/logout/callback');

  it.each(fixed)('cannot be those of %s', (path) => {
    expect([isTaken(`/auth${path}`, '/auth'), isTaken(path, ''), isTaken(`/other${path}`, '/auth')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('addresses that are registered at ZITADEL, beside the endpoints', () => {
  it.each([
    ['/.well-known/oauth-protected-resource', true],
    ['/auth/operator', true],
    ['/auth/logout/callback', false],
    ['/auth/callback', false],
    ['/auth/loginx', false],
    ['/auth', false],
  ])('%s is taken: %s', (path, expected) => expect(isTaken(path, '/auth')).toBe(expected));
});
