// Flaws that oauth2-proxy has had, each against a gateway in its default configuration.
// All of them could concern us, so that all are here.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { ORIGIN } from '../support/harness.ts';
import {
  asStranger,
  cookieHeader,
  createAdminBed,
  endOfLogin,
  expectOurs,
  expectStopped,
  lastReceived,
  statusWith,
} from './bed.ts';

describe('flaws of oauth2-proxy: open redirects, at the end of a login and of a logout', () => {
  it.each([
    ['GHSA-qqxw-m5fj-f7gv', ['/\\evil.example', '\\/evil.example', '\\\\evil.example', '//evil.example']],
    [
      'GHSA-j7px-6hwj-hpjg',
      [
        '/\t/evil.example',
        '/\n/evil.example',
        '/\r/evil.example',
        '/ /evil.example',
        '/\v/evil.example',
        '\t//evil.example',
      ],
    ],
    ['GHSA-5m6c-jp6f-2vcv', ['/./\\evil.example', '/../\\evil.example', '/.//evil.example', '/a/..//evil.example']],
    [
      'GHSA-4mf2-f3wh-gvf2 (CVE-2021-21291)',
      [
        'https://evilapp.example.com/',
        `${ORIGIN}.evil.example/`,
        'https://example.com/',
        'https://app.example.com:8443/',
        'https://app.example.com@evil.example/',
      ],
    ],
  ])('%s an address of that shape leads nowhere else', async (_id, targets) => {
    const harness = createAdminBed();
    for (const target of targets) {
      for (const written of [encodeURIComponent(target), encodeURIComponent(encodeURIComponent(target))]) {
        expectOurs(await endOfLogin(harness, harness.browser(), `/auth/login?return_to=${written}`));
        const out = await harness.browser().navigate(`/auth/logout?return_to=${written}`);
        const location = out.headers.get('location');
        if (location !== null) expectOurs(location);
      }
    }
  });

  it('GHSA-j7px-6hwj-hpjg a protected page whose own path looks like another host is returned to on our own', async () => {
    const harness = createAdminBed();
    for (const path of ['//evil.example/x', '/.//evil.example', '/%5cevil.example', '/;/evil.example']) {
      expectOurs(await endOfLogin(harness, harness.browser(), ORIGIN + path));
    }
  });
});

describe('flaws of oauth2-proxy: hosts and roles', () => {
  it('GHSA-4mf2-f3wh-gvf2 (CVE-2021-21291) a list of origins or hosts is no list of suffixes', async () => {
    const cors = ['https://example.org'];
    const harness = createAdminBed({ env: { ROUTES: [{ path: '/api/*', cors, hosts: ['api.example.com'] }] } });
    const preflight = (origin: string) =>
      asStranger(harness, 'https://api.example.com/api/x', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET' },
      });
    expect((await preflight('https://example.org')).status).toBe(200);
    for (const origin of ['https://evilexample.org', 'https://a.example.org', 'https://example.org.evil.example'])
      expect((await preflight(origin)).status).toBe(401);
    for (const host of ['evilapp.example.com', 'app.example.com.evil.example', 'example.com', 'app.example.com.'])
      expect((await asStranger(harness, `https://${host}/`)).status).toBe(421);
  });

  it('GHSA-652x-m2gr-hppm (CVE-2021-21411) a role that a rule asks for is asked of everybody', async () => {
    const harness = createAdminBed();
    for (const user of ['user', 'nobody', 'outsider']) {
      const browser = harness.browser();
      await harness.signIn(browser, user);
      expect((await browser.fetch('/page')).status).toBe(200);
      expect((await browser.fetch('/admin/x')).status).toBe(403);
    }
  });

  it('GHSA-c5c4-8r6x-56w3 (CVE-2026-40574) a claim is compared as a whole', async () => {
    const harness = createAdminBed({ env: { ROUTES: [{ path: '/*', claims: { email: ['uma@acme.example'] } }] } });
    const user = harness.zitadel.findUser('user');
    if (user.kind !== 'human') throw new Error('a person');
    for (const email of ['a@evil.example@acme.example', 'uma@acme.example@evil.example', 'uma@acme.example ']) {
      user.email = email;
      expect((await harness.signIn(harness.browser(), 'user')).status).toBe(403);
    }
    user.email = 'uma@acme.example';
    expect((await harness.signIn(harness.browser(), 'user')).status).toBe(200);
  });
});

describe('flaws of oauth2-proxy: the public part is met by nothing but the path', () => {
  it('GHSA-7rh7-c77v-6434 (CVE-2025-54576) a public rule is never met by a query', async () => {
    const harness = createAdminBed();
    for (const target of ['/admin?x=/public/health', '/page?/public/', '/page?a=%2Fpublic%2F', '/page/?x=/../public/a'])
      await expectStopped(harness, target);
    expect((await asStranger(harness, '/public/health?x=/admin')).status).toBe(200);
  });

  it('GHSA-pxq7-h93f-9jrg (CVE-2026-41059) a public rule is not met by a fragment, encoded or not', async () => {
    const harness = createAdminBed();
    for (const target of [
      '/admin#/public/x',
      '/page#/../public/x',
      '/admin%23/../public/../page',
      '/page%23/..%2f..%2fpublic/x',
    ])
      await expectStopped(harness, target);
  });

  it('GHSA-5hvv-m4w4-gf6v (CVE-2026-34457) a public rule is not met by the name of a health checker', async () => {
    const harness = createAdminBed();
    for (const agent of ['GoogleHC/1.0', 'kube-probe/1.29', 'ELB-HealthChecker/2.0', 'Cloudflare-Traffic-Manager/1.0'])
      for (const target of ['/admin', '/page', '/ping', '/ready'])
        await expectStopped(harness, target, { 'user-agent': agent });
  });

  it('GHSA-7x63-xv5r-3p2x (CVE-2026-40575) a public rule is not met by a header that names another address', async () => {
    const harness = createAdminBed();
    for (const name of [
      'x-forwarded-uri',
      'x-original-url',
      'x-original-uri',
      'x-rewrite-url',
      'x-forwarded-path',
      'x-forwarded-prefix',
    ])
      await expectStopped(harness, '/admin/x', { [name]: '/public/x', 'x-forwarded-method': 'GET' });
    await expectStopped(harness, '/page', {
      'x-http-method-override': 'OPTIONS',
      'x-forwarded-host': 'public.example',
    });
  });

  it('CVE-2026-76835 in the default configuration no caller at all may say what the original request was', async () => {
    const harness = createAdminBed();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const cookie = await cookieHeader(browser);
    for (const secret of [undefined, '', 'undefined', 'null']) {
      for (const known of [undefined, cookie]) {
        const headers = {
          'x-forwarded-method': 'GET',
          'x-forwarded-uri': '/public/x',
          'x-forwarded-for': '127.0.0.1',
          ...(secret !== undefined && { 'x-gateway-secret': secret }),
          ...(known !== undefined && { cookie: known }),
        };
        expect((await asStranger(harness, '/auth/check', { headers })).status).toBe(403);
      }
    }
  });
});

describe('flaws of oauth2-proxy: who it is', () => {
  it('GHSA-vjrc-mh2v-45x6 (CVE-2025-64484) no alias of an identity header gets through, to nobody or in front of somebody', async () => {
    const harness = createAdminBed();
    const aliases = [
      'x_forwarded_user',
      'X_Forwarded-Email',
      'x-forwarded_roles',
      'X_FORWARDED_GROUPS',
      'http_x_forwarded_user',
    ];
    const headers = Object.fromEntries(aliases.map((name) => [name, 'forged']));
    expect((await asStranger(harness, '/public/x', { headers })).status).toBe(200);
    expect(lastReceived(harness).text).not.toContain('forged');
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await browser.fetch('/page', { headers });
    expect(lastReceived(harness).text).not.toContain('forged');
    expect(lastReceived(harness).headers.get('x-forwarded-user')).toBe(SEED.users.user);
  });

  it('GHSA-f24x-5g9q-753f (CVE-2026-34454) a session that was planted is not the one that a login begins', async () => {
    const harness = createAdminBed();
    const attacker = harness.browser();
    await harness.signIn(attacker, 'nobody');
    const planted = await cookieHeader(attacker);
    const victim = harness.browser();
    for (const [name, value] of await attacker.cookies())
      await victim.jar.setCookie(`${name}=${value}; Path=/; Secure`, `${ORIGIN}/`);
    await harness.signIn(victim, 'admin', '/auth/login?prompt=login');
    await victim.fetch('/page');
    expect(lastReceived(harness).headers.get('x-forwarded-user')).toBe(SEED.users.admin);
    expect(await cookieHeader(victim)).not.toBe(planted);
    await harness.advance(31);
    expect(await statusWith(harness, planted)).toBe(401);
    expect((await victim.fetch('/page')).status).toBe(200);
  });
});
