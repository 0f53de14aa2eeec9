// An isolate that serves any number of hosts remembers no more than for one, asks ZITADEL no more often, and counts by names of the
// configuration alone. ARCHITECTURE §6 Isolate memory; §7 Sites; RFC 7662 §4.

import { describe, expect, it } from 'vitest';
import { sumCounts } from '../../src/observability/metrics.ts';
import { type Counts, countEvent } from '../../src/observability/series.ts';
import { createCookieMemory } from '../../src/session/unsealed-cookies.ts';
import { SEED } from '../../stand-in/seed.ts';
import type { Harness } from '../support/harness.ts';
import { APP, createSites, ORIGINS, PREVIEW, SHOP, WIKI } from './bed.ts';

const HOSTS = Array.from({ length: 40 }, (_, i) => `https://pr-${i}.apps.example.com`);
const OPAQUE = {
  ZITADEL_API_CLIENT_ID: SEED.apiClientId,
  ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
  ZITADEL_AUDIENCE: undefined,
};

describe('hosts of a wildcard', () => {
  it('share one budget of unknown tokens', async () => {
    const asked = async (hosts: readonly string[]) => {
      const harness = createSites({ env: OPAQUE });
      for (const [i, origin] of hosts.entries()) {
        const token = `invented-${i}-`.padEnd(64, 'x');
        const headers = { authorization: `Bearer ${token}`, 'cf-connecting-ip': '203.0.113.7' };
        await harness.browser().fetch(`${origin}/api`, { headers });
      }
      return harness.zitadel.calls.introspection;
    };
    expect(await asked(HOSTS)).toBe(20);
    expect(await asked(HOSTS.map(() => PREVIEW))).toBe(20);
  });

  it('ask ZITADEL once a second whether all is ready, and the application too', async () => {
    const harness = createSites();
    await harness.browser().fetch(`${APP}/auth/ready`);
    const before = { ...harness.zitadel.calls };
    const reached = harness.received.length;
    for (const origin of HOSTS) expect((await harness.browser().fetch(`${origin}/auth/ready`)).status).toBe(200);
    expect(harness.zitadel.calls).toEqual(before);
    expect(harness.received.length - reached).toBe(1);
  });
});

describe('what all sites remember together', () => {
  it('promise 12 a token that is good at one site is judged anew at the next', async () => {
    const other = { host: 'wiki.example.com', upstream: 'https://wiki.internal', project_id: '249703732336418999' };
    const same = { host: 'shop.example.net', upstream: 'https://shop.internal' };
    const harness = createSites({ env: { SITES: [other, same] } });
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.staff, jwt: true });
    const statusAt = async (origin: string) =>
      (await harness.browser().fetch(`${origin}/x`, { headers: { authorization: `Bearer ${token}` } })).status;
    const statuses = [];
    for (const origin of [APP, WIKI, SHOP, APP, WIKI, SHOP]) statuses.push(await statusAt(origin));
    expect(statuses).toEqual([200, 401, 200, 200, 401, 200]);
  });

  it('cookies of all sites stay below one weight', () => {
    const memory = createCookieMemory();
    const entry = (text: string) => ({ text, sealed: {} as never, isOldKey: false, keyring: {} as never });
    for (let i = 0; i < 30; i++) memory.set(String(i), entry('x'.repeat(1_000_000)));
    expect(memory.size).toBe(8);
  });
});

describe('requests are counted by site', () => {
  const sitesOf = async (harness: Harness, urls: readonly string[]) => {
    for (const url of urls) await harness.browser().fetch(url);
    const counts: Counts = {};
    for (const event of harness.events) countEvent(counts, event);
    return Object.keys(counts).filter((key) => key.startsWith('site_'));
  };

  it('as it is configured, and by nothing that a visitor sends', async () => {
    const urls = [
      ...ORIGINS.map((origin) => `${origin}/x`),
      ...HOSTS.map((origin) => `${origin}/auth/nowhere`),
      'https://evil.example/',
      'https://a.b.apps.example.com/',
    ];
    expect((await sitesOf(createSites(), urls)).sort()).toEqual([
      'site_requests_total{site="*.apps.example.com",status="4xx"}',
      'site_requests_total{site="app.example.com",status="4xx"}',
      'site_requests_total{site="shop.example.net",status="4xx"}',
      'site_requests_total{site="wiki.example.com",status="4xx"}',
    ]);
  });

  it('not where there is one', async () => {
    expect(await sitesOf(createSites({ env: { SITES: undefined } }), [`${APP}/`, `${WIKI}/`])).toEqual([]);
  });

  it('up to a number of series; all others go on', () => {
    const stored = new Map<string, unknown>();
    const storage = {
      get: (key: string) => stored.get(key),
      put: (key: string, value: unknown) => void stored.set(key, value),
    };
    for (let i = 0; i < 100; i++) {
      const names = Array.from({ length: 100 }, (_, n) => [`site_requests_total{site="${i}-${n}.example.com"}`, 1]);
      sumCounts(storage, { ...Object.fromEntries(names), requests_total: 1 }, 0);
    }
    const sums = stored.get('counts') as Counts;
    expect(Object.keys(sums).length).toBeLessThan(8_010);
    expect([
      sums['requests_total'],
      sums['flushes_total'],
      sums['site_requests_total{site="0-0.example.com"}'],
    ]).toEqual([100, 100, 1]);
  });
});
