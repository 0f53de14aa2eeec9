// Signed out means signed out, wherever it was done. Promise 4.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, noted, sessionIds, signedIn, storm, thief } from '../session/support.ts';
import { createHarness } from '../support/harness.ts';

const { admin } = SEED.users;
const OPERATOR_SECRET = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';

/** An upstream that has `/slow` wait: what happens between `arrived` and `release` happens while the response is in flight. */
function createSlow() {
  const [atUpstream, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const upstream = async (request: Request) => {
    if (new URL(request.url).pathname === '/slow') {
      atUpstream.resolve();
      await held.promise;
    }
    return new Response('done');
  };
  return { harness: createHarness({ upstream }), arrived: atUpstream.promise, release: () => held.resolve() };
}

describe('promise 4: signed out means signed out', () => {
  it('by the visitor: a stolen cookie is worth nothing within REVOCATION_MAX_AGE, and the refresh token is revoked', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const stolen = await thief(harness, browser);
    expect(await storm(stolen, 1)).toEqual([200]);
    const answer = await browser.navigate('/auth/logout');
    expect(answer.headers.get('location')).toContain('id_token_hint=');
    expect(liveRefreshTokens(harness)).toBe(0);
    await harness.advance(30);
    expect(await storm(stolen, 2)).toEqual([401, 401]);
    expect(await storm(browser, 1)).toEqual([401]);
    await harness.settle();
    expect(harness.kv.entries.size).toBe(0);
  });

  it('from another device, by the button on the profile page', async () => {
    const harness = createHarness();
    const here = await signedIn(harness);
    const there = await signedIn(harness);
    const page = await (await here.navigate('/auth/profile')).text();
    const ids = await sessionIds(harness, admin);
    for (const id of ids) expect(page).toContain(id);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const body = new URLSearchParams({ session: 'others', csrf });
    const answer = await here.navigate('/auth/profile', {
      method: 'POST',
      body,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(303);
    await harness.advance(30);
    expect(await storm(there, 1)).toEqual([401]);
    expect(await storm(here, 1)).toEqual([200]);
    expect(liveRefreshTokens(harness)).toBe(1);
  });

  it('by ZITADEL’s back channel', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const other = await signedIn(harness);
    const [first] = [...harness.zitadel.sessions.sso.values()];
    harness.zitadel.terminateSession(first?.sid ?? '');
    await harness.advance(30);
    expect(await storm(browser, 1)).toEqual([401]);
    expect(await storm(other, 1)).toEqual([200]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'backchannel_logout', sub: admin }]);
    expect(liveRefreshTokens(harness)).toBe(1);
  });

  it('by an operator, one session or all', async () => {
    const harness = createHarness({ env: { OPERATOR_SECRET } });
    const browsers = [await signedIn(harness), await signedIn(harness), await signedIn(harness)];
    const [id = ''] = await sessionIds(harness, admin);
    const ask = (query: string, method = 'DELETE', authorization = `Bearer ${OPERATOR_SECRET}`) =>
      harness.app.fetch(
        new Request(`https://app.example.com/auth/operator/sessions?${query}`, { method, headers: { authorization } }),
      );
    expect((await ask(`sub=${admin}`, 'DELETE', 'Bearer wrong')).status).toBe(401);
    expect(await (await ask(`sub=${admin}&id=${id}`)).json()).toMatchObject({ ended: 1 });
    expect(await sessionIds(harness, admin)).toHaveLength(2);
    expect(await (await ask(`sub=${admin}`)).json()).toMatchObject({ ended: 2 });
    await harness.advance(30);
    for (const browser of browsers) expect(await storm(browser, 1)).toEqual([401]);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('a response already in flight can’t bring the session back', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.gateway.directory.ofUser(admin).end({ allExcept: null }, 'operator', false);
    await harness.advance(60);
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('nor prolong a session whose object can’t be asked', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(30);
    harness.objects.isDown = true;
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
  });

  it('nor put its cookie over that of a newer session of the same browser', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(31);
    const login = await browser.navigate('/auth/login?prompt=login');
    const back = await harness.zitadel.signIn({ authorizeUrl: login.headers.get('location') ?? '', user: 'admin' });
    expect((await browser.navigate(back, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(302);
    await harness.advance(35);
    release();
    await answer;
    await harness.advance(3000);
    expect(await storm(browser, 1)).toEqual([200]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'replaced' }]);
  });

  it('an expired session is not renewed by a response that was in flight when it expired', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(3700);
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
    expect(await storm(browser, 1)).toEqual([401]);
  });
});
