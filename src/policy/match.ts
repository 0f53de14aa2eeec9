// Stage one of a judgement: from a request to what it requires, over all readings of its path.
// Design §1 One request, every reading, §6.

import { hasCase } from './path-steps.ts';
import { readingsOf } from './readings.ts';
import { createRequirement, type Requirement } from './requirement.ts';
import { type Meeting, meetRule, type RequestTerms, type Rule, type Rules } from './rules.ts';

export interface RequestFacts extends RequestTerms {
  /** The raw path of the request's URL, without query. */
  readonly path: string;
}

export interface Nonsense {
  readonly kind: 'nonsense';
  readonly reason: string;
}

/** One reading, compared as it is or folded, and what it met. */
export interface ReadingMet extends Meeting {
  readonly reading: string;
  readonly isFolded: boolean;
}

export function matchRequest(rules: Rules, facts: RequestFacts): Requirement | Nonsense {
  const meetings = meetRules(rules, facts);
  if (!Array.isArray(meetings)) return meetings;
  const met = new Set<Rule>();
  const reported = new Set<Rule>();
  for (const meeting of meetings) {
    met.add(meeting.rule);
    for (const rule of meeting.reported) reported.add(rule);
  }
  const [first = rules.otherwise, ...others] = met;
  const alone = others.length + reported.size === 0 ? rules.alone.get(first) : undefined;
  return alone ?? createRequirement([first, ...others], [...reported]);
}

/** Every reading with its rule; the first is the path as sent, decoded once, as servers mostly read it. */
export function meetRules(rules: Rules, facts: RequestFacts): ReadingMet[] | Nonsense {
  const read = readingsOf(facts.path);
  if (!read.ok) return { kind: 'nonsense', reason: read.reason };
  const meetings: ReadingMet[] = [];
  for (const reading of read.readings) {
    meetings.push({ reading, isFolded: false, ...meetRule(rules, reading, false, facts) });
    // Folding what has no case, for rules that have none, says the same again
    if (rules.hasCase || hasCase(reading))
      meetings.push({ reading, isFolded: true, ...meetRule(rules, reading, true, facts) });
  }
  return meetings;
}
