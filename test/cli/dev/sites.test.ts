// `postern dev` with sites: each is on a name of this machine, registered at the stand-in, and shown. ARCHITECTURE §7 Sites.

import { describe, expect, it } from 'vitest';
import { findSiteLimits, suggestRegistration } from '../../../cli/dev/advice.ts';
import { createOverview } from '../../../cli/dev/overview.ts';
import { renderPage } from '../../../cli/dev/page-view.ts';
import { describePlan, planOverrides } from '../../../cli/dev/plan.ts';
import { demoSites, moveSites, NO_SITES, replaceSites } from '../../../cli/dev/sites.ts';
import { printWelcome } from '../../../cli/dev/welcome.ts';
import { listSites } from '../../../cli/installation/sites.ts';
import { createLook } from '../../../cli/support/look.ts';
import { createApplication } from '../../../demo/app/application.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { DEPLOYED, OWN, STAND_IN } from './values.ts';

const bindings = { SESSIONS: { put: () => undefined }, USER_SESSIONS: { idFromName: () => undefined } };
const load = (values: object) => {
  const loaded = loadConfig({ ...bindings, ...values });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded;
};
const move = (sites: unknown, host = 'localhost:8787', wishes = NO_SITES, hasStandIn = true) =>
  moveSites(sites, { host, hasStandIn, wishes });
const hostsOf = (sites: readonly unknown[] | undefined) => sites?.map((site) => (site as { host: string }).host);

describe('sites on this machine', () => {
  it.each([
    [
      ['wiki.example.com', 'shop.example.net'],
      ['wiki.localhost:8787', 'shop.localhost:8787'],
    ],
    [
      ['wiki.example.com', 'wiki.example.net'],
      ['wiki.localhost:8787', 'wiki.example.net.localhost:8787'],
    ],
    [['wiki.example.com:8443'], ['wiki.localhost:8787']],
    [['*.apps.example.com'], ['*.apps.localhost:8787']],
    [
      ['wiki.localhost:9999', 'localhost.example.com'],
      ['wiki.localhost:8787', 'localhost.localhost:8787'],
    ],
    [
      ['192.0.2.7', '[2001:db8::1]'],
      ['site-1.localhost:8787', 'site-2.localhost:8787'],
    ],
    [['127.0.0.1'], ['127.0.0.1:8787']],
  ])('%j are %j', (given, wanted) => {
    const moved = move(given.map((host) => ({ host })));
    expect(hostsOf(moved)).toEqual(wanted);
    const loaded = load({ ...DEPLOYED, ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback', SITES: moved });
    expect(loaded.warnings).toEqual([]);
    expect(loaded.sites.map(({ host }) => host)).toEqual(wanted);
  });

  it('keep the rest: rules for their own host move with them, organisations and secrets only where they can be met', () => {
    const SITES = [
      {
        host: 'wiki.example.com',
        org_id: '77',
        upstream: 'https://wiki.example.net',
        upstream_secret: 'WIKI_SECRET',
        routes: [{ path: '/x', hosts: ['wiki.example.com', 'other.example'] }],
      },
      { host: 'shop.example.com', upstream: 'https://shop.acme.net', upstream_secret: 'SHOP_SECRET' },
    ];
    const upstreams = new Map([['https://wiki.example.net', 'http://localhost:8081']]);
    expect(move(SITES, 'localhost:8787', { upstreams, demo: undefined })).toEqual([
      {
        host: 'wiki.localhost:8787',
        upstream: 'http://localhost:8081',
        routes: [{ path: '/x', hosts: ['wiki.localhost:8787', 'other.example'] }],
      },
      { host: 'shop.localhost:8787', upstream: 'https://shop.acme.net', upstream_secret: 'SHOP_SECRET' },
    ]);
    expect(move(SITES, 'localhost:8787', NO_SITES, false)).toMatchObject([{ org_id: '77' }, {}]);
  });

  it.each([undefined, '', 'no list', 7])('%j: nothing is moved, and the schema judges it', (sites) =>
    expect(move(sites)).toBeUndefined(),
  );
  it.each([[[null]], [[{ host: 7 }]], [[{ host: 'a.example', routes: 'x' }]], ['[{"host":"a.example"}]']])(
    '%j never throws',
    (sites) => expect(move(sites)).toHaveLength(1),
  );
});

describe('the plan of postern dev', () => {
  const SITES = [{ host: 'wiki.example.com' }];
  const isSites = ({ name }: { name: string }) => name === 'SITES';

  it('has SITES of wrangler.toml as a setting that stands above it', () => {
    const plan = planOverrides({ ...DEPLOYED, SITES }, OWN);
    expect(plan.overrides.filter(isSites)).toMatchObject([{ value: '[{"host":"wiki.localhost:8787"}]' }]);
    expect(plan.fileSites).toBeUndefined();
    expect(Object.fromEntries(describePlan(plan))['SITES']).toBe('wiki.localhost:8787: the gateway is on this machine');
  });

  it('and those of postern.toml as what the build puts in their place', () => {
    const plan = planOverrides({ ...DEPLOYED, SITES }, { ...OWN, hasSitesInFile: true });
    expect(plan.overrides.filter(isSites)).toEqual([]);
    expect(plan.fileSites).toEqual([{ host: 'wiki.localhost:8787' }]);
    expect(Object.fromEntries(describePlan(plan))['SITES']).toContain('wiki.localhost:8787');
    const file = { vars: { ROLE_MAP: { a: 'b' }, SITES }, env: { staging: { SITES: [] }, other: {} } };
    expect(replaceSites(file, plan.fileSites)).toEqual({
      vars: { ROLE_MAP: { a: 'b' }, SITES: plan.fileSites },
      env: { staging: {}, other: {} },
    });
  });

  it('leaves the start page its name', () => {
    const plan = planOverrides({ ...DEPLOYED, PORTAL_HOST: 'start.acme.net', SITES: [{ host: 'home.acme.net' }] }, OWN);
    expect(plan.overrides).toMatchObject([
      {},
      { name: 'PORTAL_HOST', value: 'home.localhost:8787' },
      { name: 'SITES', value: '[{"host":"home.acme.net.localhost:8787"}]' },
    ]);
  });

  it('without sites has none, and with --sites the demo’s', () => {
    expect(planOverrides(DEPLOYED, OWN).overrides.filter(isSites)).toEqual([]);
    const demo = demoSites({ wiki: 'http://localhost:1', shop: 'http://localhost:2' });
    const wishes = { ...OWN, standIn: STAND_IN, sites: { upstreams: new Map<string, string>(), demo } };
    const plan = planOverrides(DEPLOYED, wishes);
    const changes = Object.fromEntries(plan.overrides.map(({ name, value }) => [name, value]));
    const { sites, warnings } = load({ ...DEPLOYED, ...changes });
    expect(sites.map(({ host }) => host)).toEqual([
      'wiki.localhost:8787',
      'shop.localhost:8787',
      'home.localhost:8787',
    ]);
    // The deployed upstream and nothing else.
    expect(warnings).toEqual([]);
  });
});

describe('what postern dev shows', () => {
  const values = {
    ...DEPLOYED,
    ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback',
    SITES: [
      {
        host: 'wiki.localhost:8787',
        upstream: 'http://localhost:9000/w',
        brand_name: 'Wiki <i>',
        routes: [{ path: '/x', roles: ['boss'] }],
      },
      { host: '*.apps.localhost:8787' },
    ],
  };
  const loaded = load(values);
  const plan = planOverrides(values, OWN);
  const overview = createOverview({
    plan,
    config: loaded.config,
    sites: listSites(loaded),
    issues: [],
    application: { url: 'http://localhost:8081', isGuestBook: false, isSilent: false },
    standIn: undefined,
    issuer: 'http://localhost:8080',
    page: 'http://localhost:8788',
    notes: [],
    commands: [],
  });

  it('every site, with its application and its rules, on the page and on the terminal', () => {
    const page = renderPage(overview);
    expect(page).toContain('<a href="http://wiki.localhost:8787">');
    expect(page).toContain('Wiki &lt;i&gt;');
    expect(page).toContain('http://localhost:9000/w');
    expect(page).toContain('/x: whoever signs in; a role of boss');
    expect(page).toContain('<code>http://*.apps.localhost:8787</code>');
    expect(printWelcome(overview, createLook(false))).toMatch(
      /Open {2}http:\/\/localhost:8787\n {8}http:\/\/wiki\.localhost:8787 +Wiki/,
    );
  });

  it('nothing of it with one site', () => {
    const single = createOverview({
      ...overview,
      plan,
      config: loaded.config,
      standIn: undefined,
      issuer: '',
      sites: listSites({ ...loaded, sites: [] }),
    });
    expect(single.sites).toBeUndefined();
    expect(renderPage(single)).not.toContain('<h2>Sites</h2>');
  });

  it('what can’t be had: a host that wrangler.toml fixes, applications that do not answer', () => {
    const sites = listSites(loaded);
    expect(findSiteLimits({ sites, hasDevHost: true }, [])).toEqual([expect.stringContaining('[dev] host')]);
    expect(findSiteLimits({ sites, hasDevHost: false }, ['https://w.example'])).toEqual([
      expect.stringContaining('in place of https://w.example'),
    ]);
    expect(findSiteLimits({ sites, hasDevHost: false }, [])).toEqual([]);
  });

  it('the command that registers all of them at one’s own ZITADEL', () => {
    const { command } = suggestRegistration(DEPLOYED, planOverrides(DEPLOYED, OWN), {}, ['http://wiki.localhost:8787']);
    expect(command).toContain('--also-url http://localhost:8787 --also-url http://wiki.localhost:8787 ');
  });
});

it('the demo’s further applications have a name of their own', async () => {
  const application = createApplication({ name: 'The <Old> Wiki' });
  const page = await (await application.fetch('http://localhost/')).text();
  expect(page).toContain('The &lt;Old&gt; Wiki');
  expect(page).not.toContain('Guest Book');
});
