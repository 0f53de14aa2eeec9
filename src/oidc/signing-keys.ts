// Which of the provider's keys may have signed a token; asked for anew when a token names an unknown one.
// RFC 7517; OIDC Core §10.1.1 (rotation). Keys named or carried by a token's own header are never used.

import { within } from '../shared/isolate/deadline.ts';
import { ExpiringMap } from '../shared/isolate/expiring-map.ts';
import { createKeyFetches, type KeyFetches } from './key-fetches.ts';
import { createPublishedKeys, type Keys, type KeysDependencies, type PublishedKeys } from './published-keys.ts';
import { type Members, selectKeys } from './tokens/jws.ts';

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
   * Those of them that are published now. They are asked for anew; what is known counts where the provider takes long or has been asked
   * too often.
   */
  findPublished(header: Members): Promise<Keys>;
  /** Asks now, whatever is known; for readiness. Throws `provider_unavailable`. */
  reload(): Promise<void>;
}

export function createSigningKeys(deps: KeysDependencies): SigningKeys {
  const { now, waitUntil } = deps;
  const published = createPublishedKeys(deps);
  const { read } = published;
  /** Each kind of asker apart. */
  const fetchesFor = (kind: string) =>
    createKeyFetches({ what: `unknown keys of ${kind} tokens`, read, now, waitUntil });
  const forHints = fetchesFor('ID');
  const findForStranger = createSearchForStrangers(published, now, {
    bearer: fetchesFor('bearer'),
    logout: fetchesFor('logout'),
  });

  async function findForOurselves(header: Members, { signal }: KeyQuestion): Promise<Keys> {
    const remembered = selectKeys(await published.load(signal), header);
    return remembered.length > 0 ? remembered : selectKeys(await read(signal), header);
  }

  return {
    async reload() {
      await read();
    },
    find: (header, question) => (question.isTrustedChannel ? findForOurselves : findForStranger)(header, question),
    async findPublished(header) {
      // The keys that it brings are known afterwards; where it brings none, what was known before counts.
      await within(
        forHints.read().catch(() => undefined),
        PATIENCE,
      );
      return selectKeys(published.known() ?? [], header);
    },
  };
}

type Search = (header: Members, question: KeyQuestion) => Promise<Keys>;

/** For tokens that anybody could have sent: a fetch that finds no key is paid from a budget. */
function createSearchForStrangers(
  published: PublishedKeys,
  now: () => number,
  fetchesOf: Readonly<Record<'bearer' | 'logout', KeyFetches<Keys>>>,
): Search {
  const missing = new ExpiringMap<true>({ entries: 100, characters: 10_000 });
  const select = (header: Members) => selectKeys(published.known() ?? [], header);

  return async (header, { isLogoutToken = false, network, signal }) => {
    const fetches = isLogoutToken ? fetchesOf.logout : fetchesOf.bearer;
    const before = published.asked();
    const isFirst = published.known() === undefined;
    const remembered = selectKeys(await (isFirst ? fetches.read(network, signal) : published.load(signal)), header);
    // A fetch that brought a fitting key costs the client nothing.
    if (isFirst && remembered.length > 0) fetches.giveBack(network);
    const kid = String(header['kid']);
    if (remembered.length > 0 || (!isLogoutToken && missing.get(kid, now()))) return remembered;
    await fetches.read(network, signal);
    let found = select(header);
    if (found.length === 0 && published.broughtBy() <= before) {
      // The fetch that was joined may have begun before the key was published.
      await fetches.read(network, signal);
      found = select(header);
    }
    if (found.length > 0) fetches.giveBack(network);
    else missing.set(kid, true, now() + STAYS_UNKNOWN);
    return found;
  };
}
