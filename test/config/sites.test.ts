// SITES: which hosts are taken and which are refused, and what a site may say besides. ARCHITECTURE §7 Sites; RFC 9110 §7.2 (Host);
// RFC 5890 (international names); RFC 3986 §3.2.2 (addresses).

import { describe, expect, it } from 'vitest';
import { compileConfigs } from '../../src/config/resolve-sites.ts';
import { issueOf, issuesOf, load, warningsOf } from './environment.ts';

const OTHER = { host: 'shop.example.net' };
const withHost = (host: unknown) => ({ SITES: [OTHER, { host }] });
const LOCAL = { ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback', UPSTREAM_URL: 'http://localhost:8081' };

/** The site that serves a request, as its URL has the host. */
function servedBy(host: string, url: string): string {
  const loaded = load(withHost(host));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = compileConfigs(loaded)(new URL(url).host);
  return config.origin;
}

describe('the host of a site', () => {
  it.each([
    ['wiki.example.com', 'https://wiki.example.com/'],
    ['WIKI.Example.COM', 'https://wiki.example.com/'],
    ['wiki.example.com:443', 'https://wiki.example.com/'],
    ['wiki.example.com:', 'https://wiki.example.com/'],
    ['wiki.example.com:8443', 'https://wiki.example.com:8443/'],
    ['bücher.example', 'https://bücher.example/'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
    ['xn--bcher-kva.example', 'https://BÜCHER.example/'],
    ['wiki。example。com', 'https://wiki.example.com/'],
    ['my_wiki.example.com', 'https://my_wiki.example.com/'],
    ['192.0.2.7', 'https://192.0.2.7/'],
    ['[2001:db8::1]', 'https://[2001:DB8:0:0::1]/'],
    ['[2001:DB8::1]:8443', 'https://[2001:db8::1]:8443/'],
    ['intranet', 'https://intranet/'],
    ['*.apps.example.com', 'https://pr-12.apps.example.com/'],
    ['*.apps.example.com:8443', 'https://pr-12.apps.example.com:8443/'],
    ['*.bücher.example', 'https://pr-12.bücher.example/'],
  ])('%s is served: %s', (host, url) => expect(servedBy(host, url)).toBe(new URL(url).origin));

  it.each([
    ['wiki.example.com.', 'without the dot at its end'],
    ['wiki。example。com。', 'without the dot at its end'],
    ['*.example.com.', 'without the dot at its end'],
    ['2001:db8::1', '"[2001:db8::1]"'],
    ['::1', '"[::1]"'],
    ['https://wiki.example.com', '"wiki.example.com"'],
    ['https://wiki.example.com/', '"wiki.example.com"'],
    ['wiki.example.com/docs', 'the host of a site'],
    ['wiki.example.com:0', 'port 0'],
    ['wiki.example.com:99999', 'the host of a site'],
    ['wiki..example.com', 'between the dots'],
    ['.example.com', 'between the dots'],
    [`${'x'.repeat(64)}.example.com`, 'between the dots'],
    [`${'x.'.repeat(130)}example`, 'at most 253'],
    ['', 'the host of a site'],
    ['*', 'the host of a site'],
    ['*.', 'the host of a site'],
    ['*.*.example.com', 'the host of a site'],
    ['a*.example.com', 'the host of a site'],
    ['*.192.0.2.7', 'no names below it'],
    ['*.[::1]', 'no names below it'],
    ['wiki example.com', 'the host of a site'],
    ['user@wiki.example.com', 'the host of a site'],
    ['wiki.example.com?x', 'the host of a site'],
    ['wiki.example.com#x', 'the host of a site'],
    ['wiki%2eexample.com', 'the host of a site'],
    ['wiki\\example.com', 'the host of a site'],
    ['999.1.1.1', 'the host of a site'],
    [7, 'text, in quotes'],
  ])('%j is refused, with a word: %s', (host, wanted) => {
    const issue = issueOf(withHost(host));
    expect(issue.variable).toBe('SITES, site 2, host');
    expect(issue.wanted).toContain(wanted);
    expect(issue.example).toBe('host = "wiki.example.com"');
  });

  it.each([
    ['app.example.com', 'ZITADEL_CALLBACK_URL'],
    ['app.example.com:8443', 'ZITADEL_CALLBACK_URL'],
    ['shop.example.net', 'site 1'],
    ['SHOP.example.net:9000', 'site 1'],
  ])('%s is another’s already', (host, whose) => {
    expect(issueOf(withHost(host))).toMatchObject({
      variable: 'SITES, site 2, host',
      wanted: expect.stringContaining(whose),
    });
  });

  it('on plain HTTP only loopback, on the port of the first', () => {
    const SITES = (host: string) => ({ ...LOCAL, SITES: [{ host }] });
    expect(issueOf(SITES('wiki.example.com')).wanted).toContain('loopback');
    expect(warningsOf(SITES('wiki.localhost:8787'))).toEqual([]);
    expect(warningsOf(SITES('*.apps.localhost:8787'))).toEqual([]);
    expect(warningsOf(SITES('wiki.localhost'))).toEqual([expect.stringContaining('nothing listens there')]);
  });
});

describe('an upstream that is one of the gateway’s own sites', () => {
  const WIKI = { host: 'wiki.example.com' };
  const PREVIEWS = { host: '*.apps.example.com' };
  it.each<[string, object, string]>([
    ['the first site’s is another', { UPSTREAM_URL: 'https://wiki.example.com', SITES: [WIKI] }, 'UPSTREAM_URL'],
    [
      'a site’s is the first',
      { SITES: [{ ...WIKI, upstream: 'https://app.example.com/x' }] },
      'SITES, site 1, upstream',
    ],
    ['its own', { SITES: [OTHER, { ...WIKI, upstream: 'https://wiki.example.com' }] }, 'SITES, site 2, upstream'],
    ['another’s', { SITES: [{ ...WIKI, upstream: 'https://shop.example.net' }, OTHER] }, 'SITES, site 1, upstream'],
    [
      'one that a wildcard stands for',
      { SITES: [PREVIEWS, { ...WIKI, upstream: 'https://pr-1.apps.example.com' }] },
      'SITES, site 2, upstream',
    ],
    [
      'a rule’s is another site',
      {
        SITES: [
          {
            ...WIKI,
            routes: [
              { path: '/', access: 'public' },
              { path: '/x/*', upstream: 'https://wiki.example.com' },
            ],
          },
        ],
      },
      'SITES, site 1, routes, route 2, upstream',
    ],
    [
      'a rule of the first is another site',
      { SITES: [WIKI], ROUTES: [{ path: '/x/*', upstream: 'https://wiki.example.com' }] },
      'ROUTES, route 1, upstream',
    ],
    [
      'a host that only rules name',
      { UPSTREAM_URL: 'https://wiki.example.com', ROUTES: [{ path: '/x', hosts: ['wiki.example.com'] }] },
      'UPSTREAM_URL',
    ],
    [
      'by another name of loopback',
      { ...LOCAL, SITES: [{ host: 'wiki.localhost:8787', upstream: 'http://127.0.0.1:8787' }] },
      'SITES, site 1, upstream',
    ],
    [
      'as a site on loopback',
      { ...LOCAL, UPSTREAM_URL: 'http://wiki.localhost:8787', SITES: [{ host: 'wiki.localhost:8787' }] },
      'UPSTREAM_URL',
    ],
  ])('%s: said once', (_, changes, variable) => {
    expect(issueOf(changes as Record<string, unknown>)).toMatchObject({
      variable,
      wanted: expect.stringContaining('call itself'),
    });
  });

  it.each([
    'https://wiki.internal.example.com',
    'https://a.b.apps.example.com',
    'https://apps.example.com',
    'https://wiki.example.com:8443',
  ])('%s is none', (UPSTREAM_URL) => expect(issuesOf({ UPSTREAM_URL, SITES: [WIKI, PREVIEWS] })).toEqual([]));
});

describe('a rule for a host that is not its site’s', () => {
  const rule = (...hosts: string[]) => ({ path: '/x', hosts });
  it.each<[object, RegExp]>([
    [{ ROUTES: [rule('wiki.example.com')] }, /^ROUTES: route 1 \(\/x\) is for wiki.example.com, .* nothing serves it$/],
    [{ ROUTES: [rule('app.example.com', 'wiki.example.com')] }, /for wiki\.example\.com, .* nothing serves it there$/],
    [
      { routes: [rule('app.example.com')] },
      /^SITES, site 1 \(wiki\.example\.com\): ROUTES: route 1 .* nothing serves it$/,
    ],
  ])('%j: a warning', (given, sentence) => {
    const { routes, ...changes } = given as { routes?: unknown };
    const site = { host: 'wiki.example.com', ...(routes !== undefined && { routes }) };
    expect(warningsOf({ SITES: [site], ...changes })).toEqual([expect.stringMatching(sentence)]);
  });

  it.each<[string, string]>([
    ['wiki.example.com', 'wiki.example.com'],
    ['wiki.example.com:8443', 'wiki.example.com'],
    ['wiki.example.com:8443', 'wiki.example.com:8443'],
    ['*.apps.example.com', 'pr-1.apps.example.com'],
  ])('at %s, %s is none', (host, ruled) => {
    expect(warningsOf({ SITES: [{ host, routes: [rule(ruled)] }] })).toEqual([]);
  });

  it('without SITES each such host is a site, on all its ports, and none of the first site’s own name is', () => {
    expect(warningsOf({ ROUTES: [rule('wiki.example.com')] })).toEqual([]);
    const hosts = ['wiki.example.com:8443', 'wiki.example.com', 'app.example.com:8443', 'shop.example.net:8443'];
    const loaded = load({ ROUTES: hosts.map((host) => rule(host)) });
    if (!loaded.ok) throw new Error('not taken');
    expect(loaded.sites.map(({ host }) => host)).toEqual(['wiki.example.com', 'shop.example.net:8443']);
    expect(loaded.config.ruleHosts).toEqual(new Set(['app.example.com:8443']));
  });
});

describe('what is wrong with the first site’s settings', () => {
  it('is not said of every site again', () => {
    const SITES = [OTHER, { host: 'wiki.example.com' }];
    expect(issuesOf({ SITES, SESSION_DURATION: 100, SESSION_MAX_DURATION: 10 })).toHaveLength(1);
    expect(warningsOf({ SITES, UPSTREAM_URL: 'http://app.internal' })).toHaveLength(1);
  });

  it('and what is wrong with a site’s own is', () => {
    const SITES = [OTHER, { host: 'wiki.example.com', session_duration: 90_000 }];
    expect(issuesOf({ SITES })).toMatchObject([{ variable: 'SITES, site 2, session_max_duration' }]);
  });
});

describe('what is wrong with a site is said in its words', () => {
  const upstream = 'https://wiki.internal';
  it.each<[Record<string, unknown>, object]>([
    [
      { session_duration: 7200, session_max_duration: 3600 },
      { variable: 'SITES, site 2, session_max_duration', wanted: 'at least session_duration, which is 7200' },
    ],
    [
      { session_max_duration: 60 },
      { variable: 'SITES, site 2, session_max_duration', wanted: 'at least SESSION_DURATION, which is 600' },
    ],
    [
      { upstream, upstream_secret: 'WIKI_SECRET' },
      { variable: 'WIKI_SECRET', wanted: expect.stringContaining('named in SITES, site 2, upstream_secret') },
    ],
    [
      { routes: [{ path: '/x', upstream, upstream_secret: 'WIKI_SECRET' }] },
      {
        variable: 'WIKI_SECRET',
        wanted: expect.stringContaining('named in SITES, site 2, routes, route 1, upstream_secret'),
      },
    ],
    [
      { upstream: 'https://wiki.example.com/x' },
      { variable: 'SITES, site 2, upstream', found: '"https://wiki.example.com/x"' },
    ],
    [{ upstream: 'service:WIKI' }, { variable: 'SITES, site 2, upstream', found: '"service:WIKI"' }],
  ])('%j', (fields, issue) => {
    const SITES = [OTHER, { host: 'wiki.example.com', ...fields }];
    expect(issueOf({ SESSION_DURATION: 600, SITES })).toMatchObject(issue);
  });
});

describe('by which name a site’s application is called', () => {
  const upstream = 'https://shop.internal';
  it.each<[string | undefined, object, string]>([
    [undefined, {}, 'upstream'],
    [undefined, { upstream }, 'upstream'],
    ['public', {}, 'public'],
    ['public', { upstream }, 'public'],
    ['public', { upstream, upstream_host: 'upstream' }, 'upstream'],
    // A host name is that of UPSTREAM_URL, which a site may share.
    ['wiki.example', {}, 'wiki.example'],
    ['wiki.example', { upstream }, 'upstream'],
    ['wiki.example', { upstream, upstream_host: 'shop.example' }, 'shop.example'],
  ])('UPSTREAM_HOST %s, site %j: %s', (UPSTREAM_HOST, fields, called) => {
    const loaded = load({ UPSTREAM_HOST, SITES: [{ ...OTHER, ...fields }] });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    expect(compileConfigs(loaded)(OTHER.host).config.upstreamHost).toBe(called);
  });
});
