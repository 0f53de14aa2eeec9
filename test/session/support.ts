// What the tests of sessions share: short lives of tokens, many requests at once, and readings of the stores.

import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

/** Access tokens that live ten minutes, claims five, so that one idle hour sees several renewals. */
export function createShortLived(options: HarnessOptions = {}): Harness {
  const lifetimes = { accessToken: 601, ...options.zitadel?.lifetimes };
  return createHarness({ ...options, zitadel: { ...options.zitadel, lifetimes } });
}

/** Statuses of `count` requests of one browser, all under way at once. */
export async function storm(browser: TestBrowser, count: number, path = '/page'): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => browser.fetch(path)));
  return answers.map(({ status }) => status);
}

export function tokenCalls({ zitadel }: Harness, grant = 'refresh_token') {
  return zitadel.calls.list.filter(({ endpoint, grant_type }) => endpoint === 'token' && grant_type === grant);
}

export function noted({ events }: Harness, event: string) {
  return events.filter((entry) => entry.event === event);
}

/** Ids of the sessions that the user's object lists. */
export async function sessionIds({ gateway }: Harness, sub: string): Promise<string[]> {
  return (await gateway.directory.ofUser(sub).list()).map(({ id }) => id);
}

/** Whether ZITADEL still keeps a refresh token for anybody. */
export function liveRefreshTokens({ zitadel }: Harness): number {
  return [...zitadel.sessions.oidc.values()].filter(({ refreshToken }) => refreshToken && refreshToken.id !== 'taken')
    .length;
}

export async function roles(browser: TestBrowser): Promise<string> {
  const answer = (await (await browser.fetch('/page')).json()) as { headers: Record<string, string> };
  return answer.headers['x-forwarded-roles'] ?? '';
}

/** A browser that has signed in. */
export async function signedIn(harness: Harness, user = 'admin'): Promise<TestBrowser> {
  const browser = harness.browser();
  await harness.signIn(browser, user);
  await harness.settle();
  return browser;
}

/** The same cookies in an isolate that has seen none of it: what a thief has. */
export async function thief(harness: Harness, browser: TestBrowser): Promise<TestBrowser> {
  const other = harness.browser(harness.isolate());
  for (const [name, value] of await browser.cookies()) {
    await other.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
  }
  return other;
}
