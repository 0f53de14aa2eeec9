// What a connection that stays open is asked now and then: does its session stand, and may it still go here (promise 4).

import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../src/gate/admission.ts';
import { revalidationTimes, revalidatorOf } from '../../src/gate/revalidation.ts';
import { matchRequest } from '../../src/policy/match.ts';
import type { Requirement } from '../../src/policy/requirement.ts';
import { compileRules } from '../../src/policy/rules.ts';
import { firstRevalidation, revalidationPeriod } from '../../src/proxy/open/revalidation.ts';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

const ROUTES = [{ path: '/admin/*', roles: ['admin'] }];
const INTROSPECTION = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
const { admin } = SEED.users;

function requirementOf({ gateway }: Harness): Requirement {
  const rules = compileRules(gateway.config.routes, { takesBearer: gateway.config.takesBearer });
  const requirement = matchRequest(rules, { method: 'GET', host: 'app.example.com', path: '/admin/socket' });
  if (requirement.kind === 'nonsense') throw new Error(requirement.reason);
  return requirement;
}

async function connect(options: HarnessOptions = {}) {
  const harness = createHarness({ env: { ROUTES }, ...options });
  const browser = harness.browser();
  await harness.signIn(browser, 'admin');
  const { gateway } = harness;
  const requirement = requirementOf(harness);
  const cookie = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
  const opened = await gateway.visitorSessions.open(cookie);
  if (opened.kind !== 'active') throw new Error(opened.kind);
  const revalidator = (open: Parameters<typeof revalidatorOf>[1]) => revalidatorOf(gateway, open);
  return {
    harness,
    requirement,
    revalidator,
    stillAllowed: revalidator({ requirement, who: { kind: 'session', visit: opened.visit } }),
  };
}

describe('an open connection', () => {
  it('of a session that stands and may go there goes on', async () => {
    const { harness, stillAllowed } = await connect();
    expect(await stillAllowed?.()).toBe(true);
    await harness.advance(400);
    expect(await stillAllowed?.()).toBe(true);
  });

  it('ends with the session, whatever this isolate remembers', async () => {
    const { harness, stillAllowed } = await connect();
    expect(await stillAllowed?.()).toBe(true);
    const [id = ''] = await sessionIds(harness, admin);
    await harness.gateway.directory.ofUser(admin).end({ id }, 'logout', false);
    expect(await stillAllowed?.()).toBe('the session has ended');
  });

  it('ends when reading the claims again shows that ZITADEL has ended the session', async () => {
    const { harness, stillAllowed } = await connect();
    harness.zitadel.faults.set('userinfo', { status: 401, body: {} });
    harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
    await harness.advance(301);
    expect(await stillAllowed?.()).toBe('the session has ended');
  });

  it('ends when the role is taken away, within CLAIMS_MAX_AGE (promise 5)', async () => {
    const { harness, stillAllowed } = await connect();
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(301);
    expect(await stillAllowed?.()).toBe('access has been withdrawn');
  });

  it('of a bearer token ends with the token, to the second', async () => {
    const { harness, requirement, revalidator } = await connect();
    const caller = { via: 'bearer', identity: { sub: '1', roles: {}, claims: {} } } as never;
    const expiresAt = harness.clock.now + 60;
    const stillAllowed = revalidator({
      requirement,
      who: { kind: 'bearer', caller, token: 't', expiresAt, judgedAt: harness.clock.now },
    });
    await harness.advance(59);
    expect(await stillAllowed?.()).toBe(true);
    await harness.advance(1);
    expect(await stillAllowed?.()).toBe('the access token has expired');
  });

  it('of a JWT that a rule wants to be of a recent sign-in ends when that is no longer so', async () => {
    const { harness, revalidator } = await connect({ env: { ROUTES: [{ path: '/admin/*', max_age: 60 }] } });
    const caller = {
      via: 'bearer',
      identity: { sub: '1', roles: {}, claims: {} },
      amr: [],
      auth_time: harness.clock.now,
    } as const;
    const who = {
      kind: 'bearer',
      caller,
      token: 't',
      expiresAt: harness.clock.now + 600,
      judgedAt: harness.clock.now,
    } as const;
    const stillAllowed = revalidator({ requirement: requirementOf(harness), who });
    await harness.advance(60);
    expect(await stillAllowed?.()).toBe(true);
    await harness.advance(1);
    expect(await stillAllowed?.()).toBe('a newer sign-in is needed');
  });

  it('of nobody is not watched', async () => {
    const { requirement, revalidator } = await connect();
    expect(revalidator({ requirement, who: { kind: 'nobody', reason: '' } })).toBeUndefined();
  });
});

/** Opens `/admin/socket` with an opaque token; `pass` turns the clock and looks as the guard does, and says when it ended. */
async function connectOpaque(env: Record<string, unknown> = {}, seconds = 0, isRevoked = false) {
  const harness = createHarness({ env: { ...INTROSPECTION, ROUTES, ...env } });
  const { clock, gateway } = harness;
  const token = await harness.zitadel.mintAccessToken({ sub: admin, lifetime: 3600, aud: [SEED.projectId] });
  const admitRequest = createAdmission(gateway);
  const headers = { authorization: `Bearer ${token}` };
  const raw = new Request('https://app.example.com/admin/socket', { headers });
  const context = {
    req: { raw, method: 'GET', url: raw.url, header: (name: string) => raw.headers.get(name) ?? undefined },
    get: () => ({}) as never,
    set: () => undefined,
  };
  const admit = () => admitRequest(context, { host: 'app.example.com', path: '/admin/socket' });
  // Judged once, and remembered.
  await admit();
  if (isRevoked) harness.zitadel.deactivateUser('admin');
  clock.now += seconds;
  const admitted = await admit();
  if (admitted instanceof Response) throw new Error(`${admitted.status}`);
  const times = revalidationTimes(gateway, admitted);
  const stillAllowed = revalidatorOf(gateway, admitted);
  let next = clock.now + firstRevalidation(times);
  const pass = async (until: number) => {
    for (; next <= until; next += revalidationPeriod(times.within)) {
      clock.now = next;
      const answer = await stillAllowed?.();
      if (answer !== true) return { at: next, answer };
    }
    clock.now = until;
    return 'open';
  };
  return { harness, clock, pass, times };
}

describe('an open connection of an opaque token', () => {
  it.each([
    ['just judged', 0],
    ['remembered', 29],
    ['remembered for longer than REVOCATION_MAX_AGE', 55],
  ])('%s goes on while it is good', async (_what, age) => {
    const { clock, pass } = await connectOpaque({}, age);
    expect(await pass(clock.now + 600)).toBe('open');
  });

  it.each([
    [0, 0],
    [0, 100],
    [29, 0],
    [55, 1],
  ])('judged %i s before and revoked after %i s is closed within REVOCATION_MAX_AGE', async (age, after) => {
    const { harness, clock, pass } = await connectOpaque({}, age);
    expect(await pass(clock.now + after)).toBe('open');
    harness.zitadel.deactivateUser('admin');
    const revokedAt = clock.now;
    const { at, answer } = (await pass(clock.now + 600)) as { at: number; answer: string };
    expect(answer).toBe('the access token is no longer good');
    expect(at - revokedAt).toBeLessThanOrEqual(30);
  });

  it.each([
    [1, 30],
    [15, 30],
    [28, 30],
    // It was opened by a remembered judgement, which counts for a minute for every request.
    [45, 46],
  ])('revoked %i s before it was opened is closed %i s after that at the latest', async (before, latest) => {
    const { clock, pass } = await connectOpaque({}, before, true);
    const revokedAt = clock.now - before;
    const { at } = (await pass(clock.now + 600)) as { at: number };
    expect(at - revokedAt).toBeLessThanOrEqual(latest);
  });

  it.each([
    [300, 30],
    [10, 10],
    [2, 2],
  ])('is closed within CLAIMS_MAX_AGE = %i after the loss of the role it needed', async (claimsMaxAge, within) => {
    const { harness, clock, pass } = await connectOpaque({ CLAIMS_MAX_AGE: String(claimsMaxAge) });
    expect(await pass(clock.now + 100)).toBe('open');
    harness.zitadel.setUserRoles('admin', ['user']);
    const lostAt = clock.now;
    const { at, answer } = (await pass(clock.now + 600)) as { at: number; answer: string };
    expect(answer).toBe('access has been withdrawn');
    expect(at - lostAt).toBeLessThanOrEqual(within);
  });

  it('outlasts a ZITADEL that is away for as long as a new request with it would pass', async () => {
    const { harness, clock, pass } = await connectOpaque();
    expect(await pass(clock.now + 100)).toBe('open');
    harness.zitadel.faults.set('introspection', { status: 503 });
    expect(await pass(clock.now + 30)).toBe('open');
    await expect(pass(clock.now + 100)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

describe('an open connection of a session', () => {
  it('that this isolate asked about a while ago is looked at the sooner', async () => {
    const { harness, requirement } = await connect();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const cookie = await browser.jar.getCookieString('https://app.example.com/');
    for (const age of [0, 10, 29]) {
      harness.clock.now += age;
      const opened = await harness.gateway.visitorSessions.open(cookie);
      if (opened.kind !== 'active') throw new Error(opened.kind);
      const first = firstRevalidation(
        revalidationTimes(harness.gateway, { requirement, who: { kind: 'session', visit: opened.visit } }),
      );
      expect(harness.clock.now + first - opened.visit.known.checkedAt).toBeLessThanOrEqual(30);
      harness.clock.now -= age;
    }
  });

  it.each([300, 20, 2])(
    'is closed within CLAIMS_MAX_AGE = %i after the loss of the role, at the guard’s pace',
    async (claimsMaxAge) => {
      const { harness, requirement, stillAllowed } = await connect({
        env: { ROUTES, CLAIMS_MAX_AGE: String(claimsMaxAge) },
      });
      const period = revalidationPeriod(revalidationTimes(harness.gateway, { requirement, who: NOBODY }).within);
      for (let look = 0; look < 20; look++) {
        await harness.advance(period);
        expect(await stillAllowed?.()).toBe(true);
      }
      harness.zitadel.setUserRoles('admin', ['user']);
      let waited = 0;
      do {
        waited += period;
        await harness.advance(period);
      } while ((await stillAllowed?.()) === true);
      expect(waited).toBeLessThanOrEqual(claimsMaxAge);
    },
  );
});

const NOBODY = { kind: 'nobody', reason: '' } as const;
