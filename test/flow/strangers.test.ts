// What a stranger can leave behind: who may begin a login, how much is kept for it, how many, and for how long.
// ARCHITECTURE §3 first row; docs/security-model.md.

import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import { LIMIT, OWN, send } from './form-steps.ts';
import { lastFault } from './steps.ts';

const from = (address: string) => ({ 'cf-connecting-ip': address });
const keptBy = ({ objects }: Harness) => [...objects.storages].filter(([name]) => name.startsWith('form:'));
const sendFrom = (browser: TestBrowser, address: string) => send(browser, { headers: { ...OWN, ...from(address) } });

describe('a login is begun by a document alone', () => {
  const destinations = ['image', 'iframe', 'frame', 'embed', 'object', 'script', 'style'];
  const places = [
    '/auth/login',
    '/auth/login?return_to=/page',
    '/auth/callback?code=a&state=1x',
    '/auth/resubmit?form=x',
  ];

  it.each(places)('at %s', async (path) => {
    const harness = createHarness();
    for (const dest of destinations) {
      const response = await harness.browser().navigate(path, { headers: { 'sec-fetch-dest': dest } });
      expect([response.status, response.headers.get('location')], dest).toEqual([401, null]);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await harness.browser().fetch(path)).status).toBe(401);
    expect((await harness.browser().navigate(path)).status).toBe(302);
  });

  it('where a rule leads everything to the login, by scripts too, but by no image and no frame', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', unauthenticated: 'redirect' }] } });
    expect(new URL(locationOf(await harness.browser().fetch('/data'))).origin).toBe(ISSUER);
    for (const dest of destinations) {
      const response = await harness.browser().navigate('/page', { headers: { 'sec-fetch-dest': dest } });
      expect([response.status, response.headers.getSetCookie()], dest).toEqual([401, []]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('a frame of the application’s own page is served to whoever is signed in', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' };
    expect((await browser.navigate('/panel', { headers })).status).toBe(200);
  });
});

describe('what is kept for a stranger', () => {
  it('goes after half an hour; of somebody whose session had ended after an hour', async () => {
    const harness = createHarness();
    await send(harness.browser());
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(3601);
    await send(harness.browser());
    await send(browser);
    const [first, strangers, formers] = keptBy(harness).map(([, { entries }]) => entries);
    expect([first?.size, strangers?.size, formers?.size]).toEqual([0, 2, 2]);
    await harness.advance(1801);
    expect([strangers?.size, formers?.size]).toEqual([0, 2]);
    await harness.advance(1800);
    expect(formers?.size).toBe(0);
  });

  it('is twenty forms at once of one client, an IPv6 network being one, and one more every thirty seconds', async () => {
    for (const addressOf of [() => '203.0.113.7', (index: number) => `2001:db8:1:2::${index}`]) {
      const harness = createHarness();
      for (let index = 0; index < 20; index++)
        expect((await sendFrom(harness.browser(), addressOf(index))).status).toBe(303);
      const refused = await sendFrom(harness.browser(), addressOf(20));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect(lastFault(harness).fault).toBe('too_many_requests');
      expect(keptBy(harness)).toHaveLength(20);
      expect((await sendFrom(harness.browser(), '198.51.100.1')).status).toBe(303);
      await harness.advance(30);
      expect((await sendFrom(harness.browser(), addressOf(20))).status).toBe(303);
      expect((await sendFrom(harness.browser(), addressOf(20))).status).toBe(429);
    }
  });

  it('is two hundred at once of all clients together', async () => {
    const harness = createHarness();
    const statuses: number[] = [];
    for (let index = 0; index < 210; index++) {
      statuses.push((await sendFrom(harness.browser(), `203.0.113.${index}`)).status);
    }
    expect(statuses.filter((status) => status === 303)).toHaveLength(200);
    expect(keptBy(harness)).toHaveLength(200);
  });

  it('does not hold back whose session has ended', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    for (let index = 0; index < 20; index++) await sendFrom(harness.browser(), '203.0.113.7');
    await harness.advance(3601);
    for (let index = 0; index < 21; index++) await sendFrom(harness.browser(), '203.0.113.7');
    expect((await sendFrom(harness.browser(), '203.0.113.7')).status).toBe(429);
    expect((await sendFrom(browser, '203.0.113.7')).status).toBe(303);
  });

  it('is twenty forms at once of one whose session has ended, from wherever they come; of another as many', async () => {
    const harness = createHarness();
    const [browser, another] = [harness.browser(), harness.browser()];
    await harness.signIn(browser, 'user');
    await harness.signIn(another, 'admin');
    await harness.advance(3601);
    for (let index = 0; index < 20; index++) expect((await sendFrom(browser, `203.0.113.${index}`)).status).toBe(303);
    expect((await sendFrom(browser, '198.51.100.1')).status).toBe(429);
    expect((await sendFrom(another, '198.51.100.1')).status).toBe(303);
    await harness.advance(30);
    expect((await sendFrom(browser, '198.51.100.1')).status).toBe(303);
  });

  it('an address of more than 2,000 characters counts like a form; one too many leads to its path', async () => {
    const harness = createHarness();
    const path = `/page?q=${'x'.repeat(3_000)}`;
    const browser = harness.browser();
    for (let index = 0; index < 21; index++) await browser.navigate(path, { headers: from('203.0.113.7') });
    expect(keptBy(harness)).toHaveLength(20);
    const toProvider = await harness.browser().navigate(path, { headers: from('203.0.113.7') });
    expect(toProvider.status).toBe(302);
    const last = harness.browser();
    const authorizeUrl = locationOf(await last.navigate(path, { headers: from('203.0.113.7') }));
    const back = await last.navigate(await harness.zitadel.signIn({ authorizeUrl, user: 'user' }));
    expect(locationOf(back)).toBe(`${ORIGIN}/page`);
  });

  it('is no address of more than 8,192 characters', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    expect((await browser.navigate(`/page?q=${'x'.repeat(9_000)}`)).status).toBe(302);
    expect((await browser.navigate(`/auth/login?return_to=/page?q=${'x'.repeat(9_000)}`)).status).toBe(302);
    expect((await send(browser, { path: `/guestbook?q=${'x'.repeat(9_000)}` })).status).toBe(401);
    expect(keptBy(harness)).toEqual([]);
    // A form goes without a Referer of that length.
    await send(browser, { headers: { ...OWN, referer: `${ORIGIN}/${'x'.repeat(9_000)}` } });
    const [[, storage] = []] = keptBy(harness);
    expect(JSON.stringify([...(storage?.entries ?? [])]).length).toBeLessThan(4_000);
  });
});

describe('LOGIN_RATE_LIMIT is asked', () => {
  it('before a byte of the form is read, and once for a login', async () => {
    const harness = createHarness();
    let success = false;
    let asked = 0;
    const limit = async () => {
      asked += 1;
      return { success };
    };
    const { gateway } = harness;
    const app = createApp({ ...gateway, bindings: { ...gateway.bindings, LOGIN_RATE_LIMIT: { limit } } });
    let isRead = false;
    const body = () =>
      new ReadableStream(
        {
          pull(controller) {
            isRead = true;
            controller.enqueue(new Uint8Array(LIMIT / 4));
            controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    const post = () =>
      harness.browser(app).navigate('/guestbook', {
        method: 'POST',
        body: body(),
        duplex: 'half',
        headers: { ...OWN, ...from('203.0.113.7'), 'content-type': 'text/plain' },
      } as RequestInit);
    expect((await post()).status).toBe(429);
    expect([asked, isRead]).toEqual([1, false]);
    success = true;
    expect((await post()).status).toBe(303);
    expect([asked, isRead]).toEqual([2, true]);
  });
});
