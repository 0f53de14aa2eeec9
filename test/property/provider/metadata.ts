// What ZITADEL says of itself and of its keys, spoilt, refused, or a proxy’s page.
// Promise 9; RFC 8414 §3.3; OIDC Discovery §4.3.

import assert from 'node:assert/strict';
import { answerRecipe, isHonest, toResponse } from '../generate/answers.ts';
import { publishedKeys } from '../generate/tokens.ts';
import { createTarget, orFault } from '../target.ts';
import * as bed from './bed.ts';
import { BUDGET, ISSUER, METADATA, NOW, tokens, UMA, UNAVAILABLE, USERINFO } from './shared.ts';

const LOGIN_FAULTS = ['login_failed', 'login_denied', 'provider_unavailable'] as const;

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

export const keys = createTarget({
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

export const discovery = createTarget({
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
