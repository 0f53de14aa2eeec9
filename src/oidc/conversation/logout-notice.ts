// A logout token that was posted to us, held against who we are and what the provider signs with.
// Back-Channel Logout 1.0 §2.6.

import { type LogoutToken, verifyLogoutToken } from '../tokens/logout-token.ts';
import type { Checked } from '../tokens/token-refusal.ts';
import type { Parties } from './parties.ts';

/** `network`: who sent it (clientNetwork). Throws `provider_unavailable` where nobody can know just now. */
export type VerifyLogoutToken = (logoutToken: string, network?: string) => Promise<Checked<LogoutToken>>;

export function createVerifyLogoutToken({ config, metadata, keys, now }: Parties): VerifyLogoutToken {
  const { client_id, issuer } = config;
  return async (logoutToken, network) => {
    // As for ID tokens, where oauth4webapi looks.
    const { id_token_signing_alg_values_supported: supported } = await metadata.load();
    const algorithms = Array.isArray(supported) ? supported : ['RS256'];
    const context = { issuer, keys, now, algorithms, isTrustedChannel: false, isLogoutToken: true, network };
    return verifyLogoutToken(logoutToken, client_id, context);
  };
}
