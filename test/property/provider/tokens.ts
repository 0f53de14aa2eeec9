// Signed tokens from anybody: bearer tokens, the ID token of a login, logout tokens. What is taken, another library takes too, and its claims say so.
// RFC 7519, RFC 8725; OIDC Core §3.1.3.7; Back-Channel Logout 1.0 §2.6; promise 9.

import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { answerRecipe, isHonest, toResponse } from '../generate/answers.ts';
import type { JsonRecipe } from '../generate/json.ts';
import { mutated } from '../generate/text.ts';
import { isHonestToken, mint, publishedKeys, type TokenRecipe, tokenRecipe } from '../generate/tokens.ts';
import { createTarget, orFault } from '../target.ts';
import {
  CLIENT_ID,
  createBed,
  ISSUER,
  NOW,
  PROJECT_ID,
  ROLES_CLAIM,
  TELLING_NAMES,
  TELLING_VALUES,
  UMA,
  USERINFO,
} from './bed.ts';

const recipe = tokenRecipe(TELLING_VALUES, TELLING_NAMES);
/** Each key is imported, each token signed and verified twice. */
const CRYPTOGRAPHY = 400;

const TIMES = { iat: NOW - 1, exp: NOW + 600 };
const ACCESS_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [PROJECT_ID],
  jti: 'j1',
  client_id: CLIENT_ID,
  [ROLES_CLAIM]: USERINFO[ROLES_CLAIM],
  deep: USERINFO.deep,
};
const ID_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [CLIENT_ID],
  azp: CLIENT_ID,
  nonce: 'N_A',
  sid: 's',
  amr: ['pwd'],
};
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LOGOUT_CLAIMS = {
  ...TIMES,
  iss: ISSUER,
  sub: UMA,
  aud: [CLIENT_ID],
  jti: 'l1',
  sid: 's',
  events: { [EVENT]: {} },
};

type Claims = Readonly<Record<string, unknown>>;

/** By another implementation, Node's: the claims, if one of the provider's keys has signed them by its own algorithm. */
async function secondOpinion(token: string): Promise<Claims> {
  const [header, payload = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  const { keys } = await publishedKeys();
  const isSigned = keys.some((jwk) => {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const hash = jwk.kty === 'OKP' ? null : 'sha256';
    return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  });
  assert(isSigned, 'no key of the provider has signed this');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

function assertSound({ iss, aud, exp, iat }: Claims, audience: string): void {
  assert.equal(iss, ISSUER);
  assert([aud].flat().includes(audience), 'aud is somebody else');
  assert(typeof exp === 'number' && exp > NOW - 31 && typeof iat === 'number' && iat <= NOW + 31, `${iat} to ${exp}`);
}

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
