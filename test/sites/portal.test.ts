// The start page at PORTAL_HOST: who sees which sites, and nothing else is there. ARCHITECTURE §2, §7 Sites.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import type { Harness } from '../support/harness.ts';
import { APP, createSites, HOME, PORTAL, signInAt, WIKI } from './bed.ts';

const { admin, staff, outsider } = SEED.users;
const OTHER_PROJECT = '249703732336499999';

type Site = Record<string, unknown>;

/** A start page over the first site and these, each at `site-1.example.com` and so on. */
function createPortal(sites: readonly Site[], env: Record<string, unknown> = {}): Harness {
  const SITES = sites.map((site, i) => ({ host: `site-${i + 1}.example.com`, ...site }));
  return createSites({ env: { ...PORTAL, SITES, ...env } });
}

async function openAs(harness: Harness, user: string): Promise<Response> {
  const page = await signInAt(harness, harness.browser(), `${HOME}/`, user);
  expect(page.status).toBe(200);
  return page;
}

const linksIn = (text: string): string[] =>
  [...text.matchAll(/<li><a href="([^"]*)"/g)].map(([, href = '']) => href.replace(/&#39;/g, "'"));

/** Which of the sites beside the first are shown, by number. */
async function shownTo(user: string, sites: readonly Site[], env: Record<string, unknown> = {}): Promise<number[]> {
  const links = linksIn(await (await openAs(createPortal(sites, env), user)).text());
  return links.flatMap((href) => Number(/site-(\d+)/.exec(href)?.[1] ?? 0) || []);
}

describe('the start page', () => {
  it('signs in like a site, and shows the first site and every other that has one host', async () => {
    const harness = createSites({ env: { ...PORTAL, BRAND_NAME: 'Intranet' } });
    const text = await (await openAs(harness, staff)).text();
    expect(linksIn(text)).toEqual([`${APP}/`, `${WIKI}/`, 'https://shop.example.net/']);
    expect(text).toContain('<h1>Your sites</h1>');
    expect(text).toContain('<strong><bdi>Intranet</bdi></strong> <bdi>wiki.example.com</bdi>');
    expect(harness.received).toEqual([]);
  });

  it('leads to a second site that asks for no form', async () => {
    const harness = createSites({ env: PORTAL });
    const browser = harness.browser();
    await signInAt(harness, browser, `${HOME}/`);
    const authorize = locationOf(
      await browser.navigate(`${WIKI}/`, { headers: { 'sec-fetch-site': 'same-site', referer: `${HOME}/` } }),
    );
    expect(new URL(authorize).origin).toBe(harness.zitadel.issuer);
    expect(new URL(authorize).searchParams.get('redirect_uri')).toBe(`${WIKI}/auth/callback`);
    expect((await signInAt(harness, browser, `${WIKI}/`)).status).toBe(200);
  });

  it('is kept by nobody, and lets nothing in', async () => {
    const harness = createSites({ env: PORTAL });
    const { headers } = await openAs(harness, staff);
    expect(headers.get('cache-control')).toBe('no-store');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('img-src data:;');
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
  });

  it('has its own account page, on which its session is one of several', async () => {
    const harness = createSites({ env: PORTAL });
    const browser = harness.browser();
    for (const origin of [HOME, APP]) await signInAt(harness, browser, `${origin}/`);
    for (const origin of [HOME, APP]) {
      const text = await (await browser.navigate(`${origin}/auth/profile`)).text();
      for (const each of [HOME, APP]) expect(text).toContain(new URL(each).host);
      expect(text).toContain('name="everywhere"');
    }
  });

  it('says so where there is no site for somebody', async () => {
    const harness = createPortal([], { ROUTES: [{ path: '/*', roles: ['admin'] }] });
    const text = await (await openAs(harness, staff)).text();
    expect(linksIn(text)).toEqual([]);
    expect(text).toContain('There is no site here that you may open yet.');
  });

  it('shows the hosts of rules where no sites are configured', async () => {
    const ROUTES = [
      { path: '/*', hosts: ['one.example.com'] },
      { path: '/*', hosts: ['two.example.com'], access: 'deny' },
    ];
    const harness = createSites({ env: { ...PORTAL, SITES: undefined, ROUTES } });
    expect(linksIn(await (await openAs(harness, staff)).text())).toEqual([`${APP}/`, 'https://one.example.com/']);
  });

  it('is there with one site, and with its own addresses for whatever the first has moved', async () => {
    const env = { ...PORTAL, SITES: undefined, ZITADEL_POST_LOGIN_URL: '/app', ZITADEL_POST_LOGOUT_URL: `${APP}/` };
    const harness = createSites({ env });
    harness.zitadel.webApplication.postLogoutRedirectUris.push(`${APP}/`);
    const browser = harness.browser();
    expect((await signInAt(harness, browser, `${HOME}/auth/login`)).status).toBe(200);
    const out = new URL(locationOf(await browser.navigate(`${HOME}/auth/logout`)));
    expect(out.searchParams.get('post_logout_redirect_uri')).toBe(`${HOME}/auth/logout/callback`);
  });
});

describe('whoever has no session', () => {
  it.each(['/auth/profile', '/', '/?x=1'])(
    'is sent from %s to sign in, by ZITADEL’s answer to this host',
    async (path) => {
      const authorize = new URL(
        locationOf(
          await createSites({ env: PORTAL })
            .browser()
            .navigate(HOME + path),
        ),
      );
      expect(authorize.searchParams.get('redirect_uri')).toBe(`${HOME}/auth/callback`);
    },
  );

  it('gets 401 as a script, and as a program with a token', async () => {
    const harness = createSites({ env: PORTAL });
    expect((await harness.browser().fetch(`${HOME}/`)).status).toBe(401);
    const authorization = 'Bearer x.y.z';
    const answer = await harness.browser().fetch(`${HOME}/`, { headers: { authorization } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, null]);
  });
});

describe('beside the start page there is nothing', () => {
  it.each([
    '/index.html',
    '//',
    '/x',
    '/%2f',
    '/assets/logo.svg',
    '/auth',
    '/auth/nothing',
    '/favicon.ico',
    '/.well-known/x',
  ])('%s is 404, signed in or not', async (path) => {
    const harness = createSites({ env: PORTAL });
    const browser = harness.browser();
    expect((await browser.navigate(HOME + path)).status).toBe(404);
    await signInAt(harness, browser, `${HOME}/`);
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expect((await browser.send(HOME + path, { method })).status).toBe(404);
    expect(harness.received).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s / is 405', async (method) => {
    const answer = await createSites({ env: PORTAL }).browser().send(`${HOME}/`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('HEAD is answered as GET, without a body', async () => {
    const harness = createSites({ env: PORTAL });
    const browser = harness.browser();
    await signInAt(harness, browser, `${HOME}/`);
    const head = await browser.send(`${HOME}/`, { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('content-type')]).toEqual([
      200,
      '',
      'text/html; charset=utf-8',
    ]);
  });

  it('says of itself that it is well, without an application', async () => {
    const answer = await createSites({ env: PORTAL }).browser().fetch(`${HOME}/auth/ready`);
    expect(Object.keys(((await answer.json()) as { checks: object }).checks)).not.toContain('upstream');
  });

  it('without PORTAL_HOST is 421', async () => {
    expect((await createSites().browser().navigate(`${HOME}/`)).status).toBe(421);
  });
});

const rule = (fields: object) => ({ routes: [{ path: '/*', ...fields }] });

describe('a site is shown to those whom its own rules let open it', () => {
  it.each<[what: string, site: Site, staffSees: boolean, adminSees: boolean]>([
    ['no rules', {}, true, true],
    ['public', rule({ access: 'public' }), true, true],
    ['denied', rule({ access: 'deny' }), false, false],
    ['a role', rule({ roles: ['admin'] }), false, true],
    ['one of several roles', rule({ roles: ['admin', 'staff'] }), true, true],
    ['a role by its own name for it', { ...rule({ roles: ['boss'] }), role_map: { admin: 'boss' } }, false, true],
    ['a role that it calls otherwise', { ...rule({ roles: ['admin'] }), role_map: { admin: 'boss' } }, false, false],
    ['a role of another project', { ...rule({ roles: ['admin'] }), project_id: OTHER_PROJECT }, true, true],
    ['denied in another project', { ...rule({ access: 'deny' }), project_id: OTHER_PROJECT }, false, false],
    ['programs alone', rule({ credentials: ['bearer'] }), false, false],
    ['a claim', rule({ claims: { preferred_username: ['nobody'] } }), false, false],
    ['a claim that no header has', rule({ claims: { given_name: ['nobody'] } }), false, false],
    [
      'a claim in another project',
      { ...rule({ claims: { sub: ['x'] }, roles: ['admin'] }), project_id: OTHER_PROJECT },
      false,
      false,
    ],
    ['a step-up', rule({ amr: ['mfa'] }), true, true],
    ['a fresh sign-in', rule({ max_age: 1 }), true, true],
    ['a rule in report mode', rule({ access: 'deny', mode: 'report' }), true, true],
    ['another path’s rule', { routes: [{ path: '/admin/*', access: 'deny' }] }, true, true],
    ['another method’s rule', rule({ access: 'deny', methods: ['POST'] }), true, true],
    ['another host’s rule', rule({ access: 'deny', hosts: ['other.example.com'] }), true, true],
    [
      'the first rule that matches',
      {
        routes: [
          { path: '/', roles: ['admin'] },
          { path: '/*', access: 'public' },
        ],
      },
      false,
      true,
    ],
    ['another organisation', { org_id: '999999999999999999' }, false, false],
    ['another organisation, but public', { ...rule({ access: 'public' }), org_id: '999999999999999999' }, true, true],
  ])('%s', async (_what, site, staffSees, adminSees) => {
    expect(await shownTo(staff, [site])).toEqual(staffSees ? [1] : []);
    expect(await shownTo(admin, [site])).toEqual(adminSees ? [1] : []);
  });

  it('by claims that only its rule names', async () => {
    const sites = ['Ada', 'Nobody'].map((name) => rule({ claims: { given_name: [name] } }));
    expect(await shownTo(admin, sites)).toEqual([1]);
  });

  it('by roles as ZITADEL names them, whatever the first site calls them', async () => {
    const sites = [{ ...rule({ roles: ['admin'] }), role_map: { other: 'x' } }, rule({ roles: ['chief'] })];
    const env = { ROLE_MAP: { admin: 'chief' } };
    expect(await shownTo(admin, sites, env)).toEqual([1, 2]);
    expect(await shownTo(staff, sites, env)).toEqual([]);
  });

  it('and agrees with the site', async () => {
    const sites = [rule({ roles: ['admin'] }), {}, rule({ access: 'deny' }), rule({ access: 'public' })];
    for (const user of [admin, staff, outsider]) {
      const harness = createPortal(sites);
      for (const i of sites.keys())
        harness.zitadel.webApplication.redirectUris.push(`https://site-${i + 1}.example.com/auth/callback`);
      const browser = harness.browser();
      const links = linksIn(await (await signInAt(harness, browser, `${HOME}/`, user)).text());
      for (const i of sites.keys()) {
        const url = `https://site-${i + 1}.example.com/`;
        expect([url, (await signInAt(harness, browser, url, user)).status]).toEqual([
          url,
          links.includes(url) ? 200 : 403,
        ]);
      }
    }
  });
});

describe('what a site calls itself', () => {
  it('is text', async () => {
    const brand_name = `<script>alert(1)</script>"'&`;
    const text = await (await openAs(createPortal([{ brand_name }]), staff)).text();
    expect(text).not.toContain('<script');
    expect(text).toContain('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;</bdi>');
  });

  it('is its host where it has no name, once', async () => {
    const text = await (await openAs(createPortal([{}]), staff)).text();
    expect(text.match(/<bdi>site-1\.example\.com<\/bdi>/g)).toHaveLength(1);
  });

  it.each([
    ['https://cdn.example/l.svg', 'data: https://cdn.example', 'https://cdn.example/l.svg'],
    [
      "https://cdn.example/;script-src *,'unsafe-inline'",
      'data: https://cdn.example',
      'https://cdn.example/;script-src',
    ],
    [
      'https://cdn.example:8443/"><script>',
      'data: https://cdn.example:8443',
      'https://cdn.example:8443/%22%3E%3Cscript%3E',
    ],
    ['/logo.svg', 'data:', 'data:image/svg+xml'],
    ['/public/logo.svg', 'data: https://site-1.example.com', 'https://site-1.example.com/public/logo.svg'],
  ])('logo %s: only its origin is let in, where the page can load it', async (brand_logo_url, sources, src) => {
    const logo = brand_logo_url.replace(/ .*/, '');
    const sites = [{ brand_logo_url: logo, routes: [{ path: '/public/*', access: 'public' }] }];
    const page = await openAs(createPortal(sites), staff);
    expect(/img-src ([^;]*);/.exec(page.headers.get('content-security-policy') ?? '')?.[1]).toBe(sources);
    const text = await page.text();
    expect(text).toContain(`<img src="${src}`);
    expect(text).not.toContain('<script');
  });

  it('lets no other site’s logo in that is not shown', async () => {
    const site = { ...rule({ roles: ['admin'] }), brand_logo_url: 'https://secret.example/l.svg' };
    const page = await openAs(createPortal([site]), staff);
    expect(page.headers.get('content-security-policy')).not.toContain('secret.example');
    expect(await page.text()).not.toContain('site-1');
  });

  it('the first site’s logo by its path is one at the first site', async () => {
    const page = await openAs(createPortal([], { BRAND_LOGO_URL: '/logo.svg' }), staff);
    expect(await page.text()).toContain(`<img src="${APP}/logo.svg" alt="home.example.com">`);
    expect(page.headers.get('content-security-policy')).toContain(`img-src data: ${APP};`);
  });
});
