// A whole visit with every cookie that it set, and the gateway as a confidential client.

import { callbackFor, comeBack } from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

export async function setCookies() {
  const harness = createHarness();
  const browser = harness.browser();
  const start = await browser.navigate('/');
  const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(start))));
  const out = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
  return { harness, browser, lines: [start, back, out].flatMap(({ headers }) => headers.getSetCookie()) };
}

const CLIENT_SECRET = 'r7Qp2Xv9Lk4Zt8Bn3Wm6Yc1Hd5Sf0Gj';

/** ZITADEL wants the secret, and the gateway has it. */
export function createConfidentialHarness(options: HarnessOptions = {}): Harness {
  const harness = createHarness({ ...options, env: { ZITADEL_CLIENT_SECRET: CLIENT_SECRET, ...options.env } });
  Object.assign(harness.zitadel.webApplication, { authMethod: 'client_secret_basic', clientSecret: CLIENT_SECRET });
  return harness;
}
