// What ZITADEL's refusals and failures mean: definite, transient, the operator's mistake, a failed check, or nothing at all.
// RFC 6749 §5.2; RFC 9110 §10.2.3; promise 6.

import * as oauth from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { providerFault, toLoginFault } from '../../src/oidc/provider-errors.ts';
import { ProviderCallError } from '../../src/oidc/provider-fetch.ts';
import { refusal } from './refusal.ts';

const DATE = 'Sat, 21 Nov 2026 12:00:00 GMT';

function challenge(status: number, headers: Record<string, string> = {}) {
  const response = new Response(null, { status, headers });
  return new oauth.WWWAuthenticateChallengeError('challenged', { cause: [], response });
}

const coded = (code: unknown, cause?: unknown) => Object.assign(new Error('words', { cause }), { code });

describe('promise 6: what the endpoints’ own refusals mean', () => {
  it.each([
    [400, 'invalid_grant', undefined, 'dead'],
    [401, 'access_denied', undefined, 'dead'],
    [400, 'invalid_request', 'Errors.OIDCSession.RefreshTokenInvalid', 'dead'],
    [400, 'invalid_request', 'Errors.User.NotActive', 'dead'],
    [400, 'invalid_request', 'Errors.Session.NotFound', 'dead'],
    [400, 'invalid_request', 'Errors.AuthRequest.NotExisting', 'dead'],
    [400, 'invalid_request', 'Errors.Token.NotFound', 'dead'],
    [400, 'invalid_request', 'Errors.UserGrant.NotFound', 'malformed'],
    [400, 'invalid_request', 'Not Errors.User.NotActive', 'malformed'],
    [400, 'invalid_request', undefined, 'malformed'],
    [400, 'invalid_target', 'Errors.User.NotActive', 'malformed'],
    [400, 'invalid_client', undefined, 'operator'],
    [401, 'invalid_client', undefined, 'operator'],
    [400, 'unauthorized_client', undefined, 'operator'],
    [400, 'invalid_scope', undefined, 'operator'],
    [400, 'unsupported_grant_type', undefined, 'operator'],
    [400, 'server_error', undefined, 'transient'],
    [400, 'temporarily_unavailable', undefined, 'transient'],
    [429, 'invalid_grant', undefined, 'transient'],
    [500, 'invalid_grant', undefined, 'transient'],
    [503, 'invalid_client', undefined, 'transient'],
    [499, 'invalid_grant', undefined, 'dead'],
  ])('%i %s (%s): %s', (status, error, description, kind) => {
    const reason = `${status} ${error}: ${description ?? ''}`;
    expect(providerFault(refusal(status, error, description))).toStrictEqual({ kind, reason });
  });
});

describe('promise 6: what is not an endpoint’s own answer', () => {
  it.each([
    ['a challenge', challenge(401), { kind: 'dead', reason: 'status 401' }],
    ['a proxy’s challenge', challenge(403), { kind: 'transient', reason: 'status 403' }],
    [
      'a proxy’s page',
      coded(oauth.RESPONSE_IS_NOT_CONFORM, new Response(null, { status: 502 })),
      { kind: 'transient', reason: 'status 502' },
    ],
    [
      'a page that says 401',
      coded(oauth.RESPONSE_IS_NOT_JSON, new Response(null, { status: 401 })),
      { kind: 'dead', reason: 'status 401' },
    ],
    ['no JSON', coded(oauth.PARSE_ERROR), { kind: 'transient', reason: `${oauth.PARSE_ERROR}: words` }],
    [
      'a broken connection',
      new ProviderCallError('network', 'https://z/t'),
      { kind: 'transient', reason: 'network at https://z/t' },
    ],
  ])('%s', (_what, error, fault) => {
    expect(providerFault(error)).toStrictEqual(fault);
  });
});

describe('ARCHITECTURE §3: an answer that fails a check is refused, one that makes no sense is not', () => {
  it.each([oauth.JSON_ATTRIBUTE_COMPARISON, oauth.JWT_CLAIM_COMPARISON, oauth.JWT_TIMESTAMP_CHECK])('%s', (code) => {
    expect(providerFault(coded(code))).toStrictEqual({ kind: 'refused', reason: `${code}: words` });
  });

  it.each([oauth.INVALID_RESPONSE, 'anything', 7])('%s is malformed', (code) => {
    expect(providerFault(coded(code))).toStrictEqual({ kind: 'malformed', reason: `${code}: words` });
  });

  it('an exception without a code is malformed', () => {
    expect(providerFault(new Error('words'))).toStrictEqual({ kind: 'malformed', reason: 'error: words' });
  });

  it('the authorization endpoint’s refusal is one', () => {
    const cause = new URLSearchParams({ error: 'access_denied', error_description: 'no\r\nway' });
    const bare = new URLSearchParams({ error: 'access_denied' });
    expect(providerFault(new oauth.AuthorizationResponseError('x', { cause }))).toStrictEqual({
      kind: 'refused',
      reason: 'access_denied: no?way',
    });
    expect(providerFault(new oauth.AuthorizationResponseError('x', { cause: bare })).reason).toBe('access_denied: ');
  });

  it('our own faults keep their words', () => {
    expect(providerFault(new GatewayError('provider_unavailable', 'away'))).toStrictEqual({
      kind: 'transient',
      reason: 'away',
    });
    expect(providerFault(new GatewayError('login_failed', 'no'))).toStrictEqual({ kind: 'refused', reason: 'no' });
  });
});

describe('RFC 9110 §10.2.3: Retry-After', () => {
  const after = (headers: Record<string, string>) => providerFault(refusal(503, 'x', undefined, headers)).retryAfter;

  it.each([
    [{ 'retry-after': '20' }, 20],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': '-20', date: DATE }, undefined],
    [{ 'retry-after': '20 s', date: DATE }, undefined],
    [{ 'retry-after': 'x20', date: DATE }, undefined],
    [{ 'retry-after': '1.5', date: DATE }, undefined],
    [{ 'retry-after': '21 Nov 2026 12:00:30 GMT', date: DATE }, 30],
    [{ 'retry-after': '9'.repeat(400) }, undefined],
    [{ 'retry-after': '9'.repeat(23) }, 86_400],
    [{ 'retry-after': 'Sat, 21 Nov 3026 12:00:00 GMT', date: DATE }, 86_400],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT', date: DATE }, 30],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:59:30 GMT', date: DATE }, undefined],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, undefined],
    [{ date: DATE }, undefined],
  ])('%j: %s', (headers, seconds) => {
    expect(after(headers)).toBe(seconds);
  });

  it('counts where an answer is a proxy’s, too, and nowhere else', () => {
    const headers = { 'retry-after': '20' };
    const page = coded(oauth.RESPONSE_IS_NOT_JSON, new Response(null, { status: 429, headers }));
    expect(providerFault(page)).toStrictEqual({ kind: 'transient', reason: 'status 429', retryAfter: 20 });
    expect(providerFault(challenge(401, headers)).retryAfter).toBeUndefined();
    expect(providerFault(refusal(400, 'invalid_grant', undefined, headers)).retryAfter).toBeUndefined();
  });
});

describe('what a sign-in ends in', () => {
  it('promise 6: ZITADEL unwell, or the operator’s mistake, is 503; everything else 400', () => {
    const code = (error: unknown) => toLoginFault('token', error).code;
    expect(code(refusal(503, 'x'))).toBe('provider_unavailable');
    expect(code(refusal(400, 'invalid_client'))).toBe('provider_unavailable');
    expect(code(refusal(400, 'invalid_grant'))).toBe('login_failed');
    expect(code(new Error('words'))).toBe('login_failed');
  });

  it('says the step, the reason, the cause, and how long to wait', () => {
    const error = refusal(503, 'x', 'y', { 'retry-after': '20' });
    const fault = toLoginFault('token', error);
    expect([fault.message, fault.cause, fault.retryAfter]).toEqual(['token: 503 x: y', error, 20]);
    expect(toLoginFault('token', refusal(503, 'x')).retryAfter).toBeUndefined();
  });

  it('a fault of our own stays what it is', () => {
    const fault = new GatewayError('foreign_organization', 'no');
    expect(toLoginFault('token', fault)).toBe(fault);
  });
});

describe('nobody forges or floods a log line', () => {
  it('in one line, in printable ASCII, at most 200 characters', () => {
    const words = (text: string) => providerFault(refusal(400, 'x', text)).reason.slice('400 x: '.length);
    expect(words('a\r\n{"level":"info"}\u2028b\u001b[31m')).toBe('a?{"level":"info"}?b?[31m');
    expect(words('~ !')).toBe('~ !');
    expect(providerFault(refusal(400, 'x', 'y'.repeat(5_000))).reason).toHaveLength(200);
    expect(providerFault(new Error('a\nb')).reason).toBe('error: a?b');
    const unparsed = Object.assign(new Error('a\nb'), { code: oauth.PARSE_ERROR });
    expect(providerFault(unparsed).reason).toBe(`${oauth.PARSE_ERROR}: a?b`);
  });
});
