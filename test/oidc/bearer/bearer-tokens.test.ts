// Judged once and remembered for a short while: never too long, never for another token. ARCHITECTURE §3, promise 11; advisories on token caches.

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
    ['RFC 7519 §4.1.5: an nbf that has come', { nbf: 1_790_000_031 }, { problem: 'time_out_of_range' }],
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

describe('what is remembered', () => {
  it('asks ZITADEL once about a token that comes again', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    const first = await bed.judge(token);
    bed.clock.now += 59;
    expect(await bed.judge(token)).toEqual(first);
    expect(bed.zitadel.calls.introspection).toBe(1);
  });

  it('asks again after 60 seconds', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    bed.zitadel.deactivateUser('admin');
    bed.clock.now += 60;
    expect((await bed.judge(token)).kind).toBe('refused');
    expect(bed.zitadel.calls.introspection).toBe(2);
  });

  it('never serves a token beyond its exp, however lately it was judged', async () => {
    for (const jwt of [true, false]) {
      const bed = createBed({ env: BASIC });
      const token = await mint(bed, { jwt, lifetime: 10 });
      bed.clock.now += 9;
      expect((await bed.judge(token)).kind).toBe('caller');
      bed.clock.now += 1;
      expect((await bed.judge(token)).kind).toBe('refused');
    }
  });

  it('keeps to CLAIMS_MAX_AGE where that is shorter', async () => {
    const bed = createBed({ env: { ...BASIC, CLAIMS_MAX_AGE: 10 } });
    const token = await mint(bed);
    await bed.judge(token);
    bed.zitadel.setUserRoles('admin', []);
    bed.clock.now += 10;
    expect(callerOf(await bed.judge(token)).identity.roles).toEqual({});
  });

  it('asks again at once where the caller wants it fresher', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    bed.zitadel.setUserRoles('admin', ['staff']);
    bed.clock.now += 3;
    expect(callerOf(await bed.judge(token, { maxAge: 3 })).identity.roles).toHaveProperty('admin');
    expect(Object.keys(callerOf(await bed.judge(token, { maxAge: 2 })).identity.roles)).toEqual(['staff']);
    expect(Object.keys(callerOf(await bed.judge(token)).identity.roles)).toEqual(['staff']);
  });

  it('forgets that a token was good once it has turned out bad', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    bed.zitadel.deactivateUser('admin');
    bed.clock.now += 1;
    expect((await bed.judge(token, { maxAge: 0 })).kind).toBe('refused');
    expect((await bed.judge(token)).kind).toBe('refused');
    bed.clock.now += 10;
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('remembers a refusal for five seconds', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.deactivateUser('admin');
    await bed.judge(token);
    bed.zitadel.activateUser('admin');
    bed.clock.now += 4;
    expect((await bed.judge(token)).kind).toBe('refused');
    expect(bed.zitadel.calls.introspection).toBe(1);
    bed.clock.now += 1;
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('remembers no failure', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', { status: 500 }, { times: 1 });
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('goes by the whole token: one that differs in its last character is another', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed, { jwt: true });
    await bed.judge(token);
    const last = token.at(-1) === 'A' ? 'Q' : 'A';
    for (const other of [
      token.slice(0, -1) + last,
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      token.toUpperCase(),
    ]) {
      expect((await bed.judge(other)).kind).toBe('refused');
    }
  });

  it('belongs to one configuration: another issuer’s or audience’s judge knows nothing of it', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed, { jwt: true });
    expect((await bed.judge(token)).kind).toBe('caller');
    const other = bed.isolate({ ZITADEL_PROJECT_ID: '249703732336418999' });
    expect((await other.judge(`Bearer ${token}`)).kind).toBe('refused');
  });

  it('is not driven out by a flood of invented tokens', async () => {
    const bed = createBed();
    const token = await mint(bed, { jwt: true });
    const first = await bed.judge(token);
    for (let i = 0; i < 3_000; i += 1) await bed.judge(`invented-${i}`);
    expect(await bed.judge(token)).toBe(first);
  });

  it('uses neither storage nor cryptography nor ZITADEL on a repeated request', async () => {
    const bed = createBed();
    const token = await mint(bed, { jwt: true });
    await bed.judge(token);
    bed.zitadel.calls.reset();
    const before = bed.tasks.length;
    const { subtle } = crypto;
    Object.defineProperty(crypto, 'subtle', { configurable: true, value: undefined });
    try {
      expect((await bed.judge(token)).kind).toBe('caller');
    } finally {
      Object.defineProperty(crypto, 'subtle', { configurable: true, value: subtle });
    }
    expect(bed.zitadel.calls.list).toEqual([]);
    expect(bed.tasks.length).toBe(before);
  });
});

describe('parallel questions', () => {
  it('about one token are one question', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', { delay: 20 });
    const judged = await Promise.all(Array.from({ length: 50 }, () => bed.judge(token)));
    expect(judged.every(({ kind }) => kind === 'caller')).toBe(true);
    expect(bed.zitadel.calls.introspection).toBe(1);
  });

  it('about two tokens never share an answer', async () => {
    const bed = createBed({ env: BASIC });
    const tokens = [await mint(bed), await bed.zitadel.mintAccessToken({ sub: 'user' })];
    bed.zitadel.faults.set('introspection', { delay: 20 });
    const judged = await Promise.all([...tokens, ...tokens].map((token) => bed.judge(token)));
    const { admin, user } = SEED.users;
    expect(judged.map((one) => callerOf(one).identity.sub)).toEqual([admin, user, admin, user]);
  });

  it('fail together, and the next asks anew', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', { status: 500 }, { times: 1 });
    const judged = await Promise.allSettled([bed.judge(token), bed.judge(token)]);
    expect(judged.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('go on behind a visitor who hangs up (waitUntil)', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    const before = bed.tasks.length;
    void bed.judge(token);
    await Promise.resolve();
    expect(bed.tasks.length).toBeGreaterThan(before);
    await bed.settle();
    await bed.judge(token);
    expect(bed.zitadel.calls.introspection).toBe(1);
  });
});
