// PORTAL_HOST: a host of its own for the start page. ARCHITECTURE §7 Sites.

import { describe, expect, it } from 'vitest';
import { load as loadAll } from './environment.ts';

const SITES = [{ host: 'wiki.example.com' }, { host: '*.apps.example.com' }];
const LOCAL = { ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback' };

function load(changes: Record<string, unknown>) {
  return loadAll({ SITES, ...changes });
}

function portalOf(changes: Record<string, unknown>) {
  const loaded = load(changes);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const portal = loaded.sites.map(({ host, at }) => at(host)).find((config) => config.portal);
  return portal ?? Promise.reject(new Error('no start page'));
}

describe('PORTAL_HOST', () => {
  it.each([
    ['home.example.com', 'https://home.example.com', {}],
    ['Home.Example.com', 'https://home.example.com', {}],
    ['käse.example', 'https://xn--kse-qla.example', {}],
    ['home.example.com:8443', 'https://home.example.com:8443', {}],
    ['home.apps.example.com', 'https://home.apps.example.com', {}],
    ['home.localhost:8787', 'http://home.localhost:8787', { ...LOCAL, SITES: [] }],
  ])('takes %s', async (PORTAL_HOST, origin, changes) => {
    const portal = await portalOf({ PORTAL_HOST, ...changes });
    expect(portal).toMatchObject({ origin, redirect_uri: `${origin}/auth/callback`, routes: [], takesBearer: false });
    expect(portal.upstream).toBeUndefined();
  });

  it.each<[unknown, string, Record<string, unknown>]>([
    ['app.example.com', 'that of ZITADEL_CALLBACK_URL', {}],
    ['app.example.com:8443', 'that of ZITADEL_CALLBACK_URL', {}],
    ['wiki.example.com', 'that of site 1', {}],
    ['rule.example.com', 'that of a rule', { SITES: undefined, ROUTES: [{ path: '/*', hosts: ['rule.example.com'] }] }],
    ['*.home.example.com', 'without *', {}],
    ['home.example.com.', 'without the dot', {}],
    ['https://home.example.com', 'the host', {}],
    ['home.example.com/start', 'the host', {}],
    ['home.example.com', 'on loopback', { ...LOCAL, SITES: [] }],
  ])('%s is refused: %s', (PORTAL_HOST, wanted, changes) => {
    const loaded = load({ PORTAL_HOST, ...changes });
    const issues = loaded.ok ? [] : loaded.issues;
    expect(issues.map(({ variable }) => variable)).toEqual(['PORTAL_HOST']);
    expect(issues[0]?.wanted).toContain(wanted);
  });

  it('is off by default', () => {
    const loaded = load({});
    expect(loaded.ok && loaded.sites.map(({ host }) => host)).toEqual(SITES.map(({ host }) => host));
  });

  it('has every site that has one host, the first before the others', async () => {
    const portal = await portalOf({ PORTAL_HOST: 'home.example.com' });
    expect(portal.portal?.sites().map(({ origin }) => origin)).toEqual([
      'https://app.example.com',
      'https://wiki.example.com',
    ]);
  });

  it('keeps the claims of rules that may be about the root of a site, and no others', async () => {
    const claims = (name: string) => ({ [name]: ['x'] });
    const portal = await portalOf({
      PORTAL_HOST: 'home.example.com',
      ROUTES: [
        { path: '/', claims: claims('a') },
        { path: '/x/*', claims: claims('b') },
      ],
      SITES: [{ host: 'wiki.example.com', routes: [{ path: '/*', claims: { ...claims('a'), ...claims('c') } }] }],
    });
    expect(portal.portal?.claims).toEqual(['a', 'c']);
  });
});

describe('brand_logo_url of a site', () => {
  it.each(['/logo.svg', 'https://cdn.example/logo.svg', 'https://wiki.example.com/logo.svg'])('%s is taken', (url) => {
    expect(load({ SITES: [{ host: 'wiki.example.com', brand_logo_url: url }] }).ok).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    'data:image/svg+xml,x',
    '//evil.example/x',
    'http://cdn.example/l',
    'logo.svg',
    '/\\x',
  ])('%s is refused', (url) => {
    const loaded = load({ SITES: [{ host: 'wiki.example.com', brand_logo_url: url }] });
    expect(!loaded.ok && loaded.issues.map(({ variable }) => variable)).toEqual(['SITES, site 1, brand_logo_url']);
  });

  it('is judged once where the first site’s stands in for it', () => {
    const loaded = load({ BRAND_LOGO_URL: 'logo.svg' });
    expect(!loaded.ok && loaded.issues.map(({ variable }) => variable)).toEqual(['BRAND_LOGO_URL']);
  });
});
