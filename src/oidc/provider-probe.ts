// Whether the provider answers what a sign-in needs, asked now: metadata, keys, and the three endpoints of the code flow. No question begins one.
// Without its database, ZITADEL answers each of them with 500. OIDC Core §3.1; RFC 6749 §4.1.2.1, §5.2 (what incomplete requests are answered).

import { GatewayError } from '../errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { SigningKeys } from './signing-keys.ts';

/** By name; each throws where there is no good answer. */
export type ProviderProbe = () => Record<string, () => Promise<unknown>>;

interface Dependencies {
  readonly metadata: ProviderMetadata;
  readonly keys: SigningKeys;
  readonly fetch: ProviderFetch;
}

export function createProviderProbe({ metadata, keys, fetch }: Dependencies): ProviderProbe {
  return () => {
    const fresh = metadata.reload();
    const ask = (endpoint: 'authorization_endpoint' | 'token_endpoint' | 'userinfo_endpoint') => async () => {
      const url = (await fresh.catch(() => metadata.load()))[endpoint];
      if (url === undefined) return;
      const { status } = await fetch(url, { method: 'GET' });
      // Too many of our own questions are no good answer either.
      if (isAway(status) || status === 429)
        throw new GatewayError('provider_unavailable', `${endpoint}: status ${status}`);
    };
    return {
      discovery: () => fresh,
      keys: () => fresh.catch(() => undefined).then(() => keys.reload()),
      authorize: ask('authorization_endpoint'),
      token: ask('token_endpoint'),
      userinfo: ask('userinfo_endpoint'),
    };
  };
}

/** Of an endpoint that was asked nothing sensible: a refusal is the answer that is wanted. A host that ZITADEL does not know is 404 everywhere. */
function isAway(status: number): boolean {
  return status >= 500 || status === 404;
}
