// The provider's published keys: kept, renewed behind the scenes, served stale.
// RFC 7517 §5; OIDC Core §10.1.1 (rotation).

import { GatewayError } from '../errors.ts';
import { ask, readObject } from './provider-answer.ts';
import { providerFault } from './provider-errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { Members } from './tokens/jws.ts';

/** Seconds. */
const MAX_AGE = 300;
const RETRY_AFTER = 30;

export type Keys = readonly Members[];

export interface PublishedKeys {
  /** What is known, or else asked for. Throws `provider_unavailable`. */
  load(signal?: AbortSignal): Promise<Keys>;
  /** Asks now, whatever is known. Throws `provider_unavailable`. */
  read(signal?: AbortSignal): Promise<Keys>;
  /** Undefined until some were had. */
  known(): Keys | undefined;
  /** Counts the requests so far; and which of them brought what is known. */
  asked(): number;
  broughtBy(): number;
}

export interface KeysDependencies {
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createPublishedKeys({ metadata, fetch, now, waitUntil }: KeysDependencies): PublishedKeys {
  let known: Keys | undefined;
  let asked = 0;
  let broughtBy = 0;
  let renewAt = 0;

  async function read(signal?: AbortSignal): Promise<Keys> {
    const { jwks_uri } = await metadata.load(signal);
    if (!jwks_uri) throw new GatewayError('provider_unavailable', 'metadata: jwks_uri is missing');
    asked += 1;
    const number = asked;
    const keys = await requestKeys(jwks_uri, fetch, signal);
    // A newer answer has come before this one.
    if (number < broughtBy) return keys;
    [known, broughtBy, renewAt] = [keys, number, now() + MAX_AGE];
    return keys;
  }

  return {
    read,
    async load(signal) {
      if (!known) return read(signal);
      if (now() >= renewAt) {
        renewAt = now() + RETRY_AFTER;
        waitUntil(read().catch(() => undefined));
      }
      return known;
    },
    known: () => known,
    asked: () => asked,
    broughtBy: () => broughtBy,
  };
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
