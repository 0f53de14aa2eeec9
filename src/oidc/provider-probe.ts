// Whether ZITADEL answers what a sign-in needs, asked now: metadata, keys, and the three endpoints of the code flow, without a word that begins one.
// With its database away every one of them is a 500. OIDC Core §3.1; RFC 6749 §4.1.2.1, §5.2 (what incomplete requests are answered).

import type { AuthorizationServer } from 'oauth4webapi';
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
  async function assertAnswers(url: string | undefined, method: 'GET' | 'POST'): Promise<void> {
    if (url === undefined) return;
    const { status } = await fetch(url, { method, ...(method === 'POST' && { body: new URLSearchParams() }) });
    // A refusal is the answer that is wanted; a host that ZITADEL does not know is 404 everywhere.
    const isRefusal = status < 500 && status !== 404 && status !== 429;
    if (!isRefusal) throw new GatewayError('provider_unavailable', `${new URL(url).pathname}: status ${status}`);
  }

  return () => {
    const fresh = metadata.reload();
    const ask = (method: 'GET' | 'POST', endpointOf: (server: AuthorizationServer) => string | undefined) => async () =>
      assertAnswers(endpointOf(await fresh.catch(() => metadata.load())), method);
    return {
      discovery: () => fresh,
      keys: () => fresh.catch(() => undefined).then(() => keys.reload()),
      authorize: ask('GET', (server) => server.authorization_endpoint),
      token: ask('POST', (server) => server.token_endpoint),
      userinfo: ask('GET', (server) => server.userinfo_endpoint),
    };
  };
}
