// What questions strangers may cause at ZITADEL: tokens that were never good here have a budget, which good ones give back.
// RFC 7662 §4 (a resource server must bound what guessing costs); ARCHITECTURE §3.

import { GatewayError } from '../../errors.ts';
import { ExpiringMap } from '../../shared/isolate/expiring-map.ts';
import { createUnderWay } from '../../shared/isolate/under-way.ts';
import type { TokenReading } from './access-token.ts';
import { createStrangerBudget } from './stranger-budget.ts';

interface Asker {
  readonly network: string | undefined;
  /** The token was good here before: nothing is taken for it. */
  readonly isKnown: boolean;
  /** Aborted once nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
}

export type AskAboutToken = (asker: Asker, ask: () => Promise<TokenReading>) => Promise<TokenReading>;

/** Seconds after a good token for which its network does not depend on what all the others send. */
const TRUSTED = 3_600;
/** No network's name. */
const ALL = 'all';

/** Throws `too_many_requests` for who sent too many, and `provider_unavailable` where all together did. */
export function createUnknownTokens(now: () => number): AskAboutToken {
  const questions = createQuestionBudget(now);
  const trusted = new ExpiringMap<true>({ entries: 1_000, characters: 100_000 });

  async function askAboutUnknown(asker: Asker, ask: () => Promise<TokenReading>): Promise<TokenReading> {
    const { network } = asker;
    const isTrusted = network !== undefined && trusted.get(network, now()) === true;
    const end = await questions.take(asker, isTrusted);
    try {
      const reading = await ask();
      if (reading.kind === 'claims') questions.giveBack(network, isTrusted);
      return reading;
    } finally {
      end();
    }
  }

  return async (asker, ask) => {
    const reading = await (asker.isKnown ? ask() : askAboutUnknown(asker, ask));
    if (reading.kind === 'claims' && asker.network !== undefined) trusted.set(asker.network, true, now() + TRUSTED);
    return reading;
  };
}

function createQuestionBudget(now: () => number) {
  const budget = createStrangerBudget({
    what: 'unknown bearer tokens',
    byNetwork: { most: 20, every: 3 },
    together: { most: 100, every: 1 },
    codeForOne: 'too_many_requests',
    now,
  });
  const underWay = createUnderWay();
  return {
    giveBack: budget.giveBack,
    /**
     * Of many good tokens at once (a new isolate knows none), those for which nothing is left wait for what comes back. Returns how to
     * say that the question has been answered.
     */
    async take({ network, signal }: Asker, isTrusted: boolean): Promise<() => void> {
      for (;;) {
        try {
          budget.take(network, isTrusted);
          // Without awaiting anything in between: those who wait must see it.
          return underWay.begin([String(network), ALL]);
        } catch (error) {
          const isOne = error instanceof GatewayError && error.code === 'too_many_requests';
          if (signal.aborted || !(await underWay.next(isOne ? String(network) : ALL))) throw error;
        }
      }
    },
  };
}
