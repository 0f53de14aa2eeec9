// Kept forms and the tokens that send them again: one user's, one address's, once.
// ARCHITECTURE §3 first row; src/login/replay-form.ts.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { browserOf } from '../../../src/login/browser-traits.ts';
import { sealFormToken } from '../../../src/login/form-token.ts';
import { keepForLogin } from '../../../src/login/kept-form.ts';
import { addressOf } from '../../../src/shared/own-address.ts';
import { applySteps, stepsWith } from '../generate/text.ts';
import { createTarget } from '../target.ts';
import type { PersonName, Stage } from './stage.ts';
import * as stages from './stage.ts';

const name = fc.constantFrom<PersonName>(...stages.NAMES);
const CONTENT = 'the-content-of-the-form';

const keptForm = createTarget({
  name: 'kept-form',
  promise:
    'reaches the application once, from the user it was kept for, at its own address, by its own token, and by itself only where its browser is known',
  runs: 80,
  budget: 600,
  given: fc.record({
    /** Whose session had ended when the form was sent. */
    former: fc.option(name, { nil: undefined }),
    keptFor: name,
    sentBy: fc.option(name, { nil: undefined, freq: 8 }),
    path: fc.constantFrom('/page?a=b', '/page?a=b', '/page', '/admin/a'),
    /** Whether whoever signs in looks like whoever sent the form. */
    isSameBrowser: fc.boolean(),
    site: fc.constantFrom('same-origin', 'same-origin', 'cross-site'),
    steps: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, stepsWith(['.', 'A'])),
    times: fc.constantFrom(1, 2),
    later: fc.constantFrom(0, 0, 0, 90_000),
  }),
  ready: stages.createStages(),
  async holds({ former, keptFor, sentBy = undefined, path, site, isSameBrowser, steps, times, later }, stage) {
    const { harness } = stage;
    const { gateway } = harness;
    const formerSub = former && stages.personOf(stage, former).sub;
    const body = Buffer.from(CONTENT).toString('base64url');
    const browser = isSameBrowser ? browserOf(new Headers(stages.BROWSER)) : 'another';
    const form = { target: '/page?a=b', type: 'text/plain', body, referer: null, formerSub, browser };
    const key = await keepForLogin(
      gateway,
      addressOf(new URL('https://app.example.com/page?a=b')),
      form,
      harness.clock.now + 3_600,
    );
    const token = await sealFormToken(gateway, { key, sub: stages.personOf(stage, keptFor).sub });
    const sent = applySteps(token, steps).toWellFormed();
    harness.clock.now += later;
    await harness.settle();
    const isMeant =
      sentBy === keptFor && (former === undefined || former === sentBy) && later === 0 && isSame(sent, token);
    const page = await ask(stage, sentBy, `/auth/resubmit?form=${encodeURIComponent(sent)}`);
    const html = await page.text();
    assert.equal(page.status === 200 && html.includes('postern-form'), isMeant);
    assert.equal(html.includes('resubmit.js'), isMeant && (former !== undefined || isSameBrowser));
    for (let time = 0; time < times; time++) {
      const text = `postern-form=${sent}\r\n`;
      const response = await ask(stage, sentBy, path, { text, site });
      assert(response.status !== 500, JSON.stringify(stages.lastEvent(harness)));
    }
    const bodies = await Promise.all(harness.received.map((request) => request.text()));
    const isSent = isMeant && path === '/page?a=b' && site === 'same-origin';
    assert.equal(bodies.filter((each) => each.includes(CONTENT)).length, isSent ? 1 : 0);
  },
});

/** Base64url's last character may differ in bits that carry nothing. */
function isSame(sent: string, token: string): boolean {
  const tagOf = (text: string) => Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url').toString('hex');
  return sent.slice(0, -1) === token.slice(0, -1) && tagOf(sent) === tagOf(token) && /[\w-]$/.test(sent);
}

async function ask(
  stage: Stage,
  by: PersonName | undefined,
  path: string,
  post?: { readonly text: string; readonly site: string },
): Promise<Response> {
  const headers = {
    ...stages.BROWSER,
    ...(by && { cookie: stages.personOf(stage, by).cookies }),
    ...(post && {
      'sec-fetch-site': post.site,
      'content-type': 'text/plain',
      'content-length': String(Buffer.byteLength(post.text)),
    }),
  };
  const response = await stage.harness.app.fetch(
    stages.requestTo(path, { headers, ...(post && { method: 'POST', body: post.text }) }),
  );
  await stage.harness.settle();
  return response;
}

export const keptFormTargets = [keptForm];
