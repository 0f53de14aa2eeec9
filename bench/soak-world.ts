// What everybody who takes part in a soak has in common: where they go, what is broken, and who is told of what should not be.

import type { Zitadel } from '../stand-in/zitadel.ts';
import type { Client, Exchanged } from './soak-browser.ts';
import type { FaultBoard } from './soak-faults.ts';
import type { Judge } from './soak-judge.ts';
import { APPLICATION, type Seen } from './soak-upstream.ts';

/** Seconds, as the gateway is configured: short, so that everything that happens once in a while happens often. */
export const TIMES = {
  session: 40,
  maximum: 120,
  claims: 20,
  revocation: 5,
  accessToken: 40,
  upstream: 3,
};

/** Milliseconds within which the clocks of gateway and soak, which count in seconds and under load, may differ. */
export const SLACK = 2_000;

export interface World {
  readonly client: Client;
  readonly board: FaultBoard;
  readonly zitadel: Zitadel;
  readonly judge: Judge;
}

export function seenBy({ headers, body }: Exchanged): Seen | undefined {
  if (headers[APPLICATION] === undefined) return undefined;
  try {
    return JSON.parse(body) as Seen;
  } catch {
    return undefined;
  }
}

export function isToZitadel({ zitadel }: World, { status, headers }: Exchanged): boolean {
  return (status === 302 || status === 303) && headers.location?.startsWith(zitadel.issuer) === true;
}

/** Milliseconds around a request in which a fault of the upstream's explains what became of it. */
const UPSTREAM_LAG = 500;

/** Whether an answer is what a broken application leads to (ARCHITECTURE §3: 502, 504, and what it says is its own business). */
export function isOfBrokenUpstream(
  { board }: World,
  { status, headers, body, isBroken, from, to }: Exchanged,
): boolean {
  const was = (...faults: Parameters<FaultBoard['touched']>[3] & object) =>
    board.touched(['upstream'], from - UPSTREAM_LAG, to, faults);
  if (isBroken) return was('reset', 'refused');
  if (headers[APPLICATION] !== undefined) return false;
  switch (status) {
    case 502:
      return was('refused', 'reset');
    case 504:
      return was('time-out');
    case 429:
      return was('429') && body === 'Too Many Requests';
    case 500:
      return was('500') && body.startsWith('at Object.fail');
    case 200:
      return was('HTML', 'wrong JSON', '10 MB');
    default:
      return false;
  }
}

export function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}

let last = 0;
/** Part of an address that nobody else asks for, so that an answer meant for somebody else is noticed. */
export const nonce = () => (last++).toString(36);
