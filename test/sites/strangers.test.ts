// Promise 12: sites are strangers. What was made for one is nothing at another: cookies, codes, forms, questions, assertions, logout rounds.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { createSites as createBed, HOME, ORIGINS, PORTAL, signInAt } from './bed.ts';

const EVERYWHERE = [...ORIGINS, HOME];
const PAIRS = EVERYWHERE.flatMap((from) => EVERYWHERE.filter((to) => to !== from).map((to) => [from, to] as const));

const createSites = () => createBed({ env: PORTAL });

describe.each(PAIRS)('promise 12: of %s nothing counts at %s', (from, to) => {
  it('a session’s cookie', async () => {
    const harness = createSites();
    const browser = harness.browser();
    await signInAt(harness, browser, `${from}/`);
    const cookie = await browser.jar.getCookieString(from);
    expect(cookie).toContain('__Host-postern=');
    for (const path of ['/', '/auth/userinfo', '/auth/profile']) {
      expect((await harness.browser().fetch(`${to}${path}`, { headers: { cookie } })).status).toBe(401);
    }
    expect(harness.received).toHaveLength(from === HOME ? 0 : 1);
    // It has not been ended either.
    expect((await browser.navigate(`${from}/`)).status).toBe(200);
  });

  it('the cookies of a login under way', async () => {
    const harness = createSites();
    const browser = harness.browser();
    const authorize = locationOf(await browser.navigate(`${from}/`));
    const cookie = await browser.jar.getCookieString(from);
    const back = new URL(await harness.zitadel.signIn({ authorizeUrl: authorize, user: SEED.users.staff }));
    const response = await harness.browser().navigate(`${to}/auth/callback${back.search}`, {
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    });
    const kept = response.headers.getSetCookie().filter((line) => /^__Host-postern=[^;]/.test(line));
    expect(kept).toEqual([]);
    expect(harness.received).toEqual([]);
  });

  it('the question of a sign-out, and the form that answers it', async () => {
    const harness = createSites();
    const browser = harness.browser();
    for (const origin of [from, to]) await signInAt(harness, browser, `${origin}/`);
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await browser.navigate(`${from}/auth/profile`)).text())?.[1];
    expect(csrf).toBeDefined();
    const response = await browser.send(`${to}/auth/profile`, {
      method: 'POST',
      body: new URLSearchParams({ csrf: csrf ?? '', session: 'others' }),
      headers: {
        origin: from,
        'sec-fetch-site': 'same-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    });
    expect(response.status).toBe(403);
    for (const origin of [from, to]) expect((await browser.navigate(`${origin}/`)).status).toBe(200);
  });

  it('an address to return to', async () => {
    const harness = createSites();
    const browser = harness.browser();
    const query = new URLSearchParams({ return_to: `${from}/secret` });
    const authorize = locationOf(await browser.navigate(`${to}/auth/login?${query}`));
    let response = await browser.navigate(
      await harness.zitadel.signIn({ authorizeUrl: authorize, user: SEED.users.staff }),
    );
    while (response.status === 303) response = await browser.navigate(locationOf(response));
    expect(new URL(locationOf(response), to).href).toBe(`${to}/`);
  });

  it('a page’s script, whatever it calls itself', async () => {
    const harness = createSites();
    const browser = harness.browser();
    for (const origin of [from, to]) await signInAt(harness, browser, `${origin}/`);
    const before = harness.received.length;
    const headers = { origin: from, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    const upgrade = await browser.fetch(`${to}/socket`, { headers: { ...headers, upgrade: 'websocket' } });
    expect(upgrade.status).toBe(to === HOME ? 404 : 403);
    const out = await browser.send(`${to}/auth/logout`, { method: 'POST', headers });
    expect(out.status).toBe(403);
    const answer = await browser.fetch(`${to}/auth/userinfo`, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(harness.received).toHaveLength(before);
  });
});
