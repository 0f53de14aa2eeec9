// From the header to a verdict, and what every token has to say. RFC 6750 §3.1; RFC 9068 §2.2.

import { describe, expect, it } from 'vitest';
import type { JudgedAuthorization } from '../../../src/oidc/bearer/bearer-tokens.ts';
import { bearerErrorOf, type Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { BASIC, type Bed, callerOf, createBed, inventedOld, refusalOf, SEED } from './bed.ts';

const mint = (bed: Bed, options: object = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', ...options });
const errorOf = (judged: JudgedAuthorization) => bearerErrorOf(refusalOf(judged));

describe('the Authorization header', () => {
  it('gives nobody without one, and under another scheme', async () => {
    const { bearer, zitadel } = createBed({ env: BASIC });
    expect(await bearer.judge(null)).toEqual({ kind: 'none' });
    expect(await bearer.judge('Basic YTpi')).toEqual({ kind: 'none' });
    expect(await bearer.judge(`DPoP ${await zitadel.mintAccessToken({ sub: 'admin' })}`)).toEqual({ kind: 'none' });
  });

  it('RFC 6750 §3.1 calls a malformed one invalid_request, and a bad token invalid_token', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    expect(errorOf(await bed.bearer.judge(`Bearer ${token}, Bearer ${token}`))).toBe('invalid_request');
    expect(errorOf(await bed.bearer.judge('Bearer'))).toBe('invalid_request');
    expect(errorOf(await bed.judge('invented'))).toBe('invalid_token');
  });

  it('a JWT may name three hundred roles', async () => {
    const bed = createBed({ env: BASIC });
    const roles = Array.from({ length: 300 }, (_, index) => `department-${index}-editor`);
    for (const displayName of roles) bed.zitadel.project.roles.set(displayName, { displayName });
    bed.zitadel.setUserRoles('admin', roles);
    const token = await mint(bed, { jwt: true });
    expect(Object.keys(callerOf(await bed.judge(token)).identity.roles)).toHaveLength(300);
  });
});

/** What is made of a token of which ZITADEL says so. */
async function judgeAnswer(changes: Record<string, unknown>) {
  const bed = createBed({ env: BASIC });
  const { zitadel, clock, events } = bed;
  const answer = { active: true, iss: zitadel.issuer, aud: SEED.projectId, sub: '1', exp: clock.now + 60, ...changes };
  const fetch: typeof globalThis.fetch = async (input, init) =>
    String(input).endsWith('/introspect')
      ? Response.json(answer)
      : zitadel.fetch(new Request(input as Request, init as RequestInit));
  return { judged: await bed.isolate({}, fetch).judge(`Bearer ${inventedOld(0)}`), events };
}

describe('what every token has to say, JWT or not', () => {
  it.each<[string, Record<string, unknown>, Problem]>([
    ['RFC 9068 §2.2: sub', { sub: undefined }, { problem: 'missing', claim: 'sub' }],
    ['RFC 9068 §2.2: a sub that is one', { sub: '' }, { problem: 'missing', claim: 'sub' }],
    ['RFC 9068 §2.2: exp', { exp: undefined }, { problem: 'time_out_of_range' }],
    ['RFC 7519 §4.1.4: an exp that is a time', { exp: 1e300 }, { problem: 'time_out_of_range' }],
    ['RFC 7519 §4.1.5: an nbf that has come', { nbf: 1_790_000_061 }, { problem: 'time_out_of_range' }],
    ['RFC 7519 §4.1.4: an exp to come, without tolerance', { exp: 1_790_000_000 }, { problem: 'expired' }],
  ])('%s', async (_what, changes, problem) => {
    expect(refusalOf((await judgeAnswer(changes)).judged)).toEqual({ of: 'bearer_token', ...problem });
  });

  it('OIDC Core §2: amr and auth_time count where they are of their form, for step-up', async () => {
    const { judged } = await judgeAnswer({ amr: ['pwd', 7, null, 'mfa'], auth_time: 1_789_999_990 });
    expect(callerOf(judged)).toMatchObject({ amr: ['pwd', 'mfa'], auth_time: 1_789_999_990 });
    const without = callerOf((await judgeAnswer({ amr: 'mfa' })).judged);
    expect(without.amr).toEqual([]);
    expect(without).not.toHaveProperty('auth_time');
  });

  it('malformed claims are told to the operator, and only those', async () => {
    const claim = `urn:zitadel:iam:org:project:${SEED.projectId}:roles`;
    const odd = await judgeAnswer({ [claim]: ['admin'] });
    expect(callerOf(odd.judged).identity.roles).toEqual({});
    expect(odd.events).toEqual([{ event: 'malformed_claims', level: 'warn', sub: '1', claims: [claim] }]);
    expect((await judgeAnswer({})).events).toEqual([]);
  });
});
