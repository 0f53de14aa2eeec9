// All that a sign-out can end in, each by the name that stands in the log; and what keeps one from beginning.

import { describe, expect, it } from 'vitest';
import type { SignedOut } from '../../src/login/sign-out.ts';
import type { TestBrowser } from '../support/browser.ts';
import type { Harness } from '../support/harness.ts';
import { signedIn } from './steps.ts';

interface Example {
  readonly before: (scene: { harness: Harness; browser: TestBrowser }) => unknown;
  readonly status: number;
}

const ENDS: Readonly<Record<SignedOut['tag'], Example>> = {
  nothing_to_sign_out: { before: ({ browser }) => browser.jar.removeAllCookies(), status: 200 },
  signed_out_of_this_browser: {
    before: ({ harness }) => {
      harness.objects.isDown = true;
    },
    status: 200,
  },
  signed_out_here: { before: ({ harness }) => harness.zitadel.faults.set('revocation', { status: 503 }), status: 200 },
  to_provider_logout: { before: () => undefined, status: 303 },
};

const OWN = { 'sec-fetch-site': 'same-origin' };

describe('a sign-out', () => {
  it.each(Object.entries(ENDS))('that ends as %s has its status, and its name in the log', async (tag, example) => {
    const scene = await signedIn();
    await example.before(scene);
    const response = await scene.browser.navigate('/auth/logout', { headers: OWN });
    expect(response.status).toBe(example.status);
    expect(scene.harness.events.findLast(({ event }) => event === 'request')).toMatchObject({ decision: tag });
  });

  it.each([
    ['prefetched', 'GET', { ...OWN, 'sec-purpose': 'prefetch' }, 400, 'bad_request'],
    ['cross_site', 'POST', { 'sec-fetch-site': 'cross-site' }, 403, 'cross_site'],
  ])('that is refused as %s has its fault, and its name in the log', async (tag, method, headers, status, fault) => {
    const { harness, browser } = await signedIn();
    const body = method === 'POST' ? { body: new URLSearchParams() } : {};
    const response = await browser.navigate('/auth/logout', { method, headers, ...body });
    expect(response.status).toBe(status);
    expect(harness.events.at(-1)).toMatchObject({ fault, decision: tag, reason: expect.stringMatching(/^logout: /) });
  });
});
