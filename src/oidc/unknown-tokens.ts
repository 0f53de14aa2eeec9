// What questions strangers may cause at ZITADEL: tokens that were never good here have a budget, which good ones give back.
// RFC 7662 §4 (a resource server must bound what guessing costs); design §3.

import { type Budget, createBudget } from '../budget.ts';
import { GatewayError } from '../errors.ts';
import type { TokenReading } from './access-token.ts';

/** Of one client's network; of all together in this isolate. */
const BY_NETWORK = { most: 20, every: 3 };
const TOGETHER = { most: 100, every: 1 };
const EVERYBODY = '';

export type AskAboutUnknown = (network: string | undefined, ask: () => Promise<TokenReading>) => Promise<TokenReading>;

/** Throws `too_many_requests` for who sent too many, and `provider_unavailable` where all together did. */
export function createUnknownTokens(now: () => number): AskAboutUnknown {
  const byNetwork = createBudget({ ...BY_NETWORK, now });
  const together = createBudget({ ...TOGETHER, now });

  return async (network, ask) => {
    const wait = network === undefined ? 0 : byNetwork.take(network);
    if (wait > 0) {
      throw new GatewayError('too_many_requests', 'bearer: too many unknown tokens of one client', {
        retryAfter: wait,
      });
    }
    const waitForAll = together.take(EVERYBODY);
    if (waitForAll > 0) {
      if (network !== undefined) byNetwork.giveBack(network);
      const reason = 'bearer: too many unknown tokens';
      throw new GatewayError('provider_unavailable', reason, { retryAfter: waitForAll });
    }
    const reading = await ask();
    if (reading.kind === 'claims') giveBack(byNetwork, together, network);
    return reading;
  };
}

function giveBack(byNetwork: Budget, together: Budget, network: string | undefined): void {
  if (network !== undefined) byNetwork.giveBack(network);
  together.giveBack(EVERYBODY);
}
