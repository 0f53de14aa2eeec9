// All that a callback can be refused for, each by the name that stands in the log, with its status and its fault.

import { describe, expect, it } from 'vitest';
import type { FaultCode } from '../../src/errors.ts';
import type { CallbackRefusal } from '../../src/login/callback/refusals.ts';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions, ISSUER } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, expectNoSession, lastFault } from './steps.ts';

interface Example {
  readonly options?: HarnessOptions;
  /** What goes wrong before the browser comes back, and with what it comes. */
  readonly spoil: (scene: { harness: Harness; browser: TestBrowser; url: URL }) => void | Promise<void>;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly fault: FaultCode;
  /** The login's cookie: gone, or kept so that a reload may still end the login. */
  readonly transaction: 'gone' | 'kept';
}

const spendCode: Example['spoil'] = ({ harness }) =>
  harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });

const EXAMPLES: Readonly<Record<CallbackRefusal['tag'], Example>> = {
  prefetched: {
    spoil: () => undefined,
    headers: { 'sec-purpose': 'prefetch' },
    status: 400,
    fault: 'bad_request',
    transaction: 'kept',
  },
  repeated_parameter: {
    spoil: ({ url }) => url.searchParams.append('code', 'another'),
    status: 400,
    fault: 'login_failed',
    transaction: 'kept',
  },
  flooded: {
    spoil: ({ harness }) => {
      Object.assign(harness.gateway.bindings, { LOGIN_RATE_LIMIT: { limit: async () => ({ success: false }) } });
    },
    headers: { 'cf-connecting-ip': '192.0.2.1' },
    status: 429,
    fault: 'too_many_requests',
    transaction: 'kept',
  },
  lost_transaction: {
    spoil: ({ url }) => url.searchParams.set('state', '2abcdefghijklmnopqrstuvwxyz'),
    status: 400,
    fault: 'cookies_blocked',
    transaction: 'kept',
  },
  went_round: {
    spoil: async ({ browser, url }) => {
      url.searchParams.delete('state');
      await comeBack(browser, url);
    },
    status: 400,
    fault: 'login_failed',
    transaction: 'kept',
  },
  login_denied: {
    spoil: ({ url }) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
    },
    status: 403,
    fault: 'login_denied',
    transaction: 'gone',
  },
  spent_code: {
    // Once more without a page in between is a loop.
    spoil: async ({ harness, browser, url }) => {
      spendCode({ harness, browser, url });
      const restart = await comeBack(browser, url);
      url.href = (await callbackFor(harness, new URL(locationOf(restart)))).href;
    },
    status: 400,
    fault: 'login_failed',
    transaction: 'gone',
  },
  failed_check: {
    spoil: ({ url }) => url.searchParams.set('iss', 'https://evil.example'),
    status: 400,
    fault: 'login_failed',
    transaction: 'gone',
  },
  provider_away: {
    spoil: ({ harness }) => harness.zitadel.faults.set('token', { status: 503 }),
    status: 503,
    fault: 'provider_unavailable',
    transaction: 'kept',
  },
  foreign_organization: {
    options: { env: { ZITADEL_ORG_ID: SEED.organizationId } },
    // As a ZITADEL that takes the organisation's scope for a hint.
    spoil: ({ harness }) => {
      const moved = { 'urn:zitadel:iam:user:resourceowner:id': SEED.otherOrganizationId };
      harness.zitadel.tamper.userinfo = (json) => ({ ...json, ...moved });
    },
    status: 403,
    fault: 'foreign_organization',
    transaction: 'gone',
  },
};

describe('a callback that is refused', () => {
  it.each(Object.entries(EXAMPLES))(
    'as %s has its status, its fault and its name in the log, and makes no session',
    async (tag, example) => {
      const { spoil, headers, status, fault, transaction } = example;
      const harness = createHarness(example.options);
      const browser = harness.browser();
      const url = await callbackFor(harness, await beginLogin(browser, '/page'));
      await spoil({ harness, browser, url });
      const response = headers ? await browser.navigate(url.href, { headers }) : await comeBack(browser, url);
      expect(response.status).toBe(status);
      expect(lastFault(harness)).toMatchObject({ fault, decision: tag, endpoint: 'callback' });
      const left = [...(await browser.cookies()).keys()].filter((name) => name.startsWith('__Host-postern-tx-'));
      expect(left.length > 0).toBe(transaction === 'kept');
      await expectNoSession(harness, browser);
    },
  );

  it.each<[string, Example]>([
    [
      'a failed check of userinfo',
      {
        ...EXAMPLES.failed_check,
        spoil: ({ harness }) => {
          harness.zitadel.tamper.userinfo = (json) => ({ ...json, sub: 'another' });
        },
      },
    ],
    ['a foreign organisation', EXAMPLES.foreign_organization],
  ])('for %s gives the refresh token back that it got', async (_what, { options, spoil, fault }) => {
    const harness = createHarness(options);
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    await spoil({ harness, browser, url });
    await comeBack(browser, url);
    await harness.settle();
    expect([lastFault(harness).fault, harness.zitadel.calls.revocation]).toEqual([fault, 1]);
  });

  it('for a spent code of a first attempt starts the login again', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/page'));
    spendCode({ harness, browser, url });
    const restart = await comeBack(browser, url);
    expect([restart.status, new URL(locationOf(restart)).origin]).toEqual([302, ISSUER]);
    expect(harness.events.at(-1)).toMatchObject({ decision: 'started_again' });
  });
});
