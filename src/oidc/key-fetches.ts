// Fetches of the keys that strangers may cause. A client that comes while keys are being fetched waits for those; one that causes a fetch pays.
// OIDC Core §10.1.1 (an unknown `kid` is looked up); ARCHITECTURE §3: where nobody can know, nothing is refused.

import { createSingleFlight } from '../shared/isolate/single-flight.ts';
import { createStrangerBudget } from './bearer/stranger-budget.ts';

const BUDGET = { byNetwork: { most: 10, every: 6 }, together: { most: 20, every: 3 } };
/** Everybody waits for the same answer: the whole list of keys. */
const ALL_KEYS = '';

export interface KeyFetches<Keys> {
  /** `network`: whose budget pays (clientNetwork). Throws `provider_unavailable` where there is nothing left, too. */
  read(network?: string, signal?: AbortSignal): Promise<Keys>;
  /** What was looked for was there. */
  giveBack(network: string | undefined): void;
}

interface Dependencies<Keys> {
  /** For the log. */
  readonly what: string;
  readonly read: (signal?: AbortSignal) => Promise<Keys>;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createKeyFetches<Keys>({ what, read, now, waitUntil }: Dependencies<Keys>): KeyFetches<Keys> {
  const single = createSingleFlight<Keys>({ waitUntil });
  const budget = createStrangerBudget({ ...BUDGET, what, codeForOne: 'provider_unavailable', now });
  return {
    async read(network, signal) {
      if (!single.isUnderWay(ALL_KEYS)) budget.take(network);
      return single.ask(ALL_KEYS, () => read(signal));
    },
    giveBack: budget.giveBack,
  };
}
