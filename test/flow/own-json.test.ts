// The gateway's own JSON: userinfo, health, readiness. ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness } from '../support/harness.ts';
import { expectOwnHeaders, logIn } from './steps.ts';

describe('GET /auth/userinfo', () => {
  it('is the session, with no token in it', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser, { user: 'admin', mfa: true });
    const response = await browser.fetch('/auth/userinfo');
    expectOwnHeaders(response);
    const { now } = harness.clock;
    expect(await response.json()).toEqual({
      sub: SEED.users.admin,
      name: 'Ada Moreau',
      email: 'ada@acme.example',
      preferred_username: expect.stringMatching(/^ada@/),
      roles: ['admin', 'user'],
      org: SEED.organizationId,
      auth_time: now,
      amr: expect.arrayContaining(['mfa']),
      session: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        started_at: now,
        idle_expires_at: now + 3600,
        expires_at: now + 43_200,
      },
    });
  });

  it('leaves out an address that is not verified', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser, { user: 'nobody' });
    const me = (await (await browser.fetch('/auth/userinfo')).json()) as object;
    expect(me).toMatchObject({ roles: [] });
    expect(me).not.toHaveProperty('email');
  });

  it('is 401 with login_url without a session', async () => {
    const response = await createHarness().browser().fetch('/auth/userinfo');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated', login_url: expect.any(String) });
  });

  it('does not count as activity', async () => {
    const harness = createHarness({ env: { SESSION_DURATION: 600 } });
    const browser = harness.browser();
    await logIn(harness, browser);
    for (let minute = 1; minute <= 9; minute++) {
      await harness.advance(60);
      expect((await browser.fetch('/auth/userinfo')).status).toBe(200);
    }
    await harness.advance(61);
    expect((await browser.fetch('/auth/userinfo')).status).toBe(401);
  });

  it('says no auth_time where the provider said none', async () => {
    const harness = createHarness();
    const { tamper } = harness.zitadel;
    tamper.idToken = ({ auth_time: _, ...claims }, header) => ({ claims, header });
    const browser = harness.browser();
    await logIn(harness, browser);
    expect(await (await browser.fetch('/auth/userinfo')).json()).not.toHaveProperty('auth_time');
  });
});

describe('step-up by max_age', () => {
  const ROUTES = [{ path: '/safe/*', max_age: 300 }];

  it('is not met by an ID token that does not say when', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    harness.zitadel.tamper.idToken = ({ auth_time: _, ...claims }, header) => ({ claims, header });
    expect((await harness.signIn(browser, 'user', '/safe/x')).status).toBe(302);
    const stepUp = await harness.signIn(browser, 'user', '/safe/x');
    expect(stepUp.status).toBe(403);
    expect(harness.received).toEqual([]);
  });

  it('is met by a sign-in just made', async () => {
    const harness = createHarness({ env: { ROUTES } });
    expect((await harness.signIn(harness.browser(), 'user', '/safe/x')).status).toBe(200);
  });
});

describe('GET /auth/health and /auth/ready', () => {
  it('health answers without asking anybody', async () => {
    const harness = createHarness();
    const response = await harness.browser().fetch('/auth/health');
    expect(response.status).toBe(200);
    expectOwnHeaders(response);
    expect(harness.zitadel.calls.list).toEqual([]);
  });

  it('ready names what it depends on, one entry each', async () => {
    const response = await createHarness().browser().fetch('/auth/ready');
    expect(response.status).toBe(200);
    expectOwnHeaders(response);
    const { checks } = (await response.json()) as { checks: Record<string, { ok: boolean }> };
    expect(Object.keys(checks)).toEqual(expect.arrayContaining(['discovery', 'keys', 'kv', 'upstream']));
    expect(Object.values(checks).every(({ ok }) => ok)).toBe(true);
  });

  it.each(['discovery', 'keys', 'authorize', 'token', 'userinfo'] as const)(
    'ready notices that %s no longer answers, though it is remembered, and that it answers again',
    async (name) => {
      const harness = createHarness();
      const browser = harness.browser();
      for (const status of [500, 503, 404, 429]) {
        harness.zitadel.faults.clear();
        harness.clock.now += 1;
        expect((await browser.fetch('/auth/ready')).status).toBe(200);
        harness.zitadel.faults.set(name, { status, body: 'secret detail', headers: { 'content-type': 'text/plain' } });
        harness.clock.now += 1;
        const response = await browser.fetch('/auth/ready');
        expect(response.status).toBe(503);
        const text = await response.text();
        expect(JSON.parse(text).checks[name].ok).toBe(false);
        expect(text).not.toContain('secret detail');
      }
    },
  );

  it('ready begins no sign-in, and is no fault in the log', async () => {
    const harness = createHarness();
    await harness.browser().fetch('/auth/ready');
    expect(harness.zitadel.calls.list.map(({ endpoint, status }) => `${endpoint} ${status}`).sort()).toEqual([
      'authorize 400',
      'discovery 200',
      'keys 200',
      'token 400',
      'userinfo 401',
    ]);
    expect(harness.zitadel.sessions.authRequests.size).toBe(0);
    expect(harness.events.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('ready notices KV and the upstream', async () => {
    const harness = createHarness({ upstream: () => Promise.reject(new TypeError('refused')) });
    harness.kv.faults.failReads = true;
    const { checks } = (await (await harness.browser().fetch('/auth/ready')).json()) as {
      checks: Record<string, { ok: boolean; error?: string }>;
    };
    expect([checks['kv']?.ok, checks['upstream']?.ok, checks['discovery']?.ok]).toEqual([false, false, true]);
    // Anybody may ask: what the stores and the upstream said is for the log.
    const reasons = harness.events.flatMap((event) => (event.event === 'not_ready' ? [event.reason] : []));
    expect(reasons).toEqual(expect.arrayContaining(['KV GET failed: 500', 'refused']));
    expect([checks['kv']?.error, checks['upstream']?.error, checks['discovery']?.error]).toEqual([
      'no good answer; see the log',
      'no good answer; see the log',
      undefined,
    ]);
  });

  it('asking often does not keep ZITADEL busy', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await Promise.all([browser.fetch('/auth/ready'), browser.fetch('/auth/ready'), browser.fetch('/auth/ready')]);
    await browser.fetch('/auth/ready');
    const { keys, authorize, token, userinfo } = harness.zitadel.calls;
    expect([keys, authorize, token, userinfo]).toEqual([1, 1, 1, 1]);
  });
});

describe('organisations', () => {
  const env = { ZITADEL_ORG_ID: SEED.organizationId };

  it('a member of ZITADEL_ORG_ID gets in', async () => {
    const harness = createHarness({ env });
    expect((await logIn(harness, harness.browser())).status).toBe(302);
  });

  it.each([SEED.otherOrganizationId, undefined, '', [SEED.organizationId]])(
    'somebody whose claims say %j is a 403 page, and the refresh token is revoked',
    async (organization) => {
      const harness = createHarness({ env });
      harness.zitadel.tamper.userinfo = (json) => ({ ...json, 'urn:zitadel:iam:user:resourceowner:id': organization });
      const browser = harness.browser();
      const response = await logIn(harness, browser);
      expect(response.status).toBe(403);
      expectOwnHeaders(response);
      expect((await browser.fetch('/auth/userinfo')).status).toBe(401);
      await harness.settle();
      expect(harness.zitadel.calls.revocation).toBe(1);
    },
  );
});
