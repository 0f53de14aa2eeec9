// Bearer tokens: from the Authorization header to a known caller or a refusal, judged once and remembered for a short while.
// RFC 6750; ARCHITECTURE §3; promises 9, 11. The rule of the route is applied elsewhere, each time.

import { ExpiringMap } from '../../shared/expiring-map.ts';
import { ownCopy } from '../../shared/own-copy.ts';
import { createSingleFlight } from '../../shared/single-flight.ts';
import { isPossibleToken } from '../zitadel/token-shape.ts';
import { parseAuthorization } from './authorization-header.ts';
import { createPause } from './pause.ts';
import { createTokenReader, type TokenReaderDependencies } from './token-reader.ts';
import { refuse, toVerdict, type Verdict, type VerdictDependencies } from './verdict.ts';

export type JudgedAuthorization =
  /** No bearer token at all. */
  { readonly kind: 'none' } | Verdict;

export interface JudgeOptions {
  /** Seconds: an older verdict is not used again, save while ZITADEL is not to be asked. A JWT never says anything new. */
  readonly maxAge?: number | undefined;
  /** Where it comes from: what strangers send is counted by network (clientNetwork). */
  readonly network?: string | undefined;
}

export interface BearerTokens {
  /** Throws `provider_unavailable` when a token could not be judged, and `too_many_requests` after too many that were never good. */
  judge(authorization: string | null, options?: JudgeOptions): Promise<JudgedAuthorization>;
  /** Whether ZITADEL is asked about this token, and may say something else tomorrow. A JWT speaks for itself, and never changes. */
  isAskedAbout(token: string): boolean;
}

type Dependencies = TokenReaderDependencies &
  VerdictDependencies & { readonly waitUntil: (task: Promise<unknown>) => void };

/** `freshUntil`: as long as it is served without asking. */
type Remembered = { readonly verdict: Verdict; readonly at: number; readonly freshUntil: number };

/** Seconds that a good token is served at most before it is asked about again, and a bad one. */
const REMEMBER_GOOD = 60;
const REMEMBER_BAD = 5;
/** Seconds that are remembered of a good token so that it is no stranger when it is asked about again. */
const REMEMBER_KNOWN = 3_600;
/** Seconds: the oldest verdict that is served while ZITADEL is not to be asked. */
const OLDEST_IN_A_PAUSE = 300;

export function createBearerTokens(deps: Dependencies): BearerTokens {
  const { config, now, waitUntil } = deps;
  const pause = createPause(now);
  const reader = createTokenReader(deps, pause);
  // Apart, so that a flood of invented tokens drives no good one out.
  const good = new ExpiringMap<Remembered>({ entries: 1_000, characters: 4_000_000 });
  const bad = new ExpiringMap<Remembered>({ entries: 1_000, characters: 1_000_000 });
  const single = createSingleFlight<Verdict>({ waitUntil });

  async function judgeToken(token: string, network: string | undefined): Promise<Verdict> {
    const at = now();
    const isKnown = good.get(token, at) !== undefined;
    const verdict = toVerdict(token, await reader.read(token, { isKnown, network }), deps);
    if (verdict.kind === 'caller') {
      const freshUntil = Math.min(at + REMEMBER_GOOD, at + config.claimsMaxAge, verdict.expiresAt);
      good.set(token, { verdict, at, freshUntil }, Math.min(at + REMEMBER_KNOWN, verdict.expiresAt));
    } else {
      good.forget(token);
      bad.set(token, { verdict, at, freshUntil: at + REMEMBER_BAD }, at + REMEMBER_BAD);
    }
    return verdict;
  }

  /** From when ZITADEL asks for a pause until it answers again, what was good goes on, for a while. */
  function outlasting({ at, verdict }: Remembered): Verdict | undefined {
    return pause.isOn() && now() - at < OLDEST_IN_A_PAUSE ? verdict : undefined;
  }

  return {
    isAskedAbout: reader.isAskedAbout,

    async judge(authorization, { maxAge = Number.POSITIVE_INFINITY, network } = {}) {
      const credential = parseAuthorization(authorization);
      if (credential.kind !== 'token') return credential;
      const { token } = credential;
      const remembered = good.get(token, now()) ?? bad.get(token, now());
      if (remembered && now() < remembered.freshUntil && now() - remembered.at <= maxAge) return remembered.verdict;
      if (!remembered && !isPossibleToken(token)) return refuse({ problem: 'impossible' });
      const kept = remembered && pause.isClosed() ? outlasting(remembered) : undefined;
      if (kept) return kept;
      // What is remembered, a verdict's own token too, must not keep the header alive.
      return single
        .ask(token, () => judgeToken(ownCopy(token), network))
        .catch((error: unknown) => {
          const outlasted = remembered && outlasting(remembered);
          if (outlasted) return outlasted;
          throw error;
        });
    },
  };
}
