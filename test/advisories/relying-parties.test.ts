// Flaws that OpenID relying parties and their libraries have had, each against a gateway in its default configuration.
// What cannot concern us, and why, or where it is tested already:
//   CVE-2025-4143, CVE-2025-4144 (workers-oauth-provider)  we are no authorization server; ours must do PKCE (CVE-2024-23647)
//   CVE-2026-55672 (ZITADEL)         a code bound to no client: its tokens fail at `aud` and `azp` (test/spec/id-token-checks)
//   mod_auth_openidc, 2026           duplicates of code and state, a front channel by sid alone: test/spec; formats of other
//                                    releases: test/flow/session-storage; a limit for what is inflated: nothing is (CVE-2024-28176)

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { cookieHeader, endOfLogin, expectOurs, statusWith } from './bed.ts';

describe('flaws of nextjs-auth0, authkit-nextjs, express-openid-connect, next-auth', () => {
  it('CVE-2021-32702 an error from the provider is not shown', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const state = new URL(locationOf(await browser.navigate('/'))).searchParams.get('state');
    const answer = await browser.navigate(
      `/auth/callback?error=%3Cimg%20src=x%20onerror=evil()%3E&error_description=evil&state=${state}`,
    );
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('evil');
  });

  it('CVE-2025-46344 a cookie that was copied has an end of its own, in an isolate that knows nothing too', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const copy = await cookieHeader(browser);
    await harness.advance(43_200);
    for (const app of [harness.app, harness.isolate()]) expect(await statusWith(harness, copy, '/page', app)).toBe(401);
  });

  it.each(['CVE-2025-48947', 'CVE-2025-64762'])(
    '%s no answer with a cookie of ours may be kept by a shared cache',
    async () => {
      const upstream = () =>
        new Response('page', {
          headers: { 'cache-control': 'public, s-maxage=600', 'cdn-cache-control': 'max-age=600' },
        });
      const harness = createHarness({ upstream, env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      await harness.advance(1000);
      for (const target of ['/public/x', '/page']) {
        await harness.advance(950);
        const answer = await browser.fetch(target);
        expect(answer.headers.getSetCookie().length, target).toBeGreaterThan(0);
        expect(answer.headers.get('cache-control')).toMatch(/private|no-store/);
        expect(answer.headers.get('cache-control')).not.toMatch(/public|s-maxage/);
        expect(answer.headers.get('cdn-cache-control')).toBeNull();
      }
    },
  );

  it('CVE-2026-40155 tokens asked for at the same time are each user’s own', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', forward_access_token: true }] } });
    const browsers = [harness.browser(), harness.browser()];
    for (const [index, browser] of browsers.entries()) await harness.signIn(browser, index === 0 ? 'admin' : 'staff');
    await harness.advance(301);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = (await (await browsers[index % 2]?.fetch('/page'))?.json()) as {
          headers: Record<string, string>;
        };
        return `${answer.headers['x-forwarded-user']} ${answer.headers['authorization']}`;
      }),
    );
    expect(new Set(answers).size).toBe(2);
    expect(new Set(answers.map((answer) => answer.split(' ').at(-1))).size).toBe(2);
  });

  it('CVE-2021-41246 a login gives a session of its own', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    const before = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { id: string } };
    await harness.signIn(browser, 'user', '/auth/login');
    const after = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { id: string } };
    expect(after.session.id).not.toBe(before.session.id);
  });

  it.each([
    ['GHSA-7p99-3798-f85c', ['//evil.example', '///evil.example', '/\\evil.example', 'https:evil.example']],
    [
      'CVE-2022-24858',
      ['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com/', 'data:text/html,x'],
    ],
  ])('%s no login ends elsewhere', async (_id, targets) => {
    const harness = createHarness();
    for (const target of targets)
      expectOurs(await endOfLogin(harness, harness.browser(), `/auth/login?return_to=${encodeURIComponent(target)}`));
  });

  it('CVE-2023-48309 the cookie of a login under way is no session', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await browser.navigate('/');
    const cookies = [...(await browser.cookies()).values()];
    expect(cookies).toHaveLength(1);
    expect(await statusWith(harness, `__Host-postern=${cookies[0]}`)).toBe(401);
    expect(await statusWith(harness, `__Host-postern.0=2~${cookies[0]}; __Host-postern.1=`)).toBe(401);
  });
});
