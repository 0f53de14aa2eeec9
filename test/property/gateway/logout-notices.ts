// POST /auth/backchannel-logout, by anybody: nobody is signed out but by ZITADEL's own word, and only whom it names.
// OpenID Connect Back-Channel Logout 1.0 §2.5, §2.6.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEED } from '../../../stand-in/seed.ts';
import { ISSUER } from '../../support/harness.ts';
import { applyEdits, editsWith, writeJson } from '../generate/json.ts';
import { applySteps, mutated, stepsWith } from '../generate/text.ts';
import { createTarget } from '../target.ts';
import type { PersonName, Stage } from './stage.ts';
import * as stages from './stage.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const NAMES = ['sub', 'sid', 'iss', 'aud', 'iat', 'exp', 'jti', 'events', 'nonce', EVENT];
const VALUES = [
  ...Object.values(SEED.users),
  ISSUER,
  SEED.webClientId,
  stages.START,
  stages.START + 600,
  stages.START - 600,
  {},
];

const notice = createTarget({
  name: 'logout-notice',
  promise: 'ends the sessions that a sound logout token names, and no other; what is no such token ends none',
  runs: 80,
  budget: 600,
  given: fc.record({
    whom: fc.constantFrom<PersonName>('user', 'admin', 'staff'),
    named: fc.constantFrom('sub', 'sid', 'both'),
    edits: fc.oneof(fc.constant([]), editsWith(VALUES, NAMES)),
    steps: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, stepsWith(['.', 'A', '='])),
    form: fc.oneof(
      { arbitrary: fc.constant('logout_token=TOKEN'), weight: 4 },
      mutated(
        ['logout_token=TOKEN&a=b', 'logout_token=TOKEN&logout_token=TOKEN'],
        ['&', '=', '%', 'TOKEN', 'logout_token='],
      ),
    ),
    type: fc.constantFrom('application/x-www-form-urlencoded', 'application/x-www-form-urlencoded', 'text/plain', ''),
  }),
  ready: stages.createStages(),
  async holds({ whom, named, edits, steps, form, type }, stage) {
    const { sub, sid } = stages.personOf(stage, whom);
    const claims = {
      iss: ISSUER,
      aud: [SEED.webClientId],
      iat: stages.START,
      exp: stages.START + 60,
      // A stage serves many cases, and each token counts once.
      jti: `j${stage.served}`,
      events: { [EVENT]: {} },
      ...(named !== 'sid' && { sub }),
      ...(named !== 'sub' && { sid }),
    };
    const payload = writeJson(applyEdits(claims, edits));
    const honest = await sign(stage, payload);
    const token = applySteps(honest, steps).toWellFormed();
    const body = form.replaceAll('TOKEN', encodeURIComponent(token));
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    const request = stages.requestTo('/auth/backchannel-logout', { method: 'POST', headers, body: Buffer.from(body) });
    const response = await stage.harness.app.fetch(request);
    await stage.harness.settle();
    const event = JSON.stringify(stages.lastEvent(stage.harness));
    assert([200, 400].includes(response.status), event);
    const ended = stages.NAMES.filter((each) => !stages.isStanding(stage, each));
    if (response.status !== 200) assert.deepEqual(ended, [], event);
    const isWhole = token === honest && form === 'logout_token=TOKEN' && /^application/.test(type);
    if (isWhole && edits.length === 0) assert.deepEqual(ended, [whom], event);
    if (form === 'logout_token=TOKEN' && !isSameToken(token, honest)) assert.deepEqual(ended, [], event);
    assert.deepEqual(
      ended.filter((each) => !namesPerson(stage, payload, each)),
      [],
      event,
    );
  },
});

/** But for bits of the last character of the signature that carry nothing. */
function isSameToken(token: string, honest: string): boolean {
  const [header, payload, signature, ...more] = token.split('.');
  const [ownHeader, ownPayload, ownSignature = ''] = honest.split('.');
  const isSigned = Buffer.from(signature ?? '', 'base64url').equals(Buffer.from(ownSignature, 'base64url'));
  return header === ownHeader && payload === ownPayload && isSigned && more.length === 0;
}

function namesPerson(stage: Stage, payload: string, name: PersonName): boolean {
  const { sub, sid, iat } = JSON.parse(payload) as { sub?: unknown; sid?: unknown; iat: number };
  const person = stages.personOf(stage, name);
  const isMeant = (sub === undefined || sub === person.sub) && (sid === undefined || sid === person.sid);
  // ZITADEL sets `iat` back by a second; what begins later than that is another session.
  return isMeant && iat >= stages.START - 2;
}

/** With the stand-in's own key, whatever is in it. */
async function sign({ harness }: Stage, payload: string): Promise<string> {
  const { privateKey, kid } = await harness.zitadel.webKeys.active();
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const input = `${encode(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' }))}.${encode(payload)}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

export const logoutNoticeTargets = [notice];
