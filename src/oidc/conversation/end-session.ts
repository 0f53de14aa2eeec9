// The way to the end of ZITADEL's own session: with an ID token that it can still read, or else with a name.
// RP-Initiated Logout 1.0 §2 (id_token_hint, logout_hint, post_logout_redirect_uri, state).

import type { Config } from '../../config/schema.ts';
import type { ProviderMetadata } from '../provider-metadata.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { verifyJws } from '../tokens/jws.ts';

export interface EndSession {
  /**
   * Whether the provider can still tell what this ID token says, expired or not: ZITADEL leaves a visitor with a bare error if its key
   * has been deleted, or if it is not for this client.
   */
  isGoodHint(id_token: string): Promise<boolean>;
  /**
   * With the ID token, or else with the login name, by which ZITADEL finds the session in the visitor's browser. Undefined where the
   * provider has no such endpoint. Throws `provider_unavailable`.
   */
  endSessionUrl(state: string, id_token_hint: string | undefined, logout_hint?: string): Promise<string | undefined>;
}

interface Dependencies {
  readonly config: Pick<Config, 'client_id' | 'issuer' | 'post_logout_redirect_uri'>;
  readonly metadata: ProviderMetadata;
  readonly keys: SigningKeys;
}

export function createEndSession({ config, metadata, keys }: Dependencies): EndSession {
  const { client_id, issuer, post_logout_redirect_uri } = config;
  return {
    async isGoodHint(id_token) {
      const verified = await verifyJws(id_token, undefined, keys.findPublished);
      if (verified.kind === 'refused') return false;
      const { iss, azp, aud } = verified.value.claims;
      const parties: readonly unknown[] = azp !== undefined ? [azp] : Array.isArray(aud) ? aud : [aud];
      return iss === issuer && parties.includes(client_id);
    },

    async endSessionUrl(state, id_token_hint, logout_hint) {
      const { end_session_endpoint } = await metadata.load();
      if (!end_session_endpoint) return undefined;
      const url = new URL(end_session_endpoint);
      if (id_token_hint !== undefined) url.searchParams.set('id_token_hint', id_token_hint);
      else if (logout_hint !== undefined) url.searchParams.set('logout_hint', logout_hint);
      url.searchParams.set('client_id', client_id);
      url.searchParams.set('post_logout_redirect_uri', post_logout_redirect_uri);
      url.searchParams.set('state', state);
      return url.href;
    },
  };
}
