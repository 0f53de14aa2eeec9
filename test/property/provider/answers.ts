// What ZITADEL's endpoints answer: metadata, keys, tokens, userinfo, introspection, revocation; spoilt, refused, or a proxy's page.
// Promises 6 and 9; RFC 6749 §5; RFC 7662 §2.2; OIDC Core §5.3; Discovery §4.3.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AnswerRecipe, answerRecipe, isHonest, toResponse } from '../generate/answers.ts';
import { assertIsWait, createTarget, orFault } from '../target.ts';
import * as bed from './bed.ts';
import { discovery, keys } from './metadata.ts';
import { BUDGET, ISSUER, NOW, PROJECT_ID, tokens, UMA, UNAVAILABLE, USERINFO } from './shared.ts';
import { assertFitsCookie, assertTravels } from './tokens.ts';

const answer = answerRecipe(bed.TELLING_VALUES, bed.TELLING_NAMES);
/** Promise 6: such an answer says nothing about anybody's session. */
const isPassing = ({ status }: AnswerRecipe) => status === 429 || status >= 500;
const OLD = { access_token: 'old', refresh_token: 'old', receivedAt: NOW - 500, expiresAt: NOW + 100 };

const refresh = createTarget({
  name: 'refresh-answer',
  promise:
    'gives tokens that can be used, or says what is wrong; a passing failure ends no session, another’s ID token does',
  runs: 200,
  budget: BUDGET,
  given: fc.record({ recipe: answer, idToken: fc.constantFrom('own', 'own', 'none', 'others') }),
  async holds({ recipe, idToken }) {
    const [, , own, , others] = await tokens;
    const id_token = { own, none: undefined, others }[idToken];
    const answered = { access_token: 'new', refresh_token: 'new', id_token, token_type: 'Bearer', expires_in: 600 };
    const { side, settle } = await bed.createBed({ '/token': () => toResponse(answered, recipe) });
    const renewed = await side.refresh({ ...OLD, id_token: own }, UMA);
    await settle();
    if (isHonest(recipe)) assert.equal('access_token' in renewed, idToken !== 'others');
    if ('access_token' in renewed) {
      assertTravels(renewed);
      assert.equal(renewed.id_token, own);
      assert(typeof renewed.refresh_token === 'string' && renewed.refresh_token !== '');
      return;
    }
    assertIsWait(renewed.retryAfter);
    if (isPassing(recipe)) assert.equal(renewed.ends, undefined, renewed.reason);
    assert.match(renewed.reason, /^[ -~’]{1,400}$/);
  },
});

const userinfo = createTarget({
  name: 'userinfo-answer',
  promise: 'gives the claims of the user who was asked for and nobody else’s; a passing failure ends no session',
  runs: 300,
  budget: BUDGET,
  given: answer,
  async holds(recipe) {
    const [, , id_token] = await tokens;
    const { side, settle } = await bed.createBed({ '/userinfo': () => toResponse(USERINFO, recipe) });
    const read = await side.readClaims({ ...OLD, id_token }, UMA);
    await settle();
    if (isHonest(recipe)) assert.equal(read.kind, 'read');
    if (read.kind === 'failed') {
      assertIsWait(read.fault.retryAfter);
      if (isPassing(recipe)) assert.equal(read.fault.ends, undefined, read.fault.reason);
      return;
    }
    const claims = (await toResponse(USERINFO, recipe).json()) as Record<string, unknown>;
    const { sub, email, roles } = read.identity;
    assert.deepEqual([sub, claims['sub']], [UMA, UMA]);
    if (email !== undefined) assert.deepEqual([claims['email'], claims['email_verified']], [email, true]);
    for (const role of Object.keys(roles)) assert(Object.hasOwn(claims[bed.ROLES_CLAIM] ?? {}, role), role);
    assertFitsCookie(read.identity);
  },
});

const ACTIVE = {
  ...USERINFO,
  active: true,
  iss: ISSUER,
  aud: [PROJECT_ID],
  token_type: 'Bearer',
  exp: NOW + 60,
  iat: NOW,
};

const introspection = createTarget({
  name: 'introspection-answer',
  promise:
    'makes a caller of an active token that is for us, and of nothing else; a question without an answer is no verdict',
  runs: 300,
  budget: BUDGET,
  given: answer,
  async holds(recipe) {
    const { bearer, settle } = await bed.createBed({ '/introspect': () => toResponse(ACTIVE, recipe) });
    const judged = await orFault(UNAVAILABLE, () => bearer.judge(`Bearer ${'opaque-'.repeat(9)}`));
    await settle();
    if (isHonest(recipe)) assert.equal(judged?.kind, 'caller');
    if (recipe.status !== 200) assert.equal(judged, undefined);
    if (judged?.kind !== 'caller') return;
    const claims = (await toResponse(ACTIVE, recipe).json()) as Record<string, unknown>;
    assert.deepEqual([claims['active'], judged.caller.identity.sub], [true, claims['sub']]);
    assert([claims['aud']].flat().includes(PROJECT_ID));
    assert([undefined, ISSUER].includes(claims['iss'] as string));
    assert(!Object.hasOwn(claims, 'cnf'));
    assertFitsCookie(judged.caller.identity);
  },
});

const revocation = createTarget({
  name: 'revocation-answer',
  promise: 'is done, to be tried again, or refused; nothing else comes of it',
  runs: 150,
  budget: BUDGET,
  given: answer,
  async holds(recipe) {
    const [, , id_token] = await tokens;
    const { side, settle } = await bed.createBed({ '/revoke': () => toResponse({}, recipe) });
    const outcome = await side.revoke({ ...OLD, id_token });
    await settle();
    assert(['done', 'unanswered', 'refused'].includes(outcome));
    if (isPassing(recipe)) assert.equal(outcome, 'unanswered');
  },
});
export const answerTargets = [keys, discovery, refresh, userinfo, introspection, revocation];
