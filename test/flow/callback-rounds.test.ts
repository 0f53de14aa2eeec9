// No callback goes round for ever: whatever comes back from ZITADEL, and whatever the browser keeps. One retry, then a page with a way on.
// Promise 3; RFC 6749 §4.1.2.1.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, lastFault } from './steps.ts';

/** What ZITADEL answers, at once, to every authorization request. `state`: null for none, or what is made of the one that was sent. */
interface Answer {
  readonly query: Readonly<Record<string, string>>;
  readonly state: ((sent: string, round: number) => string) | null;
}

const STATES: Readonly<Record<string, Answer['state']>> = {
  none: null,
  empty: () => '',
  own: (sent) => sent,
  cut: (sent) => sent.slice(0, -1),
  foreign: () => 'somebody-else’s',
  'another each time': (_sent, round) => `s${round}`,
  'of the first attempt for ever': (sent) => `1${sent.slice(1)}`,
  'one like ours each time': (_sent, round) => `1${String(round).padStart(7, '0')}abcdefghijklmnop`,
};
const QUERIES: readonly Answer['query'][] = [
  { error: 'server_error' },
  { error: 'temporarily_unavailable' },
  { error: 'access_denied' },
  { error: 'login_required', error_description: 'x' },
  { code: 'spent' },
  { code: 'spent', iss: ISSUER },
  {},
];

interface Round {
  readonly hops: number;
  readonly last: Response;
}

/** Follows every redirect and Refresh, as a browser does; at ZITADEL it gets `answer` each time. */
async function follow(browser: TestBrowser, first: string, answer: Answer): Promise<Round> {
  let target = first;
  for (let hops = 0; hops < 40; hops++) {
    const response = await browser.navigate(target, { headers: { 'sec-fetch-site': 'cross-site' } });
    const next = response.headers.get('location') ?? /url=(.*)/.exec(response.headers.get('refresh') ?? '')?.[1];
    if (next === undefined) return { hops, last: response };
    target = next.startsWith(ISSUER) ? comesBack(new URL(next), answer, hops) : next;
  }
  throw new Error('goes round');
}

function comesBack(asked: URL, { query, state }: Answer, round: number): string {
  const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
  if (state) back.searchParams.set('state', state(asked.searchParams.get('state') ?? '', round));
  return back.href;
}

function createWorld(keepsCookies: boolean): { harness: Harness; browser: TestBrowser } {
  const harness = createHarness();
  harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
  const browser = harness.browser();
  browser.keepsCookies = keepsCookies;
  return { harness, browser };
}

/** Without cookies and without the state that was sent nothing tells the second round from the first, if it is made to look like one. */
const NEVER_SEEN = ['of the first attempt for ever', 'one like ours each time', 'cut'];

describe('a callback', () => {
  const cases = Object.keys(STATES).flatMap((state) =>
    QUERIES.flatMap((query) =>
      [true, false]
        .filter((keeps) => keeps || !NEVER_SEEN.includes(state))
        .map((keeps) => [new URLSearchParams(query).toString(), state, keeps ? 'kept' : 'not kept'] as const),
    ),
  );

  it.each(cases)('%j with state %s, cookies %s, answered again and again: a page, soon', async (query, state, kept) => {
    const { browser } = createWorld(kept === 'kept');
    const answer: Answer = {
      query: Object.fromEntries(new URLSearchParams(query)),
      state: STATES[state] as Answer['state'],
    };
    const { hops, last } = await follow(browser, '/page', answer);
    expect([400, 403, 503]).toContain(last.status);
    expect(await last.text()).toMatch(/href="\/auth\/login/);
    // To ZITADEL and back, twice; and as often again where each round has a state like ours that is another.
    expect(hops).toBeLessThanOrEqual(
      state === 'one like ours each time' || state === 'cut' || state.includes('ever') ? 15 : 5,
    );
  });

  it('property: from any address of the callback, with any of these answers, it ends', async () => {
    const word = fc.constantFrom('code', 'state', 'error', 'iss', 'session_state', 'x');
    const value = fc.constantFrom(
      '',
      'a',
      'server_error',
      '1',
      '2',
      `1${'0'.repeat(7)}abc`,
      `2${'0'.repeat(7)}abc`,
      ISSUER,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(word, value), { maxLength: 4 }),
        fc.constantFrom(...Object.keys(STATES)),
        fc.constantFrom(...QUERIES),
        fc.boolean(),
        async (first, state, query, keeps) => {
          fc.pre(keeps || !NEVER_SEEN.includes(state));
          const { browser } = createWorld(keeps);
          const start = `/auth/callback?${new URLSearchParams(first)}`;
          const { last } = await follow(browser, start, { query, state: STATES[state] as Answer['state'] });
          expect(last.status).toBeLessThan(504);
          expect(last.status).not.toBe(500);
        },
      ),
      { numRuns: 60, seed: 19 },
    );
  });

  it('the same address again and again, by hand: one retry, then a page', async () => {
    const { harness, browser } = createWorld(true);
    for (const query of [
      'error=server_error',
      'code=x',
      '',
      'error=x&state=1abcdefghijklmnopq',
      'code=x&state=unknown',
    ]) {
      browser.jar.removeAllCookiesSync();
      const visit = async () => (await browser.navigate(`/auth/callback?${query}`)).status;
      const statuses = [await visit(), await visit(), await visit()];
      expect([query, ...statuses]).toEqual([query, 302, expect.any(Number), 400]);
      expect(lastFault(harness)).toMatchObject({ fault: 'login_failed', decision: 'went_round' });
    }
  });

  it('several tabs that are restored at once, each with an answer of its own, each begin again', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const tabs = await Promise.all(
      [1, 2, 3, 4, 5].map(async () => callbackFor(harness, await beginLogin(harness.browser()))),
    );
    for (const tab of tabs) expect((await comeBack(browser, tab)).headers.get('location')).toContain(ISSUER);
  });

  it('an old bookmark begins again another day, or after some minutes', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const visit = async () => (await browser.navigate('/auth/callback?code=x&state=1abcdefghijklmnopq')).status;
    expect([await visit(), await visit()]).toEqual([302, 400]);
    await harness.advance(301);
    expect(await visit()).toBe(302);
  });

  it('a link with a state longer than any of ours leads to a login whose cookie every browser keeps', async () => {
    const { browser } = createWorld(true);
    const response = await browser.navigate(`/auth/callback?code=x&state=1${'a'.repeat(6_000)}`);
    expect(response.status).toBe(302);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toContain('-tx-');
    expect(cookie.length).toBeLessThan(2_000);
  });

  it('a browser without cookies, whose answer names no login, is told before it is sent to ZITADEL again', async () => {
    const { harness, browser } = createWorld(false);
    const { hops, last } = await follow(browser, '/auth/callback?error=server_error', { query: {}, state: null });
    expect([hops, last.status, lastFault(harness).fault]).toEqual([1, 400, 'cookies_blocked']);
    expect(await last.text()).toContain(`/auth/login`);
  });
});
