// Several sites in one gateway, with an upstream each, and browsers that go from one to another.

import { SEED } from '../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, echo, type Harness, type HarnessOptions } from '../support/harness.ts';

export const APP = 'https://app.example.com';
export const WIKI = 'https://wiki.example.com';
export const SHOP = 'https://shop.example.net';
export const PREVIEW = 'https://pr-12.apps.example.com';
/** The start page, where a test has it. */
export const HOME = 'https://home.example.com';
export const PORTAL = { PORTAL_HOST: 'home.example.com' };
export const ORIGINS = [APP, WIKI, SHOP, PREVIEW] as const;

export const SITES = [
  { host: 'wiki.example.com', upstream: 'https://wiki.internal', routes: [{ path: '/public/*', access: 'public' }] },
  { host: 'shop.example.net', upstream: 'https://shop.internal', routes: [{ path: '/admin/*', roles: ['admin'] }] },
  { host: '*.apps.example.com', upstream: 'https://preview.internal' },
];

export function createSites(options: HarnessOptions = {}): Harness {
  const harness = createHarness({ upstream: echo, ...options, env: { SITES, ...options.env } });
  const { webApplication } = harness.zitadel;
  for (const origin of [WIKI, SHOP, HOME]) {
    webApplication.redirectUris.push(`${origin}/auth/callback`);
    webApplication.postLogoutRedirectUris.push(`${origin}/auth/logout/callback`);
  }
  return harness;
}

/** Goes to a page, signs in at ZITADEL where that is asked for, and follows every redirect to the page. */
export async function signInAt(
  { zitadel }: Harness,
  browser: TestBrowser,
  url: string,
  user: string = SEED.users.staff,
  mfa = false,
) {
  let response = await browser.navigate(url);
  for (let hops = 0; response.status >= 300 && response.status < 400 && hops < 10; hops++) {
    const location = locationOf(response);
    const next = location.startsWith(zitadel.issuer)
      ? await zitadel.signIn({ authorizeUrl: location, user, mfa })
      : location;
    response = await browser.navigate(next, { headers: { 'sec-fetch-site': 'cross-site' } });
  }
  return response;
}

export const sessionCookie = async (browser: TestBrowser, origin: string): Promise<string | undefined> =>
  (await browser.jar.getCookies(origin)).find(({ key }) => key === '__Host-postern')?.value;
