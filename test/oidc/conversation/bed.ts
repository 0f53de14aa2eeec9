// One conversation at a time with an OpenID provider that answers what a test says, and what was asked of it.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { loadConfig } from '../../../src/config/load.ts';
import { GatewayError } from '../../../src/errors.ts';
import { providerFault } from '../../../src/oidc/provider-errors.ts';
import type { ProviderRequest } from '../../../src/oidc/provider-fetch.ts';
import { createRelyingParty } from '../../../src/oidc/relying-party.ts';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import { TokenRefused } from '../../../src/oidc/tokens/token-refusal.ts';

export type Members = Record<string, unknown>;

export const NOW = 1_790_000_000;
export const issuer = 'https://zitadel.test';
export const METADATA = {
  issuer,
  authorization_endpoint: `${issuer}/authorize?tenant=1`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  revocation_endpoint: `${issuer}/revoke`,
  end_session_endpoint: `${issuer}/end?tenant=1`,
};
export const EXPECTED = { state: 'the-state', nonce: 'the-nonce', code_verifier: 'v'.repeat(43) };
export const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
export const jwk = { ...(await exportJWK(publicKey)) };

export const signIdToken = (changes: Members = {}) =>
  new SignJWT({
    ...{ iss: issuer, aud: 'us', sub: '1', iat: NOW, exp: NOW + 60, nonce: EXPECTED.nonce },
    ...changes,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(privateKey);

export interface Options {
  readonly metadata?: Members;
  readonly keys?: Partial<SigningKeys>;
  readonly variables?: Members;
}

export function createBed(answer: Response | (() => Response) = Response.json({}), options: Options = {}) {
  const asked: (ProviderRequest & { url: string })[] = [];
  const loaded = loadConfig({
    UPSTREAM_URL: 'https://upstream.internal',
    ZITADEL_DOMAIN: issuer,
    ZITADEL_CLIENT_ID: 'us',
    ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
    SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
    SESSIONS: { get() {}, put() {} },
    USER_SESSIONS: { idFromName() {}, get() {} },
    ...options.variables,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const load = async () => ({ ...METADATA, ...options.metadata }) as never;
  const relyingParty = createRelyingParty({
    config: loaded.config,
    metadata: { load, reload: load },
    keys: { find: async () => [jwk], findPublished: async () => [jwk], reload: async () => undefined, ...options.keys },
    fetch: async (url, request) => {
      asked.push({ url, ...request });
      return typeof answer === 'function' ? answer() : answer;
    },
    now: () => NOW,
    clockSkew: () => NOW - Date.now() / 1000,
  });
  const form = () => Object.fromEntries(asked[0]?.body as URLSearchParams);
  return { relyingParty, asked, form, config: loaded.config };
}

/** The fault that a promise ends in: its code or kind, and the tag of a refusal or else the log's words. */
export function faultOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => {
      const { kind, reason } = providerFault(error);
      const outcome = error instanceof GatewayError ? error.code : kind;
      const refused = error instanceof GatewayError ? error.cause : error;
      if (!(refused instanceof TokenRefused)) return `${outcome}: ${reason}`;
      return `${outcome}: ${refused.refusal.of} ${refused.refusal.problem}`;
    },
  );
}
