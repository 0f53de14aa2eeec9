// Logins that get mixed up: two browsers, two people, cookies, states and codes exchanged. Whoever is signed in is whose login this browser began.
// RFC 6749 §10.12; RFC 9700 §4.5, §4.7; promise 3.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BASE } from '../generate/cookies.ts';
import { applySteps, stepsWith } from '../generate/text.ts';
import { createTarget } from '../target.ts';
import type { PersonName, Stage } from './stage.ts';
import * as stages from './stage.ts';

interface Login {
  readonly name: PersonName;
  readonly transaction: string;
  readonly callback: URL;
}

async function beginLogin({ harness }: Stage, name: PersonName): Promise<Login> {
  const response = await harness.app.fetch(stages.requestTo('/page', { headers: stages.BROWSER }));
  const [transaction = ''] = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  const authorizeUrl = response.headers.get('location') ?? '';
  return { name, transaction, callback: new URL(await harness.zitadel.signIn({ authorizeUrl, user: name })) };
}

const which = fc.constantFrom('first', 'first', 'second');

const callback = createTarget({
  name: 'callback',
  promise: 'signs in who signed in at ZITADEL for a login that this browser began, once, and nobody by any mixture',
  runs: 60,
  budget: 600,
  given: fc.record({
    cookies: fc.subarray(['first', 'second', 'session'], { minLength: 0 }),
    state: which,
    code: which,
    steps: fc.oneof(
      { arbitrary: fc.constant([]), weight: 2 },
      stepsWith(['&', '=', 'code=', 'state=', '&error=access_denied', '1']),
    ),
    times: fc.constantFrom(1, 1, 2),
  }),
  ready: stages.createStages(),
  async holds({ cookies, state, code, steps, times }, stage) {
    const logins = { first: await beginLogin(stage, 'user'), second: await beginLogin(stage, 'admin') };
    const [stateOf, codeOf] = [logins[state as 'first'], logins[code as 'first']];
    const query = new URLSearchParams({
      code: codeOf.callback.searchParams.get('code') ?? '',
      state: stateOf.callback.searchParams.get('state') ?? '',
    }).toString();
    const sent = applySteps(query, steps);
    const cookie = cookies
      .map((each) =>
        each === 'session' ? stages.personOf(stage, 'staff').cookies : logins[each as 'first'].transaction,
      )
      .join('; ');
    const isOwn = stateOf === codeOf && cookies.includes(state);
    const url = URL.parse(`https://app.example.com/auth/callback?${sent}`);
    const said = (parameters?: URLSearchParams) => ['code', 'state'].map((name) => parameters?.getAll(name));
    const isSame = JSON.stringify(said(url?.searchParams)) === JSON.stringify(said(new URLSearchParams(query)));
    if (!url) return;
    for (let time = 1; time <= times; time++) {
      const headers = { ...stages.BROWSER, 'sec-fetch-site': 'cross-site', ...(cookie !== '' && { cookie }) };
      const response = await stage.harness.app.fetch(new Request(url, { headers }));
      await stage.harness.settle();
      assert(response.status !== 500, JSON.stringify(stages.lastEvent(stage.harness)));
      const began = sessionOf(response);
      if (sent === query) assert.equal(began !== '', isOwn && time === 1, `${response.status} at time ${time}`);
      if (began === '') continue;
      assert(isOwn && isSame && time === 1, sent);
      assert.equal(await signedInAs(stage, began), stages.personOf(stage, codeOf.name).sub);
    }
  },
});

/** The session's cookies that a response sets, as a Cookie header. */
function sessionOf(response: Response): string {
  const lines = response.headers.getSetCookie().filter((line) => /^__Host-postern(\.\d)?=[^;]/.test(line));
  assert(lines.every((line) => line.startsWith(BASE)));
  return lines.map((line) => line.split(';', 1)[0]).join('; ');
}

async function signedInAs({ harness }: Stage, cookie: string): Promise<unknown> {
  const answer = await harness.app.fetch(stages.requestTo('/auth/userinfo', { headers: { cookie } }));
  return ((await answer.json()) as { sub?: unknown }).sub;
}

export const loginTargets = [callback];
