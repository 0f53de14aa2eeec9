// The steps of a form that is sent without a session and comes back after the login.

import { expect } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type Harness, ORIGIN } from '../support/harness.ts';
import { comeBack } from './steps.ts';

export const OWN = { 'sec-fetch-site': 'same-origin', origin: ORIGIN, referer: `${ORIGIN}/guestbook/new?draft=1` };
export const URLENCODED = 'application/x-www-form-urlencoded';
export const LIMIT = 1024 * 1024;

export interface Form {
  readonly path?: string;
  readonly type?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

export function send(
  browser: TestBrowser,
  { path = '/guestbook?page=2', type = URLENCODED, body = 'name=Ada', headers = OWN }: Form = {},
) {
  const length = String(typeof body === 'string' ? new TextEncoder().encode(body).length : body.length);
  const fields = { 'content-type': type, 'content-length': length, ...headers };
  return browser.navigate(path, { method: 'POST', body, headers: fields });
}

/** Signs in where `response` leads; the address after the callback. */
export async function signInFrom(
  harness: Harness,
  browser: TestBrowser,
  response: Response,
  user = 'user',
  mfa = false,
) {
  expect(response.status).toBe(303);
  const callbackUrl = await harness.zitadel.signIn({ authorizeUrl: locationOf(response), user, mfa });
  return locationOf(await comeBack(browser, callbackUrl));
}

export const unescaped = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

/** What the page's form would send. */
export function formOf(page: string): { action: string; body: string } {
  const [, action = '', enctype] = /<form method="post" action="([^"]*)" enctype="([^"]*)"/.exec(page) ?? [];
  const [, name, value] = /<input type="hidden" name="([^"]*)" value="([^"]*)">/.exec(page) ?? [];
  expect(enctype).toBe('text/plain');
  return { action: unescaped(action), body: `${name}=${value}\r\n` };
}

/** Presses the button of the page at `url`. */
export async function sendAgain(browser: TestBrowser, url: string, changes: Partial<Form> = {}) {
  const page = await browser.navigate(url);
  expect(page.status).toBe(200);
  const { action, body } = formOf(await page.text());
  const again: Form = {
    path: action,
    type: 'text/plain',
    body,
    headers: { ...OWN, referer: `${ORIGIN}/` },
    ...changes,
  };
  return { again, response: await send(browser, again) };
}

export async function lastReceived(harness: Harness) {
  const request = harness.received.at(-1) as Request;
  return { request, bytes: new Uint8Array(await request.arrayBuffer()) };
}
