// Step-up: a route that asks for a recent or a stronger sign-in. RFC 9470; design §3.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness } from '../support/harness.ts';

const ROUTES = [
  { path: '/recent/*', max_age: 60 },
  { path: '/strong/*', amr: ['mfa'] },
];

describe('step-up', () => {
  it('sends a navigation to ZITADEL once; met, it ends at the page', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    const toProvider = await browser.navigate('/strong/a');
    const authorizeUrl = new URL(locationOf(toProvider));
    expect(authorizeUrl.searchParams.get('prompt')).toBe('login');
    const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'user', mfa: true });
    const back = await browser.navigate(callbackUrl);
    expect(locationOf(back)).toMatch(/\/strong\/a$/);
    expect((await browser.navigate('/strong/a')).status).toBe(200);
  });

  it('not met after one round it is 403, never a loop', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    const authorizeUrl = locationOf(await browser.navigate('/strong/a'));
    const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'user', mfa: false });
    expect((await browser.navigate(callbackUrl)).status).toBe(403);
    expect((await browser.navigate('/echo')).status).toBe(200);
  });

  it('a script gets the challenge, and a login_url that signs in anew', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/echo');
    harness.clock.now += 61;
    const answer = await browser.fetch('/recent/a');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
    expect(answer.headers.get('www-authenticate')).toContain('max_age="60"');
    const { code, login_url } = (await answer.json()) as { code: string; login_url: string };
    expect(code).toBe('insufficient_user_authentication');
    expect(new URL(login_url).searchParams.get('prompt')).toBe('login');
  });
});
