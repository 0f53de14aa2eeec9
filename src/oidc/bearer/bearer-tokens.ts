// Bearer tokens: from the Authorization header to a known caller or a refusal, judged once and remembered for a short while.
// RFC 6750; ARCHITECTURE §3; promises 9, 11. The rule of the route is applied elsewhere, each time.

import { createSingleFlight } from '../../shared/isolate/single-flight.ts';
import { ownCopy } from '../../shared/own-copy.ts';
import { isPossibleToken } from '../zitadel/token-shape.ts';
import { parseAuthorization } from './authorization-header.ts';
import { createPause } from './pause.ts';
import { createTokenReader, type QuestionBounds, type TokenReaderDependencies } from './token-reader.ts';
import { createUnknownTokens } from './unknown-tokens.ts';
import { refuse, toVerdict, type Verdict, type VerdictDependencies } from './verdict.ts';
import { createVerdictMemory, createVerdicts, type Remembered, type Verdicts } from './verdict-memory.ts';

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
  VerdictDependencies & {
    readonly waitUntil: (task: Promise<unknown>) => void;
    readonly bearerMemory?: BearerMemory;
  };

/** What all sites of an isolate share. */
export interface BearerMemory extends QuestionBounds {
  readonly verdicts: Verdicts;
}

export const createBearerMemory = (now: () => number): BearerMemory => ({
  pause: createPause(now),
  askAbout: createUnknownTokens(now),
  verdicts: createVerdicts(),
});

/** Seconds: the oldest verdict that is served while ZITADEL is not to be asked. */
const OLDEST_IN_A_PAUSE = 300;

export function createBearerTokens(deps: Dependencies): BearerTokens {
  const { config, now, waitUntil, bearerMemory: shared = createBearerMemory(now) } = deps;
  const { pause } = shared;
  const reader = createTokenReader(deps, shared);
  const memory = createVerdictMemory(config, now, shared.verdicts);
  const single = createSingleFlight<Verdict>({ waitUntil });

  async function judgeToken(token: string, network: string | undefined): Promise<Verdict> {
    const at = now();
    const verdict = toVerdict(token, await reader.read(token, { isKnown: memory.isKnown(token), network }), deps);
    memory.remember(token, verdict, at);
    return verdict;
  }

  /** While ZITADEL wants to be left alone, and until it answers again, a remembered verdict goes on for some minutes. */
  function outlasting(remembered: Remembered | undefined): Verdict | undefined {
    return remembered && pause.isOn() && now() - remembered.at < OLDEST_IN_A_PAUSE ? remembered.verdict : undefined;
  }

  return {
    isAskedAbout: reader.isAskedAbout,

    async judge(authorization, { maxAge = Number.POSITIVE_INFINITY, network } = {}) {
      const credential = parseAuthorization(authorization);
      if (credential.kind !== 'token') return credential;
      const { token } = credential;
      const remembered = memory.recall(token);
      if (remembered && now() < remembered.freshUntil && now() - remembered.at <= maxAge) return remembered.verdict;
      if (!remembered && !isPossibleToken(token)) return refuse({ problem: 'impossible' });
      const kept = pause.isClosed() ? outlasting(remembered) : undefined;
      if (kept) return kept;
      // The memory and the verdict hold a copy of the token, so that neither keeps the whole header in memory.
      return single
        .ask(token, () => judgeToken(ownCopy(token), network))
        .catch((error: unknown) => outlasting(remembered) ?? Promise.reject<Verdict>(error));
    },
  };
}
