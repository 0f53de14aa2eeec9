// The steps of a login and a logout one by one, for tests that step in between.

import { expect } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions, ISSUER, ORIGIN } from '../support/harness.ts';

const FROM_PROVIDER = { headers: { 'sec-fetch-site': 'cross-site' } };

/** Goes to a protected page; the address of the authorization request. */
export async function beginLogin(browser: TestBrowser, path = '/'): Promise<URL> {
  const response = await browser.navigate(path);
  expect(response.status).toBe(302);
  const url = new URL(locationOf(response));
  expect(url.origin).toBe(ISSUER);
  return url;
}

interface AtProvider {
  readonly user?: string;
  readonly cancel?: boolean;
  readonly mfa?: boolean;
}

/** Signs in at the stand-in; the address of the callback. */
export async function callbackFor(harness: Harness, authorizeUrl: URL, at: AtProvider = {}): Promise<URL> {
  return new URL(await harness.zitadel.signIn({ authorizeUrl, user: 'user', ...at }));
}

/** Comes back from the provider. */
export function comeBack(browser: TestBrowser, callbackUrl: URL | string): Promise<Response> {
  return browser.navigate(String(callbackUrl), FROM_PROVIDER);
}

/** A whole login; the callback's answer. */
export async function logIn(harness: Harness, browser: TestBrowser, at: AtProvider = {}): Promise<Response> {
  return comeBack(browser, await callbackFor(harness, await beginLogin(browser), at));
}

/** Somebody who has signed in. */
export async function signedIn(options: HarnessOptions = {}) {
  const harness = createHarness(options);
  const browser = harness.browser();
  await logIn(harness, browser);
  return { harness, browser };
}

export async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const { status } = await browser.fetch('/auth/userinfo');
  return status === 200;
}

/** Nobody is signed in: no cookie here, and no session in any user's object. */
export async function expectNoSession(harness: Harness, browser: TestBrowser): Promise<void> {
  const names = [...(await browser.cookies()).keys()];
  expect(names.filter((name) => /^__Host-postern(\.\d+)?$/.test(name))).toEqual([]);
  expect([...harness.objects.storages.keys()].filter((name) => name.startsWith('user:'))).toEqual([]);
  expect(await isSignedIn(browser)).toBe(false);
}

/** The log's word on the latest request that ended in a fault. */
export function lastFault(harness: Harness): {
  fault?: unknown;
  decision?: unknown;
  reason?: unknown;
  level?: unknown;
} {
  const faults = harness.events.filter((event) => 'fault' in event && event.fault !== undefined);
  return faults.at(-1) ?? {};
}

export function expectOwnHeaders({ headers }: Response): void {
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe-inline');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{7,}/);
  expect(headers.get('x-request-id')).toMatch(/^[\w-]{20,}$/);
}

export function pathOf(response: Response): string {
  const url = new URL(locationOf(response));
  expect(url.origin).toBe(ORIGIN);
  return url.pathname + url.search + url.hash;
}
