// What an isolate remembers of a session, and for how long. Promise 4 (REVOCATION_MAX_AGE); promise 6.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ClaimsAndTokens } from '../../src/session/claims-and-tokens.ts';
import { type KnownSession, KnownSessions } from '../../src/session/known-sessions.ts';
import type { UserSessionsDirectory } from '../../src/session/object-client.ts';
import type { Standing, UserSessionsApi } from '../../src/user-object/api.ts';
import { type Bed, createBed } from '../oidc/bearer/bed.ts';
import { createHarness } from '../support/harness.ts';

const START = 1_790_000_000;
const times = { sessionDuration: 3600, sessionMaxDuration: 43_200, revocationMaxAge: 30 };
const sealed = {
  id: 's',
  sub: '1',
  identity: { sub: '1', roles: {}, claims: {} },
  auth_time: START,
  amr: [],
  startedAt: START,
  seenAt: START,
  claimsAt: START,
  expiresAt: START + 43_200,
};
const GOOD: Standing = { kind: 'good', seenAt: START, claimsAt: START };

/** One user's object, and a clock that tests and answers turn. */
function setUp(object: (clock: { now: number }) => Partial<UserSessionsApi>) {
  const clock = { now: START };
  const directory = { ofUser: () => object(clock) } as unknown as UserSessionsDirectory;
  const dependencies = { times, directory, now: () => clock.now, waitUntil: () => undefined };
  return { clock, dependencies };
}

describe('a session’s standing', () => {
  it('promise 4 is good for REVOCATION_MAX_AGE from the question, not from the answer', async () => {
    let asked = 0;
    const { clock, dependencies } = setUp((turned) => ({
      standing: async () => {
        asked += 1;
        // The session may end while the answer is on its way.
        turned.now += 3;
        return GOOD;
      },
    }));
    const knownSessions = new KnownSessions(dependencies);
    await knownSessions.of(sealed, { seenAt: START });
    clock.now = START + 29;
    await knownSessions.of(sealed, { seenAt: START });
    expect(asked).toBe(1);
    clock.now = START + 30;
    await knownSessions.of(sealed, { seenAt: START });
    expect(asked).toBe(2);
  });

  it('promise 4 once over is over, whatever is answered later', async () => {
    const answers: Standing[] = [{ kind: 'ended', reason: 'logout' }, GOOD];
    const { clock, dependencies } = setUp(() => ({ standing: async () => answers.shift() ?? GOOD }));
    const knownSessions = new KnownSessions(dependencies);
    expect((await knownSessions.of(sealed, { seenAt: START })).ended).toBe('logout');
    clock.now += 31;
    expect((await knownSessions.of(sealed, { seenAt: START })).ended).toBe('logout');
    expect((await knownSessions.ask(sealed, { seenAt: START })).ended).toBe('logout');
  });
});

describe('a question about tokens or claims', () => {
  const known = (): KnownSession => ({
    checkedAt: START,
    reportedAt: START,
    activeAt: START,
    isReplaced: false,
    newestClaimsAt: START,
    retryAt: 0,
  });

  it('promise 4 that finds the session over ends it in this isolate at once', async () => {
    const over = { kind: 'ended', reason: 'refresh_token_dead' } as const;
    const { dependencies } = setUp(() => ({ tokens: async () => over, readClaims: async () => over }));
    const [asTokens, asClaims] = [known(), known()];
    await new ClaimsAndTokens(dependencies).tokens({ id: 's', sub: '1', known: asTokens }, 1000);
    await new ClaimsAndTokens(dependencies).read({ id: 's', sub: '1', known: asClaims }, START, 1000);
    expect([asTokens.ended, asClaims.ended]).toEqual(['refresh_token_dead', 'refresh_token_dead']);
  });

  it('promise 6 that the object did not answer is not asked again for five seconds', async () => {
    let asked = 0;
    const { clock, dependencies } = setUp(() => ({
      readClaims: async () => {
        asked += 1;
        throw new Error('overloaded');
      },
    }));
    const questions = new ClaimsAndTokens(dependencies);
    const subject = { id: 's', sub: '1', known: known() };
    expect(await questions.read(subject, START, 1000)).toBe('kept');
    clock.now += 4;
    expect(await questions.read(subject, START, 1000)).toBe('kept');
    questions.readBehind(subject, START);
    expect(asked).toBe(1);
    clock.now += 1;
    await questions.read(subject, START, 1000);
    expect(asked).toBe(2);
  });
});

describe('many requests that ask for a session’s claims or tokens', () => {
  const session = (claimsAt = START) => ({
    id: 's',
    sub: '1',
    known: { checkedAt: START, reportedAt: 0, activeAt: 0, isReplaced: false, newestClaimsAt: claimsAt, retryAt: 0 },
  });

  /** An object that never answers, as when the request that asked it was cancelled. */
  function silent() {
    const asked = { claims: 0, tokens: 0 };
    const never = new Promise<never>(() => undefined);
    const object = {
      readClaims: () => {
        asked.claims += 1;
        return never;
      },
      tokens: () => {
        asked.tokens += 1;
        return never;
      },
    };
    const { clock, dependencies } = setUp(() => object);
    return { asked, clock, questions: new ClaimsAndTokens(dependencies) };
  }

  it('promise 6 share one question until it counts as lost, after twenty seconds', async () => {
    const { asked, clock, questions } = silent();
    const askBoth = () => Promise.all([questions.read(session(), START, 1), questions.tokens(session(), 1)]);
    await Promise.all([askBoth(), askBoth()]);
    clock.now += 19;
    await askBoth();
    expect(asked).toEqual({ claims: 1, tokens: 1 });
    clock.now += 1;
    await askBoth();
    expect(asked).toEqual({ claims: 2, tokens: 2 });
  });

  it('promise 5 join no question whose claims may be older than they need', async () => {
    const { asked, questions } = silent();
    await questions.read(session(), START, 1);
    await questions.read(session(), START - 1, 1);
    expect(asked.claims).toBe(1);
    await questions.read(session(), START + 1, 1);
    expect(asked.claims).toBe(2);
  });
});

describe('what lies in memory', () => {
  it.each<[string, (index: number, bed: Bed) => Promise<string> | string]>([
    ['invented', (index) => `invented-token-${index}`],
    ['good', (_index, { zitadel }) => zitadel.mintAccessToken({ sub: 'admin', jwt: true })],
  ])('is the bearer token, %s or not, without the blanks that came before it', async (_what, tokenOf) => {
    const bed = createBed();
    const judge = async (index: number) => {
      const header = `Bearer ${' '.repeat(60_000)}${await tokenOf(index, bed)}`;
      return bed.bearer.judge(Buffer.from(header, 'latin1').toString('latin1'));
    };
    await judge(0);
    const before = heapUsed();
    for (let index = 1; index <= 300; index++) await judge(index);
    // All of them would be 18 MB
    expect(heapUsed() - before).toBeLessThan(9_000_000);
  });

  it('is the session’s cookie, not all that came with it', async () => {
    const { gateway, clock } = createHarness();
    const open = async (index: number) => {
      const session = { ...sealed, id: `s${index}`, startedAt: clock.now, seenAt: clock.now, claimsAt: clock.now };
      const own = await gateway.keyring.seal('session', { ...session, expiresAt: clock.now + 3600 });
      const header = Buffer.from(`others=${'x'.repeat(60_000)}; __Host-postern=${own}`, 'latin1').toString('latin1');
      await gateway.visitorSessions.open(header);
    };
    await open(0);
    const before = heapUsed();
    for (let index = 1; index <= 300; index++) await open(index);
    // All of them would be 18 MB
    expect(heapUsed() - before).toBeLessThan(9_000_000);
  });
});

/** Bytes, after garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
