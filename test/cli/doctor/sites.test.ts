// `doctor` with several sites: what is wrong at one of them is found, and the finding names it. ARCHITECTURE §7 Sites.

import { describe, expect, it } from 'vitest';
import { printFindings } from '../../../cli/doctor/report.ts';
import { createLook } from '../../../cli/support/look.ts';
import { type Bed, createBed, UPSTREAM_SECRET } from '../doctor-bed.ts';

const WIKI_SECRET = [...UPSTREAM_SECRET].reverse().join('');
const HOSTS = ['wiki.example.com', 'shop.example.net', 'postern-any.apps.example.com'];

/** Three sites beside the first, each as it should be. */
function createSites(): Bed {
  const SITES = [
    {
      host: 'wiki.example.com',
      upstream: 'https://wiki.internal.example.net',
      upstream_secret: 'WIKI_SECRET',
      routes: [{ path: '/edit/*', roles: ['editor'] }],
    },
    { host: 'shop.example.net', session_duration: 600 },
    { host: '*.apps.example.com' },
  ];
  const bed = createBed({ SITES, WIKI_SECRET });
  bed.wrangler.routes = [
    ...['app.example.com', 'wiki.example.com', 'shop.example.net'].map((pattern) => ({ pattern, custom_domain: true })),
    '*.apps.example.com/*',
  ];
  for (const host of HOSTS) bed.others.set(`https://${host}`, (request) => bed.harness.app.fetch(request as never));
  for (const host of HOSTS.slice(0, 2)) {
    bed.harness.zitadel.webApplication.redirectUris.push(`https://${host}/auth/callback`);
    bed.harness.zitadel.webApplication.postLogoutRedirectUris.push(`https://${host}/auth/logout/callback`);
  }
  return bed;
}

type Site = Record<string, unknown>;
const siteOf = ({ values }: Bed, index: number): Site => (values['SITES'] as Site[])[index] as Site;
const application = ({ harness }: Bed) => harness.zitadel.webApplication;

describe('doctor of a good installation with several sites', () => {
  it('says that it is one, and asks at each', async () => {
    const { code, findings } = await createSites().run();
    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'skipped')).toEqual([]);
    expect(code).toBe(0);
    const sitesWith = (check: string) => findings.filter((each) => each.check === check).map(({ site }) => site);
    expect(sitesWith('gateway')).toEqual([
      'app.example.com',
      'wiki.example.com',
      'shop.example.net',
      '*.apps.example.com',
    ]);
    expect(sitesWith('redirect URI')).toEqual(['app.example.com', 'wiki.example.com', 'shop.example.net']);
    expect(sitesWith('post-logout URI')).toEqual(['app.example.com', 'wiki.example.com', 'shop.example.net']);
    expect(sitesWith('upstream')).toEqual(['app.example.com', 'wiki.example.com']);
    expect(sitesWith('header size').filter((site) => site !== undefined)).toHaveLength(4);
  });

  it('the start page is one of them, and no application is asked for there', async () => {
    const bed = createSites();
    Object.assign(bed.values, { PORTAL_HOST: 'home.example.com' });
    bed.others.set('https://home.example.com', () => Response.json({ status: 'ok' }));
    const { findings } = await bed.run();
    const bad = findings.filter(({ status }) => status === 'failed' || status === 'warning');
    expect(bad.map(({ check, site }) => [check, site])).toEqual([
      ['routes', 'home.example.com'],
      ['redirect URI', 'home.example.com'],
      ['post-logout URI', 'home.example.com'],
    ]);
    expect(findings.filter(({ site }) => site === 'home.example.com').map(({ check }) => check)).toContain('gateway');
  });

  it('says what is well at many sites in one line', async () => {
    const { findings } = await createSites().run();
    const printed = printFindings(findings, createLook(false));
    expect(printed).toMatch(/^ok +gateway +as wanted 4 times: app\.example\.com, wiki\.example\.com, .*$/m);
    expect(printed.match(/^ok +header size/gm)).toHaveLength(1);
    expect(printed).toContain('All is well');
  });

  it('says how near SITES is to the limit of a variable', async () => {
    const bed = createSites();
    const SITES = [{ host: 'wiki.example.com', brand_name: 'x'.repeat(70) }];
    Object.assign(bed.values, { SITES });
    Object.assign(bed.wrangler, { vars: { SITES } });
    const limits = async () => (await bed.run('--local')).findings.filter(({ check }) => check === 'limits');
    expect((await limits()).at(-1)).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(
        /^SITES: 1 site, \d+ bytes of 5,000: about \d+ more like these fit, then postern\.toml/,
      ),
    });
    const many = JSON.stringify(Array(60).fill(SITES[0]));
    Object.assign(bed.values, { SITES: many });
    Object.assign(bed.wrangler, { vars: { SITES: many } });
    expect(await limits()).toMatchObject([{ status: 'failed', cure: expect.stringContaining('postern.toml') }]);
    Object.assign(bed.wrangler, { vars: {} });
    expect((await limits()).at(-1)?.found).toContain('in postern.toml, a module');
  });
});

interface Fault {
  readonly name: string;
  readonly plant: (bed: Bed) => unknown;
  readonly check: string;
  readonly found: RegExp;
  readonly cure: RegExp;
  readonly status?: 'warning';
}

const FAULTS: readonly Fault[] = [
  {
    name: 'a host without a route',
    plant: ({ wrangler }) =>
      (wrangler.routes = wrangler.routes?.filter(
        (each) => typeof each === 'string' || each.pattern !== 'shop.example.net',
      )),
    check: 'routes',
    found: /no route leads shop\.example\.net to the gateway/,
    cure: /pattern = "shop\.example\.net", custom_domain = true/,
  },
  {
    name: 'a wildcard without a route',
    plant: ({ wrangler }) => (wrangler.routes = wrangler.routes?.filter((each) => typeof each !== 'string')),
    check: 'routes',
    found: /no route leads \*\.apps\.example\.com/,
    cure: /pattern = "\*\.apps\.example\.com\/\*", zone_name/,
  },
  {
    name: 'a route without a site',
    plant: ({ wrangler }) =>
      (wrangler.routes = [...(wrangler.routes ?? []), { pattern: 'old.example.com', custom_domain: true }]),
    check: 'routes',
    found: /old\.example\.com .* 421/,
    cure: /host = "old\.example\.com"/,
    status: 'warning',
  },
  {
    name: 'a redirect URI that ZITADEL does not know',
    plant: (bed) => application(bed).redirectUris.splice(1, 1),
    check: 'redirect URI',
    found: /wiki\.example\.com/,
    cure: /add https:\/\/wiki\.example\.com\/auth\/callback.*npx postern setup/,
  },
  {
    name: 'a post-logout URI that ZITADEL does not know',
    plant: (bed) => application(bed).postLogoutRedirectUris.pop(),
    check: 'post-logout URI',
    found: /shop\.example\.net/,
    cure: /add https:\/\/shop\.example\.net\/auth\/logout\/callback.*npx postern setup/,
  },
  {
    name: 'a wildcard’s own application that does not know the first site’s redirect URI',
    plant: (bed) => {
      const { store, webApplication } = bed.harness.zitadel;
      store.applications.set('own', {
        ...webApplication,
        id: 'own',
        clientId: '77',
        redirectUris: ['https://x.example/'],
      });
      siteOf(bed, 2)['client_id'] = '77';
    },
    check: 'redirect URI',
    found: /^\*\.apps\.example\.com: /,
    cure: /add https:\/\/app\.example\.com\/auth\/callback.*application 77/,
  },
  {
    name: 'a host with a bad certificate',
    plant: ({ others }) =>
      others.set('https://wiki.example.com', () => {
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
      }),
    check: 'gateway',
    found: /wiki\.example\.com: its certificate is not good/,
    cure: /certificate/,
  },
  {
    name: 'no way to the hosts of a wildcard',
    plant: ({ others }) =>
      others.set('https://postern-any.apps.example.com', () => {
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
      }),
    check: 'gateway',
    found: /postern-any\.apps\.example\.com: its certificate is not good/,
    cure: /^a route for \*\.apps\.example\.com in wrangler\.toml, with a proxied DNS record/,
  },
  {
    name: 'a host that leads to a worker that was deployed before it was a site',
    plant: ({ others }) => others.set('https://wiki.example.com', () => new Response(null, { status: 421 })),
    check: 'gateway',
    found: /wiki\.example\.com leads to a gateway that does not know the site/,
    cure: /npx postern deploy/,
  },
  {
    name: 'somebody else at a wildcard’s host',
    plant: ({ others }) => others.set('https://postern-any.apps.example.com', () => new Response('parked')),
    check: 'gateway',
    found: /^\*\.apps\.example\.com: .*somebody else answers/,
    cure: /route lead to the worker/,
  },
  {
    name: 'an application of a site that answers nobody',
    plant: ({ away, others }) => {
      away.add('https://wiki.internal.example.net');
      // Nor the gateway.
      others.set('https://wiki.example.com', (request) =>
        Response.json(request.url.endsWith('/ready') ? { checks: { upstream: { ok: false } } } : { status: 'ok' }),
      );
    },
    check: 'upstream',
    found: /wiki\.internal\.example\.net\/: nothing listens there/,
    cure: /the site’s upstream/,
  },
  {
    name: 'an application of a site that answers anybody',
    plant: ({ others }) => others.set('https://wiki.internal.example.net', () => new Response('welcome')),
    check: 'way past',
    found: /wiki\.internal\.example\.net/,
    cure: /X-Gateway-Secret/,
  },
  {
    name: 'an upstream of a site on a private address',
    plant: (bed) => Object.assign(siteOf(bed, 0), { upstream: 'https://10.0.0.7' }),
    check: 'reach',
    found: /^wiki\.example\.com: upstream: https:\/\/10\.0\.0\.7 is private/,
    cure: /Tunnel/,
  },
  {
    name: 'headers of a site larger than servers take',
    plant: (bed) =>
      Object.assign(siteOf(bed, 0), {
        routes: [{ path: '/*', roles: Array.from({ length: 400 }, (_, at) => `a-role-with-a-long-name-${at}`) }],
      }),
    check: 'header size',
    found: /^wiki\.example\.com: about/,
    cure: /IDENTITY_HEADERS/,
  },
  {
    name: 'two sites with one host',
    plant: (bed) => Object.assign(siteOf(bed, 1), { host: 'wiki.example.com:8443' }),
    check: 'configuration',
    found: /^SITES, site 2, host: /,
    cure: /that of site 1/,
  },
  {
    name: 'a weak secret of a site’s upstream',
    plant: ({ values }) => Object.assign(values, { WIKI_SECRET: 'ab'.repeat(20) }),
    check: 'secrets',
    found: /WIKI_SECRET/,
    cure: /openssl rand -hex 32/,
  },
  {
    name: 'an upstream of a site that nobody can tell from the gateway',
    plant: (bed) => {
      delete siteOf(bed, 0)['upstream_secret'];
      delete bed.values['WIKI_SECRET'];
    },
    check: 'upstream guard',
    found: /applications of wiki\.example\.com/,
    cure: /upstream_secret = "NAME"/,
    status: 'warning',
  },
  {
    name: 'an organisation of a site that does not exist',
    plant: (bed) => Object.assign(siteOf(bed, 1), { org_id: '249703000000000009' }),
    check: 'redirect URI',
    found: /shop\.example\.net/,
    cure: /org_id/,
  },
];

describe('doctor finds what is wrong at one site, alone, and names it', () => {
  it.each(FAULTS)('$name', async ({ plant, check, found, cure, status = 'failed' }) => {
    const bed = createSites();
    plant(bed);
    const { code, findings } = await bed.run();
    const bad = findings.filter((each) => each.status === 'failed' || each.status === 'warning');
    expect(new Set(bad.map((each) => each.check))).toEqual(new Set([check]));
    expect(bad.filter((each) => each.status === status).map((each) => each.found)).toContainEqual(
      expect.stringMatching(found),
    );
    expect(bad.map((each) => each.cure).join('\n')).toMatch(cure);
    expect(code).toBe(status === 'failed' ? 1 : 0);
  });
});

describe('doctor of hundreds of sites', () => {
  it('asks a few at a time', async () => {
    const bed = createBed();
    const SITES = Array.from({ length: 200 }, (_, at) => ({ host: `s${at}.example.com` }));
    Object.assign(bed.values, { SITES });
    bed.wrangler.routes = ['app.example.com/*', '*.example.com/*'];
    let [now, most] = [0, 0];
    for (const { host } of SITES)
      bed.others.set(`https://${host}`, async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        return Response.json({ status: 'ok' });
      });
    const { findings } = await bed.run();
    expect(findings.filter(({ check, status }) => check === 'gateway' && status === 'ok')).toHaveLength(201);
    expect(findings.filter(({ check, status }) => check === 'redirect URI' && status === 'failed')).toHaveLength(200);
    expect(most).toBeLessThanOrEqual(8);
  });
});
