// What a proxy in front of the application says when it asks for a verdict.

import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

export const GATEWAY_SECRET = '8bea24d8f496b0fd0cbd918aba2512a7eeb51666d86662144b5e12b14cfe8c59';
export const NEW_GATEWAY_SECRET = 'df1cbd3f8b0cb048ce6ecb4102d9bdf55a558b00ee355f785329429db0c8adb9';

export const AS_NAVIGATION = {
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

export function createCheckHarness({ env, ...options }: HarnessOptions = {}): Harness {
  return createHarness({ env: { UPSTREAM_SECRET: GATEWAY_SECRET, ...env }, ...options });
}

export interface Asking {
  readonly uri?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As nginx does it: the visitor's own headers, and on top of them the proxy's. */
export function ask(browser: TestBrowser, { uri = '/page', method = 'GET', headers = {} }: Asking = {}) {
  return browser.send('/auth/check', {
    headers: {
      ...headers,
      'x-gateway-secret': GATEWAY_SECRET,
      'x-original-method': method,
      'x-original-uri': uri,
      'x-forwarded-host': 'app.example.com',
    },
  });
}

/** Without what `ask` adds. */
export function askBare(browser: TestBrowser, headers: Readonly<Record<string, string>>, method = 'GET') {
  return browser.send('/auth/check', { method, headers });
}
