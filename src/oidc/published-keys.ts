// The provider's published keys, as they are asked for and kept.
// RFC 7517 §5; OIDC Core §10.1.1 (rotation).

import { GatewayError } from '../errors.ts';
import { createKeptAnswer, type KeptAnswer } from './kept-answer.ts';
import { ask, readObject } from './provider-answer.ts';
import { providerFault } from './provider-errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { Members } from './tokens/jws.ts';

/** Seconds. */
const MAX_AGE = 300;

export type Keys = readonly Members[];

/** Loading and reading throw `provider_unavailable`. */
export type PublishedKeys = KeptAnswer<Keys>;

export interface KeysDependencies {
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createPublishedKeys({ metadata, fetch, ...rest }: KeysDependencies): PublishedKeys {
  async function request(signal?: AbortSignal): Promise<Keys> {
    const { jwks_uri } = await metadata.load(signal);
    if (!jwks_uri) throw new GatewayError('provider_unavailable', 'metadata: jwks_uri is missing');
    return requestKeys(jwks_uri, fetch, signal);
  }
  return createKeptAnswer({ ...rest, request, maxAge: MAX_AGE });
}

async function requestKeys(jwks_uri: string, fetch: ProviderFetch, signal: AbortSignal | undefined): Promise<Keys> {
  try {
    const { keys } = await readObject(await ask(fetch, jwks_uri, signal));
    if (!Array.isArray(keys)) throw new GatewayError('provider_unavailable', 'no list of keys in the answer');
    // One key that this runtime cannot read must not make the others useless.
    return keys.filter((key) => typeof key === 'object' && key !== null);
  } catch (cause) {
    throw new GatewayError('provider_unavailable', `keys: ${providerFault(cause).reason}`, { cause });
  }
}
