// What the targets of ZITADEL’s answers share: tokens signed once, budgets, and the faults that may come of a spoilt answer.

import { mint, type TokenRecipe } from '../generate/tokens.ts';
import * as bed from './bed.ts';

export const { ISSUER, NOW, CLIENT_ID, PROJECT_ID, UMA, USERINFO, METADATA } = bed;
const TIMES = { iat: NOW - 1, exp: NOW + 600 };
const ACCESS_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [PROJECT_ID], jti: 'j', client_id: CLIENT_ID };
const ID_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [CLIENT_ID] };
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const LOGOUT_CLAIMS = { ...TIMES, iss: ISSUER, sub: UMA, aud: [CLIENT_ID], jti: 'l', events: EVENTS };

export const token = (claims: object, changes: Partial<TokenRecipe> = {}) =>
  mint(claims, { alg: 'EdDSA', signedBy: 'provider', claims: [], header: [], steps: [], ...changes });

/** Signed once: only the provider's answers differ. */
export const tokens = Promise.all([
  token(ACCESS_CLAIMS),
  token(ACCESS_CLAIMS, { signedBy: 'stranger' }),
  token(ID_CLAIMS),
  token(LOGOUT_CLAIMS),
  token({ ...ID_CLAIMS, sub: bed.ADA }),
]);
/** What is nested deeply costs as much as the stack is deep, and no more. */
export const BUDGET = 400;
export const UNAVAILABLE = ['provider_unavailable'] as const;
