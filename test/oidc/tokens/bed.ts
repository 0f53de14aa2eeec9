// Tokens under a good signature, with whatever claims and header a test wants.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import type { Problem, TokenRefusal } from '../../../src/oidc/tokens/token-refusal.ts';

export type Claims = Record<string, unknown>;

export const NOW = 1_790_000_000;
export const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
export const issuer = 'https://zitadel.test';
export const now = () => NOW;

export const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
export const jwk = { ...(await exportJWK(publicKey)) };
export const keys: SigningKeys = {
  find: async () => [jwk],
  findPublished: async () => [jwk],
  reload: async () => undefined,
};
export const context = { issuer, keys, now, isTrustedChannel: true };

export const refused = (of: TokenRefusal['of'], problem: Problem) => ({ kind: 'refused', refusal: { of, ...problem } });

/** `undefined` takes a claim or a header's member out. */
export const sign = (claims: Claims, header: Claims = { typ: 'JWT' }) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);
