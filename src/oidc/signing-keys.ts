// ZITADEL's signing keys: kept, renewed behind the scenes, served stale, and asked for anew when a token names an unknown one.
// RFC 7517; OIDC Core §10.1.1 (rotation). Keys named or carried by a token's own header are never used.

import { GatewayError } from '../errors.ts';
import { type Members, selectKeys } from './jws.ts';
import { ask, readObject } from './provider-answer.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { createSingleFlight } from './single-flight.ts';
import { providerFault } from './to-fault.ts';

const MAX_AGE = 300;
const RETRY_AFTER = 30;
/** Seconds between two fetches that unknown `kid`s may cause, however many tokens come. */
const UNKNOWN_KID_INTERVAL = 30;

export interface SigningKeys {
  /**
   * The one key that may have signed under `header`. With `isTrustedChannel` (a token that came from the token endpoint
   * itself) an unknown `kid` always fetches; a token that anybody could have sent does so at most once in half a minute.
   * Throws `login_failed` where there is none or more than one, and `provider_unavailable`.
   */
  find(header: Members, options: { isTrustedChannel: boolean; signal?: AbortSignal | undefined }): Promise<Members>;
  /** Asks now, whatever is known; for readiness. Throws `provider_unavailable`. */
  reload(): Promise<void>;
}

interface Dependencies {
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

type Keys = readonly Members[];

export function createSigningKeys({ metadata, fetch, now, waitUntil }: Dependencies): SigningKeys {
  let known: Keys | undefined;
  let renewAt = 0;
  let unknownKidAt = Number.NEGATIVE_INFINITY;
  let failedLately: GatewayError | undefined;
  const single = createSingleFlight<Keys>({ waitUntil });

  async function read(signal?: AbortSignal): Promise<Keys> {
    try {
      const { jwks_uri } = await metadata.load(signal);
      if (!jwks_uri) throw new GatewayError('provider_unavailable', 'metadata: jwks_uri is missing');
      known = await requestKeys(jwks_uri, fetch, signal);
    } catch (error) {
      failedLately = error as GatewayError;
      throw error;
    }
    renewAt = now() + MAX_AGE;
    failedLately = undefined;
    return known;
  }

  async function load(signal?: AbortSignal): Promise<Keys> {
    if (!known) return read(signal);
    if (now() >= renewAt) {
      renewAt = now() + RETRY_AFTER;
      waitUntil(read().catch(() => undefined));
    }
    return known;
  }

  /** For tokens that anybody could have sent: who comes while keys are being fetched waits for those, and asks for none. */
  async function readSparingly(signal?: AbortSignal): Promise<Keys> {
    return single('unknown kid', async () => {
      if (now() - unknownKidAt >= UNKNOWN_KID_INTERVAL) {
        unknownKidAt = now();
        await read(signal).catch(() => undefined);
      }
      // While the last fetch, whoever it was for, has failed, nobody knows whether the key exists: that is no verdict on the token.
      if (failedLately) throw failedLately;
      return load(signal);
    });
  }

  return {
    async reload() {
      await read();
    },
    async find(header, { isTrustedChannel, signal }) {
      const keys = await (isTrustedChannel || known ? load(signal) : single('first', () => load(signal)));
      let found = selectKeys(keys, header);
      if (found.length === 0) {
        found = selectKeys(await (isTrustedChannel ? read(signal) : readSparingly(signal)), header);
      }
      const [key, ...others] = found;
      if (!key) throw new GatewayError('login_failed', 'JWT: no key of the provider fits');
      // OIDC Core §10.1: then the token has to name its key.
      if (others.length > 0) throw new GatewayError('login_failed', 'JWT: several keys of the provider fit');
      return key;
    },
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
