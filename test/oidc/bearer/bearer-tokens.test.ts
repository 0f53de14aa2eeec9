// Judged once and remembered for a short while: never too long, never for another token. ARCHITECTURE §3, promise 11; advisories on token caches.

import { describe, expect, it } from 'vitest';
import type { JudgedAuthorization } from '../../../src/oidc/bearer/bearer-tokens.ts';
import { bearerErrorOf } from '../../../src/oidc/tokens/token-refusal.ts';
import { BASIC, type Bed, callerOf, createBed, refusalOf, SEED } from './bed.ts';

const mint = (bed: Bed, options: object = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', ...options });
const _errorOf = (judged: JudgedAuthorization) => bearerErrorOf(refusalOf(judged));

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
