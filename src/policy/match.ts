// Stage one of a judgement: from a request to what it requires, over all readings of its path.
// ARCHITECTURE §1 One request, every reading, §6.

import { hasCase } from './path-steps.ts';
import { hasEncodedBytes } from './percent-decoding.ts';
import { BYTES, ODD_BYTES, readAs, readingsOf, UTF_8 } from './readings.ts';
import { createForwarding, createRequirement, type Requirement } from './requirement.ts';
import { type Meeting, meetRule, type RequestTerms, type Rule, type Rules } from './rules.ts';
import { isSameWay, readingsBelow } from './way-up.ts';

export interface RequestFacts extends RequestTerms {
  /** The raw path of the request's URL, without query. */
  readonly path: string;
  /** That of the address to which a COPY or MOVE writes. */
  readonly destination?: string | undefined;
}

export interface Nonsense {
  readonly kind: 'nonsense';
  readonly reason: string;
  /** Where the path can be read, and its readings are why. */
  readonly meetings?: readonly ReadingMet[];
  /** The destination would be another upstream's, or another part of it. */
  readonly isElsewhere?: boolean;
}

/** One reading, compared as it is or folded, and what it met. */
export interface ReadingMet extends Meeting {
  readonly reading: string;
  readonly isFolded: boolean;
  /** Only an odd decoder reads its bytes like this: what it meets is demanded, but says nothing about the way to the application. */
  readonly isOdd?: boolean;
}

export function matchRequest(rules: Rules, facts: RequestFacts): Requirement | Nonsense {
  const here = meetRules(rules, facts);
  if (!Array.isArray(here)) return here;
  if (facts.destination === undefined) return createMatch(rules, facts, here);
  const target = { ...facts, path: facts.destination };
  const there = meetDestination(rules, target);
  if (!Array.isArray(there)) return { ...there, reason: `destination: ${there.reason}` };
  const matched = createMatch(rules, facts, here);
  if (matched.kind === 'nonsense') return matched;
  const together = joinMeetings(rules, [...here, ...there]);
  const detour = together.isDenied ? undefined : findDetour(rules, target, there, together);
  return detour === undefined ? together : { kind: 'nonsense', reason: `destination: ${detour}`, isElsewhere: true };
}

function createMatch(rules: Rules, facts: RequestFacts, meetings: readonly ReadingMet[]): Requirement | Nonsense {
  const requirement = joinMeetings(rules, meetings);
  const detour = requirement.isDenied ? undefined : findDetour(rules, facts, meetings, requirement);
  return detour === undefined ? requirement : { kind: 'nonsense', reason: detour };
}

/** A COPY or MOVE writes there, as a PUT would, and whatever rule there is for either of them has to let it. */
export function meetDestination(rules: Rules, target: RequestFacts): ReadingMet[] | Nonsense {
  const asked = meetRules(rules, target);
  const written = meetRules(rules, { ...target, method: 'PUT' });
  return Array.isArray(asked) && Array.isArray(written) ? [...asked, ...written] : (asked as Nonsense);
}

function joinMeetings(rules: Rules, meetings: readonly ReadingMet[]): Requirement {
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

/** Why the path that goes up cannot be trusted to be what was judged; `undefined` where it can. */
function findDetour(
  rules: Rules,
  facts: RequestFacts,
  meetings: readonly ReadingMet[],
  { rules: met, forwarding }: Requirement,
): string | undefined {
  const isAstray = (rule: Rule) => !isSameWay(createForwarding(rule), forwarding);
  if (met.length > 1 && meetings.some(({ rule, isOdd }) => !isOdd && isAstray(rule))) {
    return 'its readings lead to different upstreams or forwarding';
  }
  // A plain path has one reading, and what is left of it without its prefix has one, too.
  if (!forwarding.strip_prefix || meetings.every(({ reading }) => reading === facts.path)) return undefined;
  const encoding = meetings.some(isForBytes) && hasEncodedBytes(facts.path) ? ODD_BYTES : UTF_8;
  const below = readingsBelow(facts.path, forwarding.strip_prefix, encoding);
  if (!below.ok) return below.reason;
  const leadsElsewhere = meetAll(rules, below.readings, facts).some(({ rule }) => !met.includes(rule));
  return leadsElsewhere ? 'without its prefix it leads to another rule' : undefined;
}

/** Every reading with its rule; the first is the path as sent, decoded once, as servers mostly read it. */
export function meetRules(rules: Rules, facts: RequestFacts): ReadingMet[] | Nonsense {
  const read = readingsOf(facts.path);
  const mayBeBytes = rules.takesBytes && hasEncodedBytes(facts.path);
  if (read.ok) {
    const meetings = meetAll(rules, read.readings, facts);
    return mayBeBytes && meetings.some(isForBytes) ? meetOdd(rules, facts, meetings) : meetings;
  }
  const text = mayBeBytes ? readAs(facts.path, BYTES) : read;
  if (!text.ok) return { kind: 'nonsense', reason: text.reason };
  const meetings = meetAll(rules, text.readings, facts);
  if (meetings.every(isForBytes)) return meetOdd(rules, facts, meetings);
  return { kind: 'nonsense', reason: 'bytes that are no UTF-8, where not every rule met takes them', meetings };
}

const isForBytes = ({ rule }: Meeting): boolean => rule.route.paths === 'bytes';

/** An application that takes any bytes may read them in any encoding, UTF-8 or not. What it then meets is added. */
function meetOdd(rules: Rules, facts: RequestFacts, meetings: readonly ReadingMet[]): ReadingMet[] | Nonsense {
  const all = readAs(facts.path, ODD_BYTES);
  if (!all.ok) return { kind: 'nonsense', reason: all.reason };
  const known = new Set(meetings.map(({ reading }) => reading));
  const others = all.readings.filter((reading) => !known.has(reading));
  return [...meetings, ...meetAll(rules, others, facts).map((meeting) => ({ ...meeting, isOdd: true }))];
}

function meetAll(rules: Rules, readings: readonly string[], facts: RequestTerms): ReadingMet[] {
  const meetings: ReadingMet[] = [];
  for (const reading of readings) {
    meetings.push({ reading, isFolded: false, ...meetRule(rules, reading, false, facts) });
    // If neither the reading nor any rule has case, the folded comparison would give the same answer.
    if (rules.hasCase || hasCase(reading))
      meetings.push({ reading, isFolded: true, ...meetRule(rules, reading, true, facts) });
  }
  return meetings;
}
