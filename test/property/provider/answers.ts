// What ZITADEL's endpoints answer: metadata, keys, tokens, userinfo, introspection, revocation; spoilt, refused, or a proxy's page.
// Design promises 6 and 9; RFC 6749 §5; RFC 7662 §2.2; OIDC Core §5.3; Discovery §4.3.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AnswerRecipe, answerRecipe, isHonest, toResponse } from '../generate/answers.ts';
import { mint, publishedKeys, type TokenRecipe } from '../generate/tokens.ts';
import { assertIsWait, createTarget, orFault } from '../target.ts';
import * as bed from './bed.ts';
import { assertFitsCookie, assertTravels } from './tokens.ts';

const { ISSUER, NOW, CLIENT_ID, PROJECT_ID, UMA, USERINFO, METADATA } = bed;
const TIMES = { iat: NOW - 1, exp: NOW + 600 };
const ACCESS_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [PROJECT_ID], jti: 'j', client_id: CLIENT_ID };
const ID_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [CLIENT_ID] };
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const LOGOUT_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [CLIENT_ID], jti: 'l', events: EVENTS };

const token = (claims: object, changes: Partial<TokenRecipe> = {}) =>
  mint(claims, { alg: 'EdDSA', signedBy: 'provider', claims: [], header: [], steps: [], ...changes });
/** Signed once: only the provider's answers differ. */
const tokens = Promise.all([
  token(ACCESS_CLAIMS),
  token(ACCESS_CLAIMS, { signedBy: 'stranger' }),
  token(ID_CLAIMS),
  token(LOGOUT_CLAIMS),
  token({ ...ID_CLAIMS, sub: bed.ADA }),
]);

const answer = answerRecipe(bed.TELLING_VALUES, bed.TELLING_NAMES);
/** What is nested deeply costs as much as the stack is deep, and no more. */
const BUDGET = 400;
const UNAVAILABLE = ['provider_unavailable'] as const;
const LOGIN_FAULTS = ['login_failed', 'login_denied', 'provider_unavailable'] as const;

/** Promise 6: such an answer says nothing about anybody's session. */
const isPassing = ({ status }: AnswerRecipe) => status === 429 || status >= 500;

const JWKS_VALUES = [
  'RSA',
  'EC',
  'OKP',
  'oct',
  'P-256',
  'Ed25519',
  'enc',
  ['sign'],
  'RS256',
  'ours-EdDSA',
  'AQAB',
  'AA',
];
const JWKS_NAMES = ['keys', 'kty', 'kid', 'alg', 'use', 'n', 'e', 'x', 'y', 'crv', 'd', 'k', 'key_ops'];

const keys = createTarget({
  name: 'jwks',
  promise: 'of spoilt keys a good token is refused, or cannot be judged; a stranger’s is never good',
  runs: 150,
  budget: BUDGET,
  given: answerRecipe(JWKS_VALUES, JWKS_NAMES),
  async holds(recipe) {
    const published = await publishedKeys();
    const [good, strangers] = await tokens;
    const { bearer, settle } = await bed.createBed({ '/keys': () => toResponse(published, recipe) });
    const judged = await orFault(UNAVAILABLE, () => bearer.judge(`Bearer ${good}`));
    if (isHonest(recipe)) assert.equal(judged?.kind, 'caller');
    if (judged?.kind === 'caller') assert.equal(judged.caller.identity.sub, UMA);
    const other = await orFault(UNAVAILABLE, () => bearer.judge(`Bearer ${strangers}`));
    assert.notEqual(other?.kind, 'caller');
    await settle();
  },
});

const METADATA_VALUES = [
  ...[
    'javascript:alert(1)',
    'http://zitadel.test/x',
    '//evil.example',
    'https://evil.example/x',
    'zitadel.test',
    'S256',
  ],
  ...[
    'https://zitadel.test/',
    ['plain'],
    ['RS256'],
    'RS256',
    5,
    'https://zitadel.test/\r\nx',
    `https://${'a'.repeat(9_000)}/`,
  ],
];

const discovery = createTarget({
  name: 'discovery',
  promise:
    'metadata is of our issuer, with TLS and PKCE, or not used; and with it every conversation ends in a declared way',
  runs: 150,
  budget: BUDGET,
  given: answerRecipe(METADATA_VALUES, Object.keys(METADATA)),
  async holds(recipe) {
    const [access, , id_token, logoutToken] = await tokens;
    const answered = { access_token: 'at', id_token, token_type: 'Bearer', expires_in: 60 };
    const { metadata, relyingParty, bearer, side, settle } = await bed.createBed({
      '/.well-known/openid-configuration': () => toResponse(METADATA, recipe),
      '/token': () => Response.json(answered),
      '/userinfo': () => Response.json(USERINFO),
    });
    const known = await orFault(UNAVAILABLE, () => metadata.load());
    if (isHonest(recipe)) assert(known);
    if (known) {
      assert.equal(known.issuer, ISSUER);
      for (const [name, value] of Object.entries(known)) {
        const isUsed = Object.hasOwn(METADATA, name) && /_endpoint$|_uri$/.test(name);
        if (isUsed) assert.equal(URL.parse(String(value))?.protocol, 'https:', name);
      }
    }
    const random = { state: 's', nonce: 'n', code_verifier: 'v'.repeat(43) };
    const where = await orFault(UNAVAILABLE, () => relyingParty.authorizationUrl({ ...random, extra: {} }));
    if (where !== undefined) assert.equal(new URL(where).searchParams.get('code_challenge_method'), 'S256');
    await orFault(UNAVAILABLE, () => relyingParty.endSessionUrl('s', id_token));
    await orFault(UNAVAILABLE, () => relyingParty.verifyLogoutToken(logoutToken));
    const signal = new AbortController().signal;
    const query = new URLSearchParams('code=c&state=s');
    await orFault(LOGIN_FAULTS, () => relyingParty.exchangeCode(query, random, signal));
    await orFault(UNAVAILABLE, () => bearer.judge(`Bearer ${access}`));
    await side.readClaims({ access_token: 'at', id_token, receivedAt: NOW, expiresAt: NOW + 60 }, UMA);
    await settle();
  },
});

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
