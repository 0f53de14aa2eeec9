// What questions strangers may cause at ZITADEL: tokens that were never good here have a budget, which good ones give back.
// RFC 7662 §4 (a resource server must bound what guessing costs); design §3.

import type { TokenReading } from './access-token.ts';
import { createStrangerBudget } from './stranger-budget.ts';

export type AskAboutUnknown = (network: string | undefined, ask: () => Promise<TokenReading>) => Promise<TokenReading>;

/** Throws `too_many_requests` for who sent too many, and `provider_unavailable` where all together did. */
export function createUnknownTokens(now: () => number): AskAboutUnknown {
  const budget = createStrangerBudget({
    what: 'unknown bearer tokens',
    byNetwork: { most: 20, every: 3 },
    together: { most: 100, every: 1 },
    codeForOne: 'too_many_requests',
    now,
  });
  return async (network, ask) => {
    budget.take(network);
    const reading = await ask();
    if (reading.kind === 'claims') budget.giveBack(network);
    return reading;
  };
}
