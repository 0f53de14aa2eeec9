// What the tests of others' flaws share: an admin's folder in a public site, requests of strangers, and what a login leads to.

import { expect } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions, ISSUER, ORIGIN } from '../support/harness.ts';

/** The least in which a way round can show. */
export const ROUTES = [
  { path: '/admin/*', roles: ['admin'] },
  { path: '/public/*', access: 'public' },
];

export const createAdminBed = (options: HarnessOptions = {}): Harness =>
  createHarness({ ...options, env: { ROUTES, ...options.env } });

/** A script's request without a cookie: 401 where somebody must sign in. */
export async function asStranger(harness: Harness, target: string, init: RequestInit = {}): Promise<Response> {
  const url = /^https?:/.test(target) ? target : ORIGIN + target;
  return harness.app.fetch(new Request(url, { redirect: 'manual', ...init }));
}

/** A stranger is turned away, and the application does not hear of it. */
export async function expectStopped(harness: Harness, target: string, headers: Record<string, string> = {}) {
  const before = harness.received.length;
  const { status } = await asStranger(harness, target, { headers });
  expect([400, 401, 403, 421], `${target}: ${status}`).toContain(status);
  expect(harness.received.length).toBe(before);
}

/** What the application received last, as one text of names and values. */
export function lastReceived(harness: Harness): { readonly headers: Headers; readonly text: string } {
  const request = harness.received.at(-1);
  if (!request) throw new Error('the application received nothing');
  const text = [...request.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  return { headers: request.headers, text };
}

/** Where the browser is sent by the callback of a login that began at `path`. */
export async function endOfLogin(harness: Harness, browser: TestBrowser, path: string): Promise<string> {
  const toProvider = await browser.navigate(path);
  const authorizeUrl = locationOf(toProvider);
  expect(new URL(authorizeUrl).origin).toBe(ISSUER);
  const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'user' });
  return locationOf(await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } }));
}

/** Absolute, and ours however it is read: a path alone could leave the site. */
export function expectOurs(location: string): void {
  expect(location.startsWith(`${ORIGIN}/`), location).toBe(true);
  expect(new URL(location, 'https://elsewhere.example/').origin).toBe(ORIGIN);
}

export async function cookieHeader(browser: TestBrowser): Promise<string> {
  return [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** What a copy of `cookie` gets, as a script asks. */
export async function statusWith(harness: Harness, cookie: string, target = '/page', app = harness.app) {
  const headers = { cookie, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
  return (await app.fetch(new Request(ORIGIN + target, { headers }))).status;
}

/** Everything that ZITADEL hands out from now on. */
export function issuedTokens(harness: Harness): string[] {
  const issued: string[] = [];
  harness.zitadel.tamper.tokenResponse = (json) => {
    issued.push(json.access_token, json.refresh_token, json.id_token);
    return json;
  };
  return issued;
}
