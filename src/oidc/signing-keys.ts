// ZITADEL's signing keys: kept, renewed behind the scenes, served stale, and asked for anew when a token names an unknown one.
// RFC 7517; OIDC Core §10.1.1 (rotation). Keys named or carried by a token's own header are never used.

import { GatewayError } from '../errors.ts';
import { within } from '../shared/deadline.ts';
import { ExpiringMap } from '../shared/expiring-map.ts';
import { createKeyFetches } from './key-fetches.ts';
import { ask, readObject } from './provider-answer.ts';
import { providerFault } from './provider-errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { type Members, selectKeys } from './tokens/jws.ts';

const MAX_AGE = 300;
const RETRY_AFTER = 30;
/** Milliseconds that somebody who signs out waits to hear what is published. */
const PATIENCE = 2_000;
/** Seconds that a `kid` stays unknown for bearer tokens once it was looked up: many may carry that of a deleted key. */
const STAYS_UNKNOWN = 5;

export interface KeyQuestion {
  /** The token came from the token endpoint itself: an unknown `kid` is always looked up. What anybody could have sent has a budget. */
  readonly isTrustedChannel: boolean;
  /** Has a budget of its own. */
  readonly isLogoutToken?: boolean | undefined;
  /** Where it comes from (clientNetwork): one stranger uses up nobody else's budget. */
  readonly network?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SigningKeys {
  /** The keys that may have signed under `header`. Throws `provider_unavailable` where nobody can know just now. */
  find(header: Members, question: KeyQuestion): Promise<Keys>;
  /**
   * Those among the keys that are published now: asked anew, and what is known counts where ZITADEL takes long or has been asked too
   * often.
   */
  findPublished(header: Members): Promise<Keys>;
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
  /** Requests so far, and which of them brought what is known. */
  let asked = 0;
  let broughtBy = 0;
  let renewAt = 0;
  /** Each kind of asker apart. */
  const fetchesFor = (kind: string) =>
    createKeyFetches({ what: `unknown keys of ${kind} tokens`, read, now, waitUntil });
  const [forBearer, forLogout, forHints] = [fetchesFor('bearer'), fetchesFor('logout'), fetchesFor('ID')];
  const missing = new ExpiringMap<true>({ entries: 100, characters: 10_000 });

  async function read(signal?: AbortSignal): Promise<Keys> {
    const { jwks_uri } = await metadata.load(signal);
    if (!jwks_uri) throw new GatewayError('provider_unavailable', 'metadata: jwks_uri is missing');
    asked += 1;
    const number = asked;
    const keys = await requestKeys(jwks_uri, fetch, signal);
    // A late answer is no news.
    if (number < broughtBy) return keys;
    [known, broughtBy, renewAt] = [keys, number, now() + MAX_AGE];
    return keys;
  }

  async function load(signal?: AbortSignal): Promise<Keys> {
    if (!known) return read(signal);
    if (now() >= renewAt) {
      renewAt = now() + RETRY_AFTER;
      waitUntil(read().catch(() => undefined));
    }
    return known;
  }

  async function findForStranger(header: Members, question: KeyQuestion): Promise<Keys> {
    const { isLogoutToken = false, network, signal } = question;
    const fetches = isLogoutToken ? forLogout : forBearer;
    const before = asked;
    const isFirst = known === undefined;
    const remembered = selectKeys(await (isFirst ? fetches.read(network, signal) : load(signal)), header);
    // Keys that there are cost nothing.
    if (isFirst && remembered.length > 0) fetches.giveBack(network);
    const kid = String(header['kid']);
    if (remembered.length > 0 || (!isLogoutToken && missing.get(kid, now()))) return remembered;
    await fetches.read(network, signal);
    let found = selectKeys(known ?? [], header);
    if (found.length === 0 && broughtBy <= before) {
      // What was under way may be from before the key was published.
      await fetches.read(network, signal);
      found = selectKeys(known ?? [], header);
    }
    if (found.length > 0) fetches.giveBack(network);
    else missing.set(kid, true, now() + STAYS_UNKNOWN);
    return found;
  }

  async function findForOurselves(header: Members, { signal }: KeyQuestion): Promise<Keys> {
    const remembered = selectKeys(await load(signal), header);
    return remembered.length > 0 ? remembered : selectKeys(await read(signal), header);
  }

  return {
    async reload() {
      await read();
    },
    find: (header, question) => (question.isTrustedChannel ? findForOurselves : findForStranger)(header, question),
    async findPublished(header) {
      // What it brings is what is known then.
      await within(
        forHints.read().catch(() => undefined),
        PATIENCE,
      );
      return selectKeys(known ?? [], header);
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
