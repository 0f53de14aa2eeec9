// Sites in KV: read behind the requests, judged before they are taken, and never opening anything. ARCHITECTURE §7 Sites; promise 10.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import type { Harness, HarnessOptions } from '../support/harness.ts';
import { APP, createSites, SHOP, signInAt, WIKI } from './bed.ts';

const WIKI_SITE = { host: 'wiki.example.com', upstream: 'https://wiki.internal' };
const SHOP_SITE = { host: 'shop.example.net', upstream: 'https://shop.internal' };
const OPEN = [{ path: '/*', access: 'public' }];

/** A namespace whose one entry, and whose willingness to answer, a test sets. */
function setUp(text: string | null, options: HarnessOptions = {}) {
  const store = { text, isAway: false, reads: 0 };
  const get = async () => {
    store.reads += 1;
    if (store.isAway) throw new Error('KV is away');
    return store.text;
  };
  const configuration = { get } as unknown as KVNamespace;
  const harness = createSites({ configuration, ...options, env: { SITES: undefined, ...options.env } });
  const statusOf = async (url: string) => (await harness.browser().fetch(url)).status;
  /** So much later; the first request then begins the reading, which the next one sees. */
  const later = async (seconds: number) => {
    await harness.advance(seconds);
    await harness.browser().fetch(`${APP}/auth/health`);
    await harness.settle();
  };
  return { store, harness, statusOf, later };
}

const list = (...sites: object[]) => JSON.stringify(sites);
const eventsOf = ({ events }: Harness, name: string) => events.filter(({ event }) => event === name);

describe('a list of sites in KV', () => {
  it('is what the first request of an isolate already meets', async () => {
    const { harness, statusOf } = setUp(list(WIKI_SITE));
    expect(await statusOf(`${WIKI}/`)).toBe(401);
    expect((await signInAt(harness, harness.browser(), `${WIKI}/`)).status).toBe(200);
    expect(new URL(harness.received.at(-1)?.url ?? '').host).toBe('wiki.internal');
    const wanted = { level: 'info', sites: 1, version: expect.stringMatching(/^[0-9a-f]{12}$/) };
    // The worker's isolate, and that of the objects.
    expect(eventsOf(harness, 'sites_taken')).toMatchObject([wanted, wanted]);
  });

  it('promise 10: that nobody can read leaves the first site as careful of its neighbours as with it', async () => {
    const { harness, store } = setUp(list(WIKI_SITE));
    store.isAway = true;
    const browser = harness.browser();
    await signInAt(harness, browser, `${APP}/`);
    const headers = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' };
    expect((await browser.send(`${APP}/transfer`, { method: 'POST', headers })).status).toBe(401);
  });

  it('stands in for SITES of the variables, which count where there is none', async () => {
    const own = [{ ...SHOP_SITE, routes: OPEN }];
    const withList = setUp(list(WIKI_SITE), { env: { SITES: own } });
    expect([await withList.statusOf(`${SHOP}/`), await withList.statusOf(`${WIKI}/`)]).toEqual([421, 401]);
    const without = setUp(null, { env: { SITES: own } });
    expect([await without.statusOf(`${SHOP}/`), await without.statusOf(`${WIKI}/`)]).toEqual([200, 421]);
  });

  it('is read once a minute at most, however many requests come, and no request waits for it', async () => {
    const { store, harness, statusOf } = setUp(list(WIKI_SITE));
    await statusOf(`${WIKI}/`);
    for (let second = 0; second < 59; second++) {
      await harness.advance(1);
      await Promise.all([statusOf(`${WIKI}/`), statusOf(`${APP}/`)]);
    }
    expect(store.reads).toBe(1);
    store.text = list(SHOP_SITE);
    await harness.advance(1);
    // This one begins the reading, and is served by the list that it found.
    expect(await statusOf(`${WIKI}/`)).toBe(401);
    await harness.settle();
    expect(store.reads).toBe(2);
    expect([await statusOf(`${WIKI}/`), await statusOf(`${SHOP}/`)]).toEqual([421, 401]);
  });

  it.each([
    ['no JSON', '[{'],
    ['an empty text', ' '],
    ['no list', '{"host":"wiki.example.com"}'],
    ['null', 'null'],
    ['a misspelled field', list({ ...WIKI_SITE, rotes: OPEN })],
    ['a bad rule in one of many', list(SHOP_SITE, { ...WIKI_SITE, routes: [...OPEN, { path: 'x' }] })],
    ['a host twice', list(SHOP_SITE, WIKI_SITE, WIKI_SITE)],
    ['the first site’s host', list({ ...SHOP_SITE, host: 'app.example.com', routes: OPEN })],
    ['a secret that is not there', list({ ...WIKI_SITE, routes: OPEN, upstream_secret: 'NOWHERE' })],
  ])('promise 10 with %s opens nothing: the last good one stays, and each problem is said once', async (_what, bad) => {
    const { store, harness, statusOf, later } = setUp(list(WIKI_SITE));
    await statusOf(`${WIKI}/`);
    store.text = bad;
    await later(61);
    await later(61);
    expect([await statusOf(`${WIKI}/`), await statusOf(`${APP}/`), await statusOf(`${SHOP}/`)]).toEqual([
      401, 401, 421,
    ]);
    const said = eventsOf(harness, 'config_issue') as { variable?: string; wanted?: string }[];
    expect(said.length).toBeGreaterThan(0);
    for (const { variable, wanted } of said)
      expect([variable, wanted]).toEqual([expect.any(String), expect.any(String)]);
    expect(new Set(said.map((each) => JSON.stringify(each))).size).toBe(said.length);
    store.text = list(SHOP_SITE);
    await later(61);
    expect([await statusOf(`${WIKI}/`), await statusOf(`${SHOP}/`)]).toEqual([421, 401]);
  });

  it('promise 10 that was bad from the beginning: the variables are served, any other host is 503', async () => {
    const { store, statusOf, later } = setUp('nonsense', { env: { SITES: [WIKI_SITE] } });
    expect([await statusOf(`${APP}/`), await statusOf(`${WIKI}/`), await statusOf(`${SHOP}/`)]).toEqual([
      401, 401, 503,
    ]);
    store.text = list(SHOP_SITE);
    await later(61);
    expect([await statusOf(`${WIKI}/`), await statusOf(`${SHOP}/`)]).toEqual([421, 401]);
  });

  it('while KV is away from the beginning: the same, asked again after five seconds', async () => {
    const { store, harness, statusOf, later } = setUp(list(SHOP_SITE));
    store.isAway = true;
    expect([await statusOf(`${APP}/`), await statusOf(`${SHOP}/`)]).toEqual([401, 503]);
    await harness.advance(4);
    expect([await statusOf(`${SHOP}/`), store.reads]).toEqual([503, 1]);
    store.isAway = false;
    await later(1);
    expect([await statusOf(`${SHOP}/`), store.reads]).toEqual([401, 2]);
    store.isAway = true;
    await later(61);
    expect([await statusOf(`${SHOP}/`), await statusOf(`${WIKI}/`)]).toEqual([401, 421]);
    expect(eventsOf(harness, 'sites_unread')).toHaveLength(2);
  });

  it('that is deleted stays where it was read; a new isolate has the variables', async () => {
    const { store, harness, statusOf, later } = setUp(list(WIKI_SITE));
    await statusOf(`${WIKI}/`);
    store.text = null;
    await later(61);
    expect(await statusOf(`${WIKI}/`)).toBe(401);
    expect(eventsOf(harness, 'sites_missing')).toHaveLength(1);
    expect((await harness.browser(harness.isolate({})).fetch(`${WIKI}/`)).status).toBe(421);
  });

  it('is named by its version at /auth/ready, which changes with the text', async () => {
    const { store, harness, later } = setUp(list(WIKI_SITE));
    const versionOf = async () =>
      ((await (await harness.browser().fetch(`${APP}/auth/ready`)).json()) as { sites?: string }).sites;
    const first = await versionOf();
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    store.text = list(SHOP_SITE);
    await later(61);
    expect(await versionOf()).toMatch(/^[0-9a-f]{12}$/);
    expect(await versionOf()).not.toBe(first);
    const [taken] = eventsOf(harness, 'sites_taken').slice(-1) as { version?: string }[];
    expect(taken?.version).toBe(await versionOf());
  });
});

describe('the sessions of a site', () => {
  const start = async () => {
    const bed = setUp(list(WIKI_SITE, SHOP_SITE));
    const browser = bed.harness.browser();
    for (const origin of [APP, WIKI]) await signInAt(bed.harness, browser, `${origin}/`);
    const statuses = async () =>
      Promise.all([APP, WIKI].map(async (origin) => (await browser.fetch(`${origin}/`)).status));
    return { ...bed, browser, statuses };
  };

  it('that leaves the list are good for nothing; and stand again where it comes back', async () => {
    const { store, later, statuses } = await start();
    expect(await statuses()).toEqual([200, 200]);
    store.text = list(SHOP_SITE);
    await later(61);
    expect(await statuses()).toEqual([200, 421]);
    store.text = list(WIKI_SITE);
    await later(61);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('outlast a change of the list, whose rules hold at once', async () => {
    const { store, later, statuses } = await start();
    store.text = list({ ...WIKI_SITE, routes: [{ path: '/*', roles: ['admin'] }] });
    await later(61);
    expect(await statuses()).toEqual([200, 403]);
    store.text = list(WIKI_SITE);
    await later(61);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('promise 6 are not lost because an object that has just woken can’t read the list', async () => {
    const ownClient = { ...WIKI_SITE, client_id: SEED.webClientId };
    const { store, harness } = setUp(list(ownClient));
    const browser = harness.browser();
    await signInAt(harness, browser, `${WIKI}/`);
    const [session] = await harness.gateway.directory.ofUser(SEED.users.staff).list();
    const ask = () =>
      harness.gateway.directory
        .ofUser(SEED.users.staff)
        .readClaims({ id: session?.id ?? '', notBefore: harness.clock.now, claimsAt: 0 });
    store.isAway = true;
    // Another isolate, for the worker and for the objects.
    const app = harness.isolate({});
    await harness.browser(app).fetch(`${APP}/auth/health`);
    await harness.advance(400);
    const asked = { ...harness.zitadel.calls };
    expect(await ask()).toMatchObject({ kind: 'kept' });
    expect(harness.zitadel.calls).toEqual(asked);
    const cookie = await browser.jar.getCookieString(WIKI);
    const statusOf = async () => (await harness.browser(app).fetch(`${WIKI}/`, { headers: { cookie } })).status;
    expect(await statusOf()).toBe(503);
    store.isAway = false;
    await harness.advance(61);
    await Promise.all([statusOf(), ask()]);
    await harness.advance(61);
    expect(await statusOf()).toBe(200);
    expect(await ask()).toMatchObject({ kind: 'read' });
  });
});
