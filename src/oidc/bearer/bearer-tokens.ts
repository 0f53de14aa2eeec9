// Bearer tokens: from the Authorization header to a known caller or a refusal, judged once and remembered for a short while.
// RFC 6750; design §3, §5.9, §5.11. The rule of the route is applied elsewhere, each time.

import type { Config } from '../../config/schema.ts';
import type { Emit } from '../../observability/request-event.ts';
import type { Caller } from '../../policy/judge.ts';
import { ExpiringMap } from '../../shared/expiring-map.ts';
import { ownCopy } from '../../shared/own-copy.ts';
import { createSingleFlight } from '../../shared/single-flight.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { isSignedToken } from '../tokens/jws.ts';
import { findTimeProblem } from '../tokens/signed-token.ts';
import { type IdentityOptions, readIdentity } from '../zitadel/identity-claims.ts';
import { isPossibleToken } from '../zitadel/token-shape.ts';
import { readAccessToken, type TokenReading } from './access-token.ts';
import { parseAuthorization } from './authorization-header.ts';
import { createIntrospection } from './introspection.ts';
import { createPause, type Pause } from './pause.ts';
import { createUnknownTokens } from './unknown-tokens.ts';

export type JudgedAuthorization =
  /** No bearer token at all. */
  | { readonly kind: 'none' }
  /** `expiresAt` and `judgedAt` in seconds since the epoch. */
  | {
      readonly kind: 'caller';
      readonly caller: Caller;
      readonly token: string;
      readonly expiresAt: number;
      readonly judgedAt: number;
    }
  | { readonly kind: 'refused'; readonly error: 'invalid_token' | 'invalid_request'; readonly reason: string };

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

interface Dependencies {
  readonly config: Config;
  readonly relyingParty: Pick<RelyingParty, 'introspect'>;
  readonly signingKeys: SigningKeys;
  readonly identityOptions: IdentityOptions;
  readonly now: () => number;
  readonly emit: Emit;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

type Verdict = Exclude<JudgedAuthorization, { kind: 'none' }>;
/** `freshUntil`: as long as it is served without asking. */
type Remembered = { readonly verdict: Verdict; readonly at: number; readonly freshUntil: number };

/** Seconds that a good token is served at most before it is asked about again, and a bad one. */
const REMEMBER_GOOD = 60;
const REMEMBER_BAD = 5;
/** Seconds that are remembered of a good token so that it is no stranger when it is asked about again. */
const REMEMBER_KNOWN = 3_600;
/** Seconds: the oldest verdict that is served while ZITADEL is not to be asked. */
const OLDEST_IN_A_PAUSE = 300;
/** Milliseconds for everything that one token needs of ZITADEL. */
const DEADLINE = 6_000;

export function createBearerTokens(deps: Dependencies): BearerTokens {
  const { config, now, waitUntil } = deps;
  const pause = createPause(now);
  const read = createReader(deps, pause);
  const speaksForItself = (token: string) => config.audience.length > 0 && isSignedToken(token);
  // Apart, so that a flood of invented tokens drives no good one out.
  const good = new ExpiringMap<Remembered>({ entries: 1_000, characters: 4_000_000 });
  const bad = new ExpiringMap<Remembered>({ entries: 1_000, characters: 1_000_000 });
  const single = createSingleFlight<Verdict>({ waitUntil });

  async function judgeToken(token: string, network: string | undefined): Promise<Verdict> {
    const at = now();
    const verdict = toVerdict(token, await read(token, good.get(token, at) !== undefined, network), deps);
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
    isAskedAbout: (token) => deps.relyingParty.introspect !== undefined && !speaksForItself(token),

    async judge(authorization, { maxAge = Number.POSITIVE_INFINITY, network } = {}) {
      const credential = parseAuthorization(authorization);
      if (credential.kind === 'none') return credential;
      if (credential.kind === 'malformed') {
        return { kind: 'refused', error: credential.error, reason: credential.reason };
      }
      const { token } = credential;
      const remembered = good.get(token, now()) ?? bad.get(token, now());
      if (remembered && now() < remembered.freshUntil && now() - remembered.at <= maxAge) return remembered.verdict;
      if (!remembered && !isPossibleToken(token)) return refuse('no token of ZITADEL’s looks like this');
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

/** A JWT where an audience is configured to hold it against; whatever else there is, ZITADEL is asked about. */
function createReader({ config, relyingParty, signingKeys: keys, now }: Dependencies, pause: Pause) {
  const { introspect: call } = relyingParty;
  const introspect = call && createIntrospection({ config, call, now, pause });
  const askAbout = createUnknownTokens(now);
  return async (token: string, isKnown: boolean, network: string | undefined): Promise<TokenReading> => {
    const signal = AbortSignal.timeout(DEADLINE);
    if (config.audience.length > 0 && isSignedToken(token)) {
      return readAccessToken(token, { config, keys, now, network, signal });
    }
    if (!introspect) {
      return { kind: 'refused', reason: 'not a JWT, and no API application is configured to ask about it' };
    }
    // What is not asked costs nobody anything.
    if (!isKnown) pause.assertOver();
    return askAbout({ network, isKnown, signal }, () => introspect(token, signal));
  };
}

/** What holds for every token, however its claims were come by. */
function toVerdict(token: string, reading: TokenReading, deps: Dependencies): Verdict {
  if (reading.kind === 'refused') return refuse(reading.reason);
  const { config, identityOptions, now, emit } = deps;
  const { claims, claimsAt } = reading;
  const { sub, exp, auth_time, amr } = claims;
  if (typeof sub !== 'string' || sub === '') return refuse('sub is missing');
  if (typeof exp !== 'number' || findTimeProblem(claims, now())) return refuse('a time is out of range');
  // No tolerance here: what is expired is neither judged good nor remembered.
  if (exp <= now()) return refuse('expired');
  const { identity, malformed } = readIdentity(sub, claims, identityOptions);
  if (malformed.length > 0) emit({ event: 'malformed_claims', level: 'warn', sub, claims: malformed });
  if (config.organizationId !== undefined && identity.org !== config.organizationId) {
    return refuse(identity.org === undefined ? 'the token does not say its organisation' : 'another organisation');
  }
  const caller: Caller = {
    via: 'bearer',
    identity,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    claimsAt,
    ...(typeof auth_time === 'number' && { auth_time }),
  };
  return { kind: 'caller', caller, token, expiresAt: exp, judgedAt: now() };
}

function refuse(reason: string): Verdict {
  return { kind: 'refused', error: 'invalid_token', reason };
}
