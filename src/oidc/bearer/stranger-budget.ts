// What strangers may cause at ZITADEL: a budget for each client's network, and one for all together in this isolate.
// RFC 7662 §4 (a resource server must bound what guessing costs); ARCHITECTURE §3.

import { GatewayError } from '../../errors.ts';
import { createBudget, type Share } from '../../shared/isolate/budget.ts';

export interface StrangerBudget {
  /**
   * `isTrusted`: the network does not depend on what all the others take.
   * @throws GatewayError `codeForOne` for a network that took too much, and `provider_unavailable` where all together did
   */
  take(network: string | undefined, isTrusted?: boolean): void;
  /** It was for something good. `isTrusted` as it was when it was taken. */
  giveBack(network: string | undefined, isTrusted?: boolean): void;
}

interface Terms {
  /** For the log: what there was too much of. */
  readonly what: string;
  readonly byNetwork: Share;
  readonly together: Share;
  readonly codeForOne: 'too_many_requests' | 'provider_unavailable';
  readonly now: () => number;
}

/** All whose network is known, and all others: neither can use up what the other has. */
const keyOfAll = (network: string | undefined) => (network === undefined ? 'unnamed' : 'named');

export function createStrangerBudget({ what, byNetwork, together, codeForOne, now }: Terms): StrangerBudget {
  const networks = createBudget({ ...byNetwork, now });
  const all = createBudget({ ...together, now });
  return {
    take(network, isTrusted = false) {
      const wait = network === undefined ? 0 : networks.take(network);
      if (wait > 0) throw new GatewayError(codeForOne, `too many ${what} of one client`, { retryAfter: wait });
      const waitForAll = isTrusted ? 0 : all.take(keyOfAll(network));
      if (waitForAll === 0) return;
      if (network !== undefined) networks.giveBack(network);
      throw new GatewayError('provider_unavailable', `too many ${what}`, { retryAfter: waitForAll });
    },
    giveBack(network, isTrusted = false) {
      if (network !== undefined) networks.giveBack(network);
      if (!isTrusted) all.giveBack(keyOfAll(network));
    },
  };
}
