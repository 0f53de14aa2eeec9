// Without SITES, hosts that rules name: those of another name are sites, and those of the first site's own name change nothing.
// ARCHITECTURE §7 Sites; promise 12; RFC 6265 §8.5 (cookies are not isolated by port).

import { describe, expect, it } from 'vitest';
import { OTHER_SECRET } from '../support/harness.ts';
import { APP, createSites, signInAt, WIKI } from './bed.ts';

const AT_PORT = `${WIKI}:8443`;
const bed = (...hosts: string[]) =>
  createSites({
    env: { SITES: undefined, ROUTES: [{ path: '/x/*', hosts }], UPSTREAM_SECRET: OTHER_SECRET },
  });
const BY_ITSELF = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' };

describe('a rule’s host without a port', () => {
  it.each([
    [APP, AT_PORT],
    [WIKI, `${APP}:8443`],
  ])('promise 12: of %s no cookie counts at %s, asked there or by a proxy', async (from, to) => {
    const harness = bed('wiki.example.com', 'app.example.com');
    const browser = harness.browser();
    await signInAt(harness, browser, `${from}/`);
    const cookie = await browser.jar.getCookieString(from);
    const before = harness.received.length;
    expect((await harness.browser().fetch(`${to}/x/1`, { headers: { cookie } })).status).toBe(401);
    expect(harness.received).toHaveLength(before);
    const question = {
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': '/x/1',
      'x-forwarded-host': new URL(to).host,
      'x-gateway-secret': OTHER_SECRET,
    };
    for (const origin of [APP, WIKI, AT_PORT]) {
      const answer = await harness.browser().fetch(`${origin}/auth/check`, { headers: { ...question, cookie } });
      expect([origin, answer.status]).toEqual([origin, 401]);
    }
  });

  it('means all its ports, with the session of its name', async () => {
    const harness = bed('wiki.example.com');
    const browser = harness.browser();
    await signInAt(harness, browser, `${WIKI}/`);
    const cookie = await browser.jar.getCookieString(WIKI);
    expect((await harness.browser().fetch(`${AT_PORT}/x/1`, { headers: { cookie } })).status).toBe(200);
  });
});

describe('one site, whose rules name its own host', () => {
  it.each([['app.example.com'], ['app.example.com', 'app.example.com:8443']])(
    'is as without that: %s, %s',
    async (...hosts) => {
      const harness = bed(...hosts.filter((host) => host !== undefined));
      const browser = harness.browser();
      await signInAt(harness, browser, `${APP}/`);
      expect((await browser.send(`${APP}/transfer`, { method: 'POST', headers: BY_ITSELF })).status).toBe(200);
      expect(harness.events.some((event) => 'site' in event)).toBe(false);
      const cookie = await browser.jar.getCookieString(APP);
      expect((await harness.browser().fetch(`${APP}:8443/x/1`, { headers: { cookie } })).status).toBe(200);
    },
  );
});
