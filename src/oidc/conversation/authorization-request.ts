// The way to the provider's sign-in page, with everything that its answer is held against later.
// OIDC Core §3.1.2.1; RFC 7636 §4.3.

import { calculatePKCECodeChallenge } from 'oauth4webapi';
import type { Parties } from './parties.ts';

export interface AuthorizationParameters {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
  /** Passed on as they are: prompt, login_hint, ui_locales, max_age. */
  readonly extra: Readonly<Record<string, string>>;
  readonly extraScope?: string | undefined;
}

/** Throws `provider_unavailable`. */
export type AuthorizationUrl = (parameters: AuthorizationParameters) => Promise<string>;

export function createAuthorizationUrl({ config, metadata }: Parties): AuthorizationUrl {
  const { client_id, redirect_uri, scope } = config;
  return async ({ state, nonce, code_verifier, extra, extraScope }) => {
    const { authorization_endpoint } = await metadata.load();
    const url = new URL(authorization_endpoint as string);
    const parameters = {
      ...extra,
      client_id,
      redirect_uri,
      response_type: 'code',
      scope: extraScope === undefined ? scope : `${scope} ${extraScope}`,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(code_verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  };
}
