// The operator's endpoints: for whoever brings OPERATOR_SECRET, to the letter, and for nobody else. Design §1, §2; RFC 6750 §2.1.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../demo/zitadel/seed.ts';
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

describe('design §1 OPERATOR_SECRET', () => {
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
