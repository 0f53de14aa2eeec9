// ZITADEL's clock differs from ours: up to a minute either way everything works, beyond it nothing of the future is believed.
// RFC 7519 §4.1.4 to §4.1.6; OIDC Core §3.1.3.7 (10); Back-Channel Logout 1.0 §2.6; RFC 7523 §3.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn, lastFault, logIn } from './steps.ts';

const START = 1_790_000_000;

/** `ahead`: seconds that ZITADEL's clock is ahead of ours. */
function createSkewed(ahead: number): Harness {
  let ours: Harness | undefined;
  const now = () => Math.floor(ours?.clock.now ?? START) + ahead;
  ours = createHarness({
    startAt: START,
    zitadel: { now, lifetimes: { accessToken: 600 }, backChannelRetryDelays: [] },
  });
  return ours;
}

const back = async ({ zitadel, settle }: Harness) => {
  const [session] = [...zitadel.sessions.sso.values()];
  zitadel.terminateSession(session?.sid ?? '');
  await settle();
  return zitadel.backChannel.deliveries.at(-1)?.statuses.at(-1);
};

describe.each([-60, -59, -1, 1, 59, 60])('ZITADEL’s clock is %i s ahead', (ahead) => {
  it('a sign-in works, and so do its refreshes', async () => {
    const harness = createSkewed(ahead);
    const browser = harness.browser();
    expect((await logIn(harness, browser)).status).toBe(302);
    for (const _ of [1, 2]) {
      await harness.advance(700);
      expect((await browser.navigate('/page')).status).toBe(200);
    }
    expect(harness.events.filter(({ event }) => event === 'refreshed').length).toBeGreaterThan(0);
  });

  it('a logout token ends the session that has just begun', async () => {
    const harness = createSkewed(ahead);
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(5);
    expect(await back(harness)).toBe(200);
    await harness.advance(31);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('a bearer token is taken', async () => {
    const harness = createSkewed(ahead);
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });
    const response = await harness.browser().fetch('/page', { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(200);
  });

  it('ZITADEL takes our assertion', async () => {
    const harness = createSkewed(ahead);
    harness.zitadel.webApplication.authMethod = 'private_key_jwt';
    const file = await harness.zitadel.createApplicationKey(SEED.webApplicationId);
    const browser = harness.browser(harness.isolate({ ZITADEL_CLIENT_KEY: JSON.stringify(file) }));
    expect((await logIn(harness, browser)).status).toBe(302);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a second more than that', () => {
  it('an ID token is refused', async () => {
    const harness = createSkewed(61);
    const browser = harness.browser();
    const answer = await comeBack(browser, await callbackFor(harness, await beginLogin(browser)));
    expect([answer.status, lastFault(harness)]).toMatchObject([400, { fault: 'login_failed' }]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('so is a bearer token', async () => {
    const harness = createSkewed(61);
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });
    const response = await harness.browser().fetch('/page', { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
  });

  it('and a logout token', async () => {
    const harness = createSkewed(0);
    await logIn(harness, harness.browser());
    harness.zitadel.tamper.logoutToken = (claims, header) => ({ claims: { ...claims, iat: START + 61 }, header });
    expect(await back(harness)).toBe(400);
    expect(harness.events.at(-1)).toMatchObject({ decision: 'bad_logout_token' });
  });
});

it('nobody can set the bound', () => {
  expect(() => createHarness({ env: { CLOCK_TOLERANCE: '300' } })).toThrow(/CLOCK_TOLERANCE/);
});
