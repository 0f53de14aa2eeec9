// The profile page's buttons: they end one's own sessions, and nobody else's. ARCHITECTURE §2; promise 4.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness } from '../support/harness.ts';
import { isSignedIn, lastFault, logIn } from './steps.ts';

const { user, admin } = SEED.users;
const OWN = { 'sec-fetch-site': 'same-origin' };

const press = (browser: TestBrowser, session: string, headers: Record<string, string> = OWN) =>
  browser.navigate('/auth/profile', { method: 'POST', body: new URLSearchParams({ session }), headers });

async function twoUsers() {
  const harness = createHarness();
  const [mine, theirs] = [harness.browser(), harness.browser()];
  await logIn(harness, mine);
  await logIn(harness, theirs, { user: 'admin' });
  return { harness, mine, theirs };
}

describe('a button of the profile page', () => {
  it('ends one’s own session, here at once', async () => {
    const { harness, mine, theirs } = await twoUsers();
    const [id = ''] = await sessionIds(harness, user);
    expect((await press(mine, id)).status).toBe(303);
    expect([await isSignedIn(mine), await isSignedIn(theirs)]).toEqual([false, true]);
  });

  it('never ends another user’s, whose id somebody has learnt', async () => {
    const { harness, mine, theirs } = await twoUsers();
    const [id = ''] = await sessionIds(harness, admin);
    expect((await press(mine, id)).status).toBe(303);
    expect([await isSignedIn(mine), await isSignedIn(theirs)]).toEqual([true, true]);
  });

  it.each(['cross-site', 'same-site'])('pressed by a %s page ends nothing, and says so', async (site) => {
    const { harness, mine } = await twoUsers();
    const [id = ''] = await sessionIds(harness, user);
    for (const session of [id, 'others']) {
      expect((await press(mine, session, { 'sec-fetch-site': site })).status).toBe(403);
      expect(lastFault(harness).fault).toBe('cross_site');
    }
    expect(await isSignedIn(mine)).toBe(true);
  });

  it('is good for an hour, and for the session whose page it was on', async () => {
    const { harness, mine, theirs } = await twoUsers();
    const csrfOf = async (browser: TestBrowser) =>
      /name="csrf" value="([^"]+)"/.exec(await (await browser.navigate('/auth/profile')).text())?.[1] ?? '';
    const [own, foreign] = [await csrfOf(mine), await csrfOf(theirs)];
    const send = async (csrf: string) => {
      const body = new URLSearchParams({ session: 'others', csrf });
      // An older browser, whose pages without Referer send `Origin: null`.
      return (await mine.send('/auth/profile', { method: 'POST', body, headers: { origin: 'null' } })).status;
    };
    expect([await send(own), await send(foreign), await send('')]).toEqual([303, 403, 403]);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await harness.advance(600);
      await mine.navigate('/page');
    }
    expect(await send(own)).toBe(303);
    await harness.advance(1);
    expect(await send(own)).toBe(403);
    expect(await isSignedIn(mine)).toBe(true);
  });
});

describe('what the profile page says', () => {
  it('names the organisation, and writes times in the zone where the edge sees the visitor', async () => {
    const { harness, mine } = await twoUsers();
    const send = (request: Request) =>
      harness.app.fetch(Object.assign(request, { cf: { timezone: 'Asia/Tokyo' } }) as never) as Promise<Response>;
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const text = await (await mine.sendTo(send, '/auth/profile', { headers })).text();
    expect(text).toContain('<dd><bdi>ACME</bdi></dd>');
    expect(text).not.toContain(SEED.organizationId);
    expect(text.match(/GMT\+9<\/time>/g)?.length).toBeGreaterThan(2);
  });
});

describe('promise 4: the profile page', () => {
  it('of a session that turns out to have ended at ZITADEL is shown to nobody', async () => {
    const harness = createHarness();
    // Without a back channel the gateway notices only when it reads the claims again.
    harness.zitadel.webApplication.backChannelLogoutUri = undefined;
    const browser = harness.browser();
    await logIn(harness, browser);
    harness.zitadel.terminateSession([...harness.zitadel.sessions.sso.values()][0]?.sid ?? '');
    await harness.advance(301);
    const answer = await browser.navigate('/auth/profile');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toContain('/oauth/v2/authorize');
  });
});
