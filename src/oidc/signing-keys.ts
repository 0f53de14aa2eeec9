// ZITADEL's signing keys: kept, renewed behind the scenes, served stale, and asked for anew when a token names an unknown one.
// RFC 7517; OIDC Core §10.1.1 (rotation). Keys named or carried by a token's own header are never used.

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { GatewayError } from '../errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { createSingleFlight } from './single-flight.ts';
import { providerFault } from './to-fault.ts';

/** The algorithms ZITADEL can be switched to; all asymmetric, so a public key can never serve as a secret. */
export const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const MAX_AGE = 300;
const RETRY_AFTER = 30;
/** Seconds between two fetches that unknown `kid`s may cause, however many tokens come. */
const UNKNOWN_KID_INTERVAL = 30;

export interface SigningKeys {
  /**
   * For jose's verify functions. With `isTrustedChannel` (a token that came from the token endpoint itself) an unknown
   * `kid` always fetches; a token that anybody could have sent does so at most once in half a minute.
   */
  resolver(options: { isTrustedChannel: boolean; signal?: AbortSignal | undefined }): JWTVerifyGetKey;
  /** Asks now, whatever is known; for readiness. Throws `provider_unavailable`. */
  reload(): Promise<void>;
}

interface Dependencies {
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

export function createSigningKeys({ metadata, fetch, now, waitUntil }: Dependencies): SigningKeys {
  let known: LocalKeys | undefined;
  let renewAt = 0;
  let unknownKidAt = Number.NEGATIVE_INFINITY;
  let failedLately: GatewayError | undefined;
  const single = createSingleFlight<LocalKeys>({ waitUntil });

  async function read(signal?: AbortSignal): Promise<LocalKeys> {
    const { jwks_uri } = await metadata.load(signal);
    if (!jwks_uri) throw new GatewayError('provider_unavailable', 'metadata: jwks_uri is missing');
    known = createLocalJWKSet(await requestKeys(jwks_uri, fetch, signal));
    renewAt = now() + MAX_AGE;
    failedLately = undefined;
    return known;
  }

  async function load(signal?: AbortSignal): Promise<LocalKeys> {
    if (!known) return read(signal);
    if (now() >= renewAt) {
      renewAt = now() + RETRY_AFTER;
      waitUntil(read().catch(() => undefined));
    }
    return known;
  }

  /** For tokens that anybody could have sent: who comes while keys are being fetched waits for those, and asks for none. */
  async function readSparingly(signal?: AbortSignal): Promise<LocalKeys> {
    return single('unknown kid', async () => {
      if (now() - unknownKidAt >= UNKNOWN_KID_INTERVAL) {
        unknownKidAt = now();
        await read(signal).catch((error: GatewayError) => {
          failedLately = error;
        });
      }
      // While the fetch has failed nobody knows whether the key exists: that is no verdict on the token.
      if (failedLately) throw failedLately;
      return known ?? load(signal);
    });
  }

  return {
    async reload() {
      await read();
    },
    resolver: ({ isTrustedChannel, signal }) => {
      return async (header, token) => {
        const keys = await (isTrustedChannel || known ? load(signal) : single('first', () => load(signal)));
        try {
          return await keys(header, token);
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
          const newer = await (isTrustedChannel ? read(signal) : readSparingly(signal));
          return await newer(header, token);
        }
      };
    },
  };
}

async function requestKeys(
  jwks_uri: string,
  fetch: ProviderFetch,
  signal: AbortSignal | undefined,
): Promise<JSONWebKeySet> {
  try {
    const response = await fetch(jwks_uri, { method: 'GET', headers: { accept: 'application/json' }, signal });
    if (response.status !== 200) throw new GatewayError('provider_unavailable', `status ${response.status}`);
    const body: unknown = await response.json();
    const keys = (body as { keys?: unknown } | null)?.keys;
    if (!Array.isArray(keys)) throw new GatewayError('provider_unavailable', 'no list of keys in the answer');
    // One key that this runtime cannot read must not make the others useless.
    return { keys: keys.filter((key) => typeof key === 'object' && key !== null && typeof key.kty === 'string') };
  } catch (cause) {
    throw new GatewayError('provider_unavailable', `keys: ${providerFault(cause).reason}`, { cause });
  }
}
