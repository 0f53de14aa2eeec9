// One page for one outcome, each with a way on. ARCHITECTURE §3.

import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, signedIn } from './steps.ts';

const linksOf = (page: string) =>
  [...page.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/g)].map(([, href = '', label]) => `${label} → ${href}`);

describe('cancelled at ZITADEL', () => {
  it('says so, and begins again where the visitor wanted to go', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/report?a=1'), { cancel: true });
    const response = await comeBack(browser, url);
    expect(response.status).toBe(403);
    const page = await response.text();
    expect(page).toContain('<h1>You cancelled the sign-in</h1>');
    expect(page).not.toContain('administrator');
    expect(linksOf(page)).toEqual(['Sign in → /auth/login?return_to=%2Freport%3Fa%3D1', 'Start page → /']);
  });

  it('of a step-up: the session goes on, and the page itself asks again', async () => {
    const { harness, browser } = await signedIn({ env: { ROUTES: [{ path: '/strong/*', amr: ['mfa'] }] } });
    const url = await callbackFor(harness, await beginLogin(browser, '/strong/a'), { cancel: true });
    const page = await (await comeBack(browser, url)).text();
    expect(page).toContain('<h1>You cancelled the sign-in</h1>');
    expect(linksOf(page)).toEqual(['Verify again → /strong/a', 'Back → /']);
    expect((await browser.navigate('/page')).status).toBe(200);
  });

  it.each([
    [undefined, true],
    ['', true],
    ['The user cancelled the sign-in', true],
    ['User canceled', true],
    ['Anmeldung abgebrochen', true],
    ['because', false],
    ['Errors.User.GrantRequired', false],
  ])('access_denied with %j is one: %j', async (description, isCancelled) => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    if (description !== undefined) url.searchParams.set('error_description', description);
    const page = await (await comeBack(browser, url)).text();
    expect(page.includes('You cancelled the sign-in')).toBe(isCancelled);
    if (description) expect(page).not.toContain(description);
  });
});

describe('an address that leads nowhere', () => {
  it.each([
    ['/auth/nothing-here', 404],
    ['/auth/backchannel-logout', 405],
    ['/a%00b', 400],
    ['/%zz', 400],
    ['/auth/login?iss=https://evil.example', 400],
  ])('%s: the address is at fault, and trying again helps nobody', async (path, status) => {
    const { browser } = await signedIn();
    const response = await browser.navigate(path);
    expect(response.status).toBe(status);
    const page = await response.text();
    expect(page).toContain('Please check the address');
    expect(page).not.toContain('try again');
    expect(linksOf(page)).toEqual(['Start page → /']);
  });

  it.each([
    ['http://localhost:8787', 'http://127.0.0.1:8787/report'],
    ['http://localhost:8787', 'http://[::1]:8787/'],
    ['http://127.0.0.1:8787', 'http://localhost:8787/'],
    ['https://app.example.com', 'https://evil.example/<script>'],
    ['https://app.example.com', 'https://app.example.com.evil.example//evil.example'],
  ])(
    '421 of %s under another name, %s: the right address is a link, and comes from the configuration',
    async (origin, asked) => {
      const harness = createHarness({ env: { ZITADEL_CALLBACK_URL: `${origin}/auth/callback` } });
      const response = await harness.browser().navigate(asked);
      expect(response.status).toBe(421);
      const page = await response.text();
      expect(page).toContain(`Please use <a href="${origin}/">${origin}</a> instead.`);
      expect(page).toContain(`<header><a href="${origin}/">`);
      expect(page).not.toContain('evil');
      expect(page).not.toContain('href="/"');
    },
  );
});

describe('who is signed in', () => {
  it('their account leads back to the application, and on to ZITADEL', async () => {
    const { browser } = await signedIn({ env: { BRAND_NAME: 'Guest book' } });
    const page = await (await browser.navigate('/auth/profile')).text();
    expect(page).toContain('<header><a href="/">');
    expect(linksOf(page)).toEqual([
      'Manage your account → https://zitadel.test/ui/console/users/me',
      'Back to Guest book → /',
    ]);
  });

  it('is said where a sign-in in a small window ends; nobody else is there', async () => {
    const { browser, harness } = await signedIn();
    expect(await (await browser.navigate('/auth/done')).text()).toContain('Signed in as <strong>');
    const nobody = await harness.browser().navigate('/auth/done');
    expect(nobody.status).toBe(200);
    expect(await nobody.text()).not.toContain('Signed in as');
  });
});

describe('the reference', () => {
  it('is on pages of failure alone', async () => {
    const { browser } = await signedIn();
    const hasReference = async (path: string) => (await (await browser.navigate(path)).text()).includes('<footer>');
    expect(await hasReference('/auth/profile')).toBe(false);
    expect(await hasReference('/auth/done')).toBe(false);
    expect(await hasReference('/auth/nothing-here')).toBe(true);
  });
});
