// Signed tokens from anybody: bearer tokens, the ID token of a login, logout tokens. What is taken, another library takes too, and its claims say so.
// RFC 7519, RFC 8725; OIDC Core §3.1.3.7; Back-Channel Logout 1.0 §2.6; promise 9.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerRecipe, isHonest, toResponse } from '../generate/answers.ts';
import type { JsonRecipe } from '../generate/json.ts';
import { mutated } from '../generate/text.ts';
import { isHonestToken, mint, type TokenRecipe, tokenRecipe } from '../generate/tokens.ts';
import { createTarget, orFault } from '../target.ts';
import { CLIENT_ID, createBed, ISSUER, NOW, PROJECT_ID, ROLES_CLAIM, TELLING_NAMES, TELLING_VALUES } from './bed.ts';
import {
  ACCESS_CLAIMS,
  assertSound,
  type Claims,
  CRYPTOGRAPHY,
  EVENT,
  ID_CLAIMS,
  LOGOUT_CLAIMS,
  secondOpinion,
} from './token-claims.ts';

const recipe = tokenRecipe(TELLING_VALUES, TELLING_NAMES);

const bearer = createTarget({
  name: 'bearer-jwt',
  promise: 'a bearer token is the provider’s, for us, in time and an access token; and its caller is its subject',
  runs: 150,
  budget: CRYPTOGRAPHY,
  given: recipe,
  ready: () => createBed({ '/introspect': () => Response.json({ active: false }) }),
  async holds(recipe, { bearer, settle }) {
    const token = await mint(ACCESS_CLAIMS, recipe);
    const judged = await orFault(['provider_unavailable'], () => bearer.judge(`Bearer ${token}`));
    await settle();
    if (isHonestToken(recipe)) assert.equal(judged?.kind, 'caller');
    if (judged?.kind !== 'caller') return;
    const claims = await secondOpinion(token);
    assertSound(claims, PROJECT_ID);
    assert(typeof claims['exp'] === 'number' && claims['exp'] > NOW);
    const { identity } = judged.caller;
    assert.equal(identity.sub, claims['sub']);
    for (const foreign of ['nonce', 'azp', 'sid', 'events', 'cnf', 'at_hash'])
      assert(!Object.hasOwn(claims, foreign), foreign);
    const granted = (claims[ROLES_CLAIM] ?? {}) as object;
    for (const role of Object.keys(identity.roles)) assert(Object.hasOwn(granted, role), role);
    assertFitsCookie(identity);
  },
});

/** What an identity holds is sealed into a cookie and written into headers. */
export function assertFitsCookie(identity: unknown): void {
  assert.doesNotThrow(() => JSON.stringify(identity));
}
const NONE: JsonRecipe = { edits: [], steps: [] };

const SPOTLESS = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: { kind: 'honest', recipe: NONE },
} as const;
const FAULTS_OF_A_LOGIN = ['login_failed', 'login_denied', 'provider_unavailable'] as const;

async function exchange(query: string, answer: (id_token: string) => Response, recipe: TokenRecipe) {
  const id_token = await mint(ID_CLAIMS, recipe);
  const { relyingParty, settle } = await createBed({ '/token': () => answer(id_token) });
  const expected = { state: 's', nonce: 'N_A', code_verifier: 'v'.repeat(43) };
  const call = () => relyingParty.exchangeCode(new URLSearchParams(query), expected, new AbortController().signal);
  const signedIn = await orFault(FAULTS_OF_A_LOGIN, call);
  await settle();
  return signedIn;
}
const TOKENS = { access_token: 'at', refresh_token: 'rt', token_type: 'Bearer', expires_in: 600 };

const login = createTarget({
  name: 'id-token',
  promise: 'a login ends with an ID token that is the provider’s, for us and for this login, or not at all',
  runs: 150,
  budget: CRYPTOGRAPHY,
  given: fc.record({
    recipe,
    answer: fc.oneof(fc.constant(SPOTLESS), answerRecipe(TELLING_VALUES, TELLING_NAMES)),
  }),
  async holds({ recipe, answer }) {
    const signedIn = await exchange(
      'code=c&state=s',
      (id_token) => toResponse({ ...TOKENS, id_token }, answer),
      recipe,
    );
    if (isHonestToken(recipe) && isHonest(answer)) assert(signedIn);
    if (!signedIn) return;
    const { tokens, idToken } = signedIn;
    const claims = await secondOpinion(tokens.id_token);
    assertSound(claims, CLIENT_ID);
    assert.deepEqual([claims['nonce'], claims['sub']], ['N_A', idToken.sub]);
    assert(claims['azp'] === undefined || claims['azp'] === CLIENT_ID);
    assert.deepEqual(JSON.parse(JSON.stringify(tokens)), tokens);
    assertTravels(tokens);
  },
});

/** Both go into header fields; the times into a cookie. */
export function assertTravels(tokens: { access_token: string; id_token: string; expiresAt: number }): void {
  assert.doesNotThrow(() => new Headers({ a: `Bearer ${tokens.access_token}`, b: tokens.id_token }));
  assert.match(tokens.access_token, /^[\x21-\x7e]+$/);
  assert(Number.isFinite(tokens.expiresAt) && tokens.expiresAt >= NOW, String(tokens.expiresAt));
}

const QUERIES = [
  'code=c&state=s',
  'error=access_denied&state=s&error_description=x',
  'code=c&state=s&iss=https://zitadel.test',
];

const callback = createTarget({
  name: 'callback-query',
  promise: 'only this login’s state and one code end it; whatever else stands in the query ends in a declared fault',
  runs: 150,
  budget: CRYPTOGRAPHY,
  given: mutated(QUERIES, [
    ...QUERIES,
    '&code=d',
    '&state=t',
    '&response=x',
    '&id_token=a',
    '&iss=https://evil.example',
    '%',
  ]),
  async holds(query) {
    const recipe: TokenRecipe = { alg: 'EdDSA', signedBy: 'provider', claims: [], header: [], steps: [] };
    const signedIn = await exchange(query, (id_token) => Response.json({ ...TOKENS, id_token }), recipe);
    if (query === QUERIES[0]) assert(signedIn);
    if (!signedIn) return;
    const sent = new URLSearchParams(query);
    assert.deepEqual(sent.getAll('state'), ['s']);
    assert.equal(sent.getAll('code').length, 1);
    assert.equal(sent.get('error') ?? '', '');
    if (sent.has('iss')) assert.equal(sent.get('iss'), ISSUER);
  },
});

const logout = createTarget({
  name: 'logout-token',
  promise: 'a logout token is the provider’s, for us, about a logout, and names somebody',
  runs: 150,
  budget: CRYPTOGRAPHY,
  given: recipe,
  ready: () => createBed({}),
  async holds(recipe, { relyingParty, settle }) {
    const token = await mint(LOGOUT_CLAIMS, recipe);
    const checked = await orFault(['provider_unavailable'], () => relyingParty.verifyLogoutToken(token));
    const verified = checked?.kind === 'good' ? checked.value : undefined;
    await settle();
    if (isHonestToken(recipe)) assert(verified);
    if (!verified) return;
    const claims = await secondOpinion(token);
    assertSound(claims, CLIENT_ID);
    const { sub, sid, jti, events } = claims;
    assert.deepEqual([verified.sub, verified.sid, verified.jti], [sub, sid, jti]);
    assert(typeof (sub ?? sid) === 'string' && typeof jti === 'string' && !Object.hasOwn(claims, 'nonce'));
    assert.equal(typeof (events as Claims)[EVENT], 'object');
  },
});
export const tokenTargets = [bearer, login, callback, logout];
