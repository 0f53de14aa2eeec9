// What ZITADEL's answer about a token means, reason by reason, and what is made of failures. RFC 7662 §2.2; ARCHITECTURE §3 (introspection that fails).

import * as oauth from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { createIntrospection } from '../../../src/oidc/bearer/introspection.ts';
import { createIntrospectionCall } from '../../../src/oidc/conversation/introspection-request.ts';
import { ProviderCallError, type ProviderRequest } from '../../../src/oidc/provider-fetch.ts';
import type { Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { refusal } from '../refusal.ts';
import { BASIC, createBed } from './bed.ts';

type Answer = Record<string, unknown>;

const NOW = 1_790_000_000;
const PLAIN_ROLES = 'urn:zitadel:iam:org:project:roles';
const issuer = 'https://zitadel.test';
const config = { issuer, audience: ['us', 'us too'], projectId: 'us' };
const good = { active: true, iss: issuer, aud: ['us'], token_type: 'Bearer', [PLAIN_ROLES]: {} };

const judge = (answer: Answer, changes = {}) =>
  createIntrospection({ config: { ...config, ...changes }, call: async () => answer, now: () => NOW })('token');

describe('RFC 7662 §2.2: the verdict', () => {
  it('is the claims as they are now, without the roles of whoever asked for the token', async () => {
    const { [PLAIN_ROLES]: _, ...claims } = good;
    expect(await judge(good)).toStrictEqual({ kind: 'claims', claims, claimsAt: NOW });
    expect(await judge(good, { projectId: undefined })).toStrictEqual({ kind: 'claims', claims: good, claimsAt: NOW });
  });

  it.each<Answer>([{ aud: 'us too' }, { aud: ['them', 'us'] }, { iss: undefined }, { token_type: 'bEARER' }])(
    '%j counts',
    async (changes) => {
      expect(await judge({ ...good, ...changes })).toMatchObject({ kind: 'claims' });
    },
  );

  it.each<[Answer, Problem]>([
    [{ active: false }, { problem: 'inactive', wasAnyActive: false }],
    [{ iss: 'https://evil.example' }, { problem: 'other_issuer', iss: 'https://evil.example' }],
    [{ token_type: 'DPoP' }, { problem: 'not_bearer', token_type: 'DPoP' }],
    [{ token_type: ['Bearer'] }, { problem: 'not_bearer', token_type: ['Bearer'] }],
    [{ cnf: {} }, { problem: 'bound_to_a_key' }],
    [{ aud: 'them' }, { problem: 'other_audience', aud: 'them' }],
    [{ aud: undefined }, { problem: 'other_audience', aud: undefined }],
  ])('%j: %j', async (changes, problem) => {
    const expected = { kind: 'refused', refusal: { of: 'introspection', ...problem } };
    expect(await judge({ ...good, ...changes })).toStrictEqual(expected);
  });

  it('where there is nothing to hold an audience against, nothing counts', async () => {
    const refusal = { of: 'introspection', problem: 'other_audience', aud: undefined };
    const expected = { kind: 'refused', refusal };
    expect(await judge({ ...good, aud: undefined }, { audience: [] })).toStrictEqual(expected);
  });
});

describe('ARCHITECTURE §3: introspection that fails', () => {
  const faultOf = (cause: unknown) => {
    const call = () => Promise.reject(cause);
    return createIntrospection({ config, call, now: () => NOW })('token').catch((error: unknown) => error);
  };

  it.each([
    [refusal(400, 'invalid_request'), "operator's mistake, ZITADEL refuses the API application: 400 invalid_request: "],
    [refusal(400, 'invalid_client'), "operator's mistake, ZITADEL refuses the API application: 400 invalid_client: "],
    [
      new oauth.WWWAuthenticateChallengeError('x', { cause: [], response: new Response(null, { status: 401 }) }),
      "operator's mistake, ZITADEL refuses the API application: status 401",
    ],
    [refusal(429, 'slow_down'), 'transient: 429 slow_down: '],
    [new ProviderCallError('timeout', 'https://z/i'), 'transient: timeout at https://z/i'],
    [new Error('words'), 'malformed: error: words'],
    [new GatewayError('login_failed', 'words'), 'refused: words'],
  ])('%s', async (cause, reason) => {
    expect(await faultOf(cause)).toMatchObject({
      code: 'provider_unavailable',
      message: `introspection: ${reason}`,
      cause,
    });
  });

  it('RFC 9110 §10.2.3: a pause that was asked for stands, whatever else is answered meanwhile', async () => {
    const answers = [refusal(429, 'slow_down', undefined, { 'retry-after': '20' }), refusal(400, 'invalid_client')];
    const call = () => Promise.reject(answers.shift());
    const introspect = createIntrospection({ config, call, now: () => NOW });
    await Promise.allSettled([introspect('one'), introspect('two')]);
    await expect(introspect('three')).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: 'introspection: ZITADEL asked for a pause',
      retryAfter: 20,
    });
  });
});

describe('how the gateway asks', () => {
  const authentication = { method: 'client_secret_basic', client_secret: 'secret' } as const;
  const asking = (asked: ProviderRequest[]) =>
    createIntrospectionCall({
      config: { issuer, introspectionUrl: `${issuer}/i`, introspection: { client_id: 'us', authentication } } as never,
      metadata: undefined as never,
      fetch: async (_url, request) => {
        asked.push(request);
        return Response.json(good);
      },
      now: () => NOW,
    });

  it('the question ends with the request that asks it', async () => {
    const asked: ProviderRequest[] = [];
    const { signal } = new AbortController();
    await asking(asked)?.('token', signal);
    await asking(asked)?.('token');
    expect(asked.map((request) => request.signal)).toEqual([signal, undefined]);
  });

  it('without TLS on a loopback address, as everything there', async () => {
    const bed = createBed({ env: BASIC, zitadel: { issuer: 'http://localhost:8090' } });
    expect((await bed.judge(await bed.zitadel.mintAccessToken({ sub: 'admin' }))).kind).toBe('caller');
  });
});
