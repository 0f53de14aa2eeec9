// Hosts that rules name where no sites are configured: each name is one site, and what can't be one is refused. ARCHITECTURE §7 Sites, §3 (421).

import { describe, expect, it } from 'vitest';
import { load, warningsOf } from '../config/environment.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness } from '../support/harness.ts';

const rule = (...hosts: string[]) => ({ path: '/*', hosts });

function sitesOf(...hosts: string[]): readonly string[] {
  const loaded = load({ ROUTES: [rule(...hosts)] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.sites.map(({ host }) => host);
}

describe('which of them are sites', () => {
  it.each<[string[], string[]]>([
    [['wiki.example.com'], ['wiki.example.com']],
    [['wiki.example.com', 'WIKI.example.com', 'wiki.example.com:443'], ['wiki.example.com']],
    [['wiki.example.com:8443'], ['wiki.example.com:8443']],
    [['wiki.example.com:8443', 'wiki.example.com'], ['wiki.example.com']],
    [['wiki.example.com:8443', 'wiki.example.com:9443'], ['wiki.example.com:8443']],
    [['app.example.com', 'app.example.com:443', 'app.example.com:8443'], []],
    [['wiki.example.com.', 'app.example.com.'], []],
  ])('%j: %j', (hosts, sites) => expect(sitesOf(...hosts)).toEqual(sites));

  it('a host without a port is the first site’s, where that has one', () => {
    const loaded = load({
      ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback',
      UPSTREAM_URL: 'http://localhost:8081',
      ROUTES: [rule('localhost')],
    });
    expect(loaded).toMatchObject({ ok: true, sites: [], warnings: [] });
  });

  it.each(['wiki.example.com.', 'app.example.com.:8443'])('%s is none: a warning', (host) => {
    expect(warningsOf({ ROUTES: [rule('wiki.example.com', host)] })).toEqual([
      expect.stringContaining(`is for ${host}, and this site is app.example.com: nothing serves it there`),
    ]);
  });
});

describe('promise 12: no request is answered by the site of another host', () => {
  const env = { ROUTES: [rule('wiki.example.com', 'shop.example.com.', 'app.example.com:8443')] };

  it.each(['https://shop.example.com.', 'https://app.example.com.'])(
    '%s: 421, also of the endpoints',
    async (origin) => {
      const harness = createHarness({ env });
      for (const path of ['/page', '/auth/login', '/auth/profile'])
        expect((await harness.browser().navigate(origin + path)).status).toBe(421);
      expect(harness.received).toEqual([]);
    },
  );

  it.each(['wiki.example.com', 'app.example.com'])(
    '%s, at another port: its own site leads to its own sign-in',
    async (host) => {
      const response = await createHarness({ env }).browser().navigate(`https://${host}:8443/auth/login`);
      expect(new URL(locationOf(response)).searchParams.get('redirect_uri')).toBe(`https://${host}/auth/callback`);
      expect(warningsOf(env)).toEqual([expect.stringContaining('is for shop.example.com., and')]);
    },
  );

  it('and the name itself signs in on its own host', async () => {
    const response = await createHarness({ env }).browser().navigate('https://wiki.example.com/page');
    expect(new URL(locationOf(response)).searchParams.get('redirect_uri')).toBe(
      'https://wiki.example.com/auth/callback',
    );
  });
});
