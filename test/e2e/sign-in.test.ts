// The built worker: sign in, see the application, sign out.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

describe('the built worker', () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker({ env: { REVOCATION_MAX_AGE: '1' } });
  });
  afterAll(() => worker?.stop());

  async function signIn(user: string, path: string) {
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate(path));
    const callbackUrl = await worker.zitadel.signIn({ authorizeUrl, user });
    const back = await browser.navigate(callbackUrl);
    return { browser, page: await browser.navigate(locationOf(back)) };
  }

  it('signs in and shows the page that was asked for, greeting by name with roles', async () => {
    const { page } = await signIn('staff', '/echo?a=%20b');
    expect(page.status).toBe(200);
    const { headers, url } = (await page.json()) as { headers: Record<string, string>; url: string };
    expect(url).toBe('/echo?a=%20b');
    expect(decodeURIComponent(headers['x-forwarded-name'] ?? '')).toBe('Zoë Kõiv-Straße 王');
    expect(headers['x-forwarded-roles']).toBe('staff,user');
    expect(page.headers.get('cache-control')).toContain('private');
  });

  it('signs out here and at ZITADEL, revokes the refresh token, and closes the page', async () => {
    const { browser } = await signIn('user', '/profile');
    const leaving = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(leaving.status).toBe(303);
    const endSession = new URL(locationOf(leaving));
    expect(endSession.pathname).toBe('/oidc/v1/end_session');
    expect(endSession.searchParams.get('id_token_hint')).toBeTruthy();
    const back = await fetch(endSession, { redirect: 'manual' });
    const done = await browser.navigate(locationOf(back));
    expect(done.status).toBe(200);
    expect(worker.zitadel.calls.revocation).toBeGreaterThan(0);
    const again = await browser.navigate('/profile');
    expect(new URL(locationOf(again)).pathname).toBe('/oauth/v2/authorize');
  });

  it('is signed out everywhere by ZITADEL’s back channel', async () => {
    const { browser } = await signIn('admin', '/profile');
    worker.zitadel.terminateUserSessions('admin');
    await worker.zitadel.backChannel.settled();
    expect(worker.zitadel.backChannel.deliveries.at(-1)?.statuses).toEqual([200]);
    await vi.waitFor(async () => expect((await browser.fetch('/auth/userinfo')).status).toBe(401), { timeout: 10_000 });
  });
});
