// The operator's endpoints: for whoever brings OPERATOR_SECRET, to the letter, and for nobody else. ARCHITECTURE §1, §2; RFC 6750 §2.1.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, isSignedIn, logIn } from './steps.ts';

const OPERATOR_SECRET = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';
const { user, admin } = SEED.users;

async function signedIn() {
  const harness = createHarness({ env: { OPERATOR_SECRET } });
  const browser = harness.browser();
  await logIn(harness, browser);
  return { harness, browser };
}

async function ask({ app }: Harness, method: string, path: string, authorization?: string): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return app.fetch(new Request(`${ORIGIN}/auth/${path}`, { method, headers }));
}

const BEARER = `Bearer ${OPERATOR_SECRET}`;
const NOT_THE_OPERATOR: [string, string | undefined][] = [
  ['nothing', undefined],
  ['an empty token', 'Bearer '],
  ['another secret', 'Bearer 0'],
  ['the beginning of the secret', BEARER.slice(0, -1)],
  ['more than the secret', `${BEARER}0`],
  ['two secrets, of which one is right', `${BEARER}, Bearer 0`],
  ['the secret in upper case', `Bearer ${OPERATOR_SECRET.toUpperCase()}`],
  ['another scheme', `Basic ${OPERATOR_SECRET}`],
  ['the right words behind another scheme', `Basic x ${BEARER}`],
  ['the secret without a scheme', OPERATOR_SECRET],
];

describe('ARCHITECTURE §1 OPERATOR_SECRET', () => {
  it.each(NOT_THE_OPERATOR)('%s opens nothing', async (_what, authorization) => {
    const { harness, browser } = await signedIn();
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const answer = await ask(harness, method, `operator/sessions?sub=${user}`, authorization);
      expect([method, answer.status]).toEqual([method, 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="operator"');
      expectOwnHeaders(answer);
      expect(await answer.text()).not.toContain('session');
    }
    expect((await ask(harness, 'GET', 'metrics', authorization)).status).toBe(401);
    expect(await sessionIds(harness, user)).toHaveLength(1);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is good in any spelling of the scheme (RFC 9110 §11.1)', async () => {
    const { harness } = await signedIn();
    const answer = await ask(harness, 'GET', `operator/sessions?sub=${user}`, `bearer ${OPERATOR_SECRET}`);
    expect(answer.status).toBe(200);
    expectOwnHeaders(answer);
    expect(((await answer.json()) as { sessions: unknown[] }).sessions).toHaveLength(1);
  });

  it('unset: there is no such endpoint, whatever is sent', async () => {
    const harness = createHarness();
    for (const authorization of [undefined, 'Bearer ', 'Bearer undefined', BEARER]) {
      expect((await ask(harness, 'DELETE', `operator/sessions?sub=${user}`, authorization)).status).toBe(404);
      expect((await ask(harness, 'GET', 'metrics', authorization)).status).toBe(404);
    }
  });
});

describe('wrong operator secrets are throttled', () => {
  const from = (harness: Harness, address: string | undefined, secret: string, path = 'metrics') => {
    const headers = {
      authorization: `Bearer ${secret}`,
      ...(address !== undefined && { 'cf-connecting-ip': address }),
    };
    return harness.app.fetch(new Request(`${ORIGIN}/auth/${path}`, { headers }));
  };
  /** Until one is refused unheard. */
  async function guess(harness: Harness, address: string | undefined, path?: string): Promise<number> {
    for (let count = 0; count < 100; count++) {
      const answer = await from(harness, address, `wrong-${count}`, path);
      if (answer.status === 429) return count;
      expect(answer.status).toBe(401);
    }
    throw new Error('never throttled');
  }

  it.each([
    ['an IPv4 address', '203.0.113.7', '203.0.113.8'],
    ['an IPv6 network', '2001:db8:1:2::7', '2001:db8:1:3::7'],
    ['nobody that the edge knows', undefined, '203.0.113.7'],
  ])('of %s: after some the right one is not even compared, and others are not held up', async (_what, one, other) => {
    const { harness } = await signedIn();
    expect(await guess(harness, one)).toBeLessThanOrEqual(20);
    const answer = await from(harness, one, OPERATOR_SECRET, `operator/sessions?sub=${user}`);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expectOwnHeaders(answer);
    expect((await from(harness, other, OPERATOR_SECRET, `operator/sessions?sub=${user}`)).status).toBe(200);
    await harness.advance(60);
    expect((await from(harness, one, OPERATOR_SECRET, `operator/sessions?sub=${user}`)).status).toBe(200);
  });

  it('whatever address of an IPv6 network they come from', async () => {
    const { harness } = await signedIn();
    await guess(harness, '2001:db8:0:2:ffff::1');
    for (const address of ['2001:db8:0:2::9', '2001:0DB8:0000:0002:1:2:3:4', '2001:db8::2:0:0:0:5'])
      expect((await from(harness, address, OPERATOR_SECRET)).status).toBe(429);
  });

  it('a hundred at once are no way around it', async () => {
    const { harness } = await signedIn();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => from(harness, '203.0.113.7', `wrong-${at}`)),
    );
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(20);
  });

  it('the right one never counts, however often it comes', async () => {
    const { harness } = await signedIn();
    for (let count = 0; count < 100; count++)
      expect((await from(harness, '203.0.113.7', OPERATOR_SECRET, `operator/sessions?sub=${user}`)).status).toBe(200);
  });

  it('the memory of it is bounded: a thousand networks later the first is forgotten', async () => {
    const { harness } = await signedIn();
    await guess(harness, '203.0.113.7');
    for (let at = 0; at < 1_000; at++) await from(harness, `198.51.${at >> 8}.${at & 255}`, 'wrong');
    expect((await from(harness, '203.0.113.7', 'wrong')).status).toBe(401);
  });

  it('LOGIN_RATE_LIMIT is asked about wrong ones, and what it says holds', async () => {
    const { harness } = await signedIn();
    const keys: string[] = [];
    const LOGIN_RATE_LIMIT = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: keys.length < 3 };
      },
    };
    Object.assign(harness.gateway.bindings, { LOGIN_RATE_LIMIT });
    const statuses = [];
    for (const secret of [OPERATOR_SECRET, 'a', 'b', 'c', 'd', OPERATOR_SECRET])
      statuses.push((await from(harness, '203.0.113.7', secret, `operator/sessions?sub=${user}`)).status);
    expect(statuses).toEqual([200, 401, 401, 401, 429, 429]);
    expect(new Set(keys)).toEqual(new Set(['operator 203.0.113.7']));
  });
});

describe('promise 4: one session ended by an operator', () => {
  it('is over at once where it was ended', async () => {
    const { harness, browser } = await signedIn();
    expect(await isSignedIn(browser)).toBe(true);
    const [id = ''] = await sessionIds(harness, user);
    const answer = await ask(harness, 'DELETE', `operator/sessions?sub=${user}&id=${id}`, BEARER);
    expect(await answer.json()).toEqual({ sub: user, ended: 1 });
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('under another user’s name ends nothing, here or elsewhere', async () => {
    const { harness, browser } = await signedIn();
    const [id = ''] = await sessionIds(harness, user);
    const answer = await ask(harness, 'DELETE', `operator/sessions?sub=${admin}&id=${id}`, BEARER);
    expect(await answer.json()).toEqual({ sub: admin, ended: 0 });
    expect(await isSignedIn(browser)).toBe(true);
  });
});
