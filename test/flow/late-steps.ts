// Steps of tests in which an answer comes late: what holds it up, and what happens meanwhile.

import { expect } from 'vitest';
import type { Send, TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { callbackFor } from './steps.ts';

export const OPERATOR_SECRET = 'f0e1d2c3b4a5968778695a4b3c2d1e0f-9a8b7c6d5e4f';
export const FROM_PROVIDER = { headers: { 'sec-fetch-site': 'cross-site' } };

/** What waits for `release`: an upstream's `/slow`, or a call of ZITADEL's token endpoint. */
export function createGate() {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const pass = async () => {
    reached.resolve();
    await released.promise;
  };
  return { pass, reached: reached.promise, release: () => released.resolve() };
}

export function setUp() {
  const gate = createGate();
  const upstream = async (request: Request) => {
    if (new URL(request.url).pathname === '/slow') await gate.pass();
    return Response.json(Object.fromEntries(request.headers));
  };
  const harness = createHarness({ upstream, env: { OPERATOR_SECRET } });
  return { harness, gate, browser: harness.browser() };
}

export async function whoIs(browser: TestBrowser): Promise<unknown> {
  const answer = await browser.fetch('/auth/userinfo');
  return answer.status === 200 ? ((await answer.json()) as { sub: string }).sub : answer.status;
}

/** By way of the isolate that `send` reaches. */
export async function signInAs(harness: Harness, browser: TestBrowser, name: string, send: Send, extra = '') {
  const begun = await browser.sendTo(send, `/auth/login${extra}`, { headers: { 'sec-fetch-mode': 'navigate' } });
  const back = await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name });
  expect((await browser.sendTo(send, String(back), FROM_PROVIDER)).status).toBe(302);
}

/** The next call of this endpoint of ZITADEL's waits. */
export function holdCall(harness: Harness, path: string) {
  const gate = createGate();
  const { fetch } = harness.zitadel;
  let isHeld = false;
  harness.zitadel.fetch = async (request) => {
    const { pathname } = new URL(request instanceof Request ? request.url : request);
    if (!isHeld && pathname.endsWith(path)) {
      isHeld = true;
      await gate.pass();
    }
    return fetch(request);
  };
  return gate;
}
