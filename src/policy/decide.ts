// Stage two of a judgement: from a requirement, a caller and the time to a decision. Of several rules the strictest decides.
// ARCHITECTURE §1 Routes, §3; RFC 9470 (step-up).

import { type Caller, judgeAccess, type Refusal, unmetStepUp } from './judge.ts';
import type { Requirement } from './requirement.ts';
import type { Credential, Rule } from './rules.ts';

/** What a rule in report mode would have decided. */
export interface Report {
  readonly rule: number | undefined;
  readonly kind: Judgement['kind'];
  readonly reason: string;
}

interface Verdict {
  /** As operators count, from 1; `undefined`: no rule matched. */
  readonly rule: number | undefined;
  readonly report: readonly Report[];
}

type Judgement =
  | { readonly kind: 'allow'; readonly reason: 'public' | 'authenticated'; readonly public: boolean }
  /** `credentials`: somebody is known, but by a credential that is not taken here. */
  | { readonly kind: 'sign-in'; readonly reason: 'anonymous' | 'credentials' }
  /** All that the rules demand of the new sign-in. A caller with a bearer token only gets a challenge that says so. */
  | {
      readonly kind: 'step-up';
      readonly reason: 'amr' | 'max_age';
      readonly via: Credential;
      readonly amr?: readonly string[];
      readonly max_age?: number;
    }
  /** `couldChange`: claims read afresh at ZITADEL may decide otherwise. */
  | { readonly kind: 'refuse'; readonly reason: Refusal; readonly couldChange: boolean };

export type Decision = Verdict & Judgement;

const STRICTNESS = { public: 0, allow: 1, 'sign-in': 2, 'step-up': 3, refuse: 4 } as const;

/**
 * `now` in seconds. A caller whose credential is not among `requirement.credentials` counts as nobody. On a public requirement there
 * need not be a caller.
 */
export function decide(requirement: Requirement, caller: Caller | undefined, now: number): Decision {
  const { rules, reported, credentials, isDenied } = requirement;
  const report = reported.map((rule) => createReport(rule, caller, now));
  if (!isDenied && !credentials.session && !credentials.bearer) {
    return { kind: 'refuse', reason: 'credentials', couldChange: false, rule: rules[0].index, report };
  }
  const taken = caller && credentials[caller.via] ? caller : undefined;
  const reason = caller && !taken ? 'credentials' : 'anonymous';
  let [strictest] = rules;
  let judgement = judge(strictest, taken, reason, now);
  for (const rule of rules.slice(1)) {
    const next = judge(rule, taken, reason, now);
    if (strictness(next) <= strictness(judgement)) continue;
    judgement = next;
    strictest = rule;
  }
  if (judgement.kind === 'step-up') judgement = { ...judgement, ...stepUpOf(rules) };
  return { ...judgement, rule: strictest.index, report };
}

function strictness(judgement: Judgement): number {
  return STRICTNESS[judgement.reason === 'public' ? 'public' : judgement.kind];
}

function judge(
  { route }: Rule,
  caller: Caller | undefined,
  anonymous: 'anonymous' | 'credentials',
  now: number,
): Judgement {
  if (route.access === 'public') return { kind: 'allow', reason: 'public', public: true };
  if (route.access === 'deny') return { kind: 'refuse', reason: 'deny', couldChange: false };
  if (!caller) return { kind: 'sign-in', reason: anonymous };
  const refusal = judgeAccess(route, caller.identity);
  if (refusal) return { kind: 'refuse', reason: refusal, couldChange: (caller.claimsAt ?? 0) < now };
  const unmet = unmetStepUp(route, caller, now);
  if (unmet) return { kind: 'step-up', reason: unmet, via: caller.via };
  return { kind: 'allow', reason: 'authenticated', public: false };
}

/** One new sign-in has to satisfy all rules at once. */
function stepUpOf(rules: readonly Rule[]): { amr?: readonly string[]; max_age?: number } {
  const amr = [...new Set(rules.flatMap(({ route }) => route.amr ?? []))];
  const ages = rules.flatMap(({ route }) => route.max_age ?? []);
  return { ...(amr.length > 0 && { amr }), ...(ages.length > 0 && { max_age: Math.min(...ages) }) };
}

function createReport(rule: Rule, caller: Caller | undefined, now: number): Report {
  const taken = caller && rule.credentials[caller.via] ? caller : undefined;
  const { kind, reason } = judge(rule, taken, caller && !taken ? 'credentials' : 'anonymous', now);
  return { rule: rule.index, kind, reason };
}
