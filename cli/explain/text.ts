// An explanation as text for a terminal.
// Each reading, the rule that matched it, the requirement, the decision and why.

import type { Route } from '../../src/config/schema.ts';
import type { Decision } from '../../src/policy/decide.ts';
import type { Nonsense } from '../../src/policy/match.ts';
import type { Requirement } from '../../src/policy/requirement.ts';
import { decodeEitherWay, decodeStrictly, spelledPrefix } from '../../src/shared/path-text.ts';
import type { CalledAs } from './called-as.ts';
import type { Answer, Explanation, ReadingRow } from './explanation.ts';
import { describeCaller } from './question.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  pass: 'passed on, byte for byte as it came',
  302: '302 to ZITADEL',
  303: '303 to ZITADEL',
  400: '400',
  401: '401 problem',
  403: '403',
  405: '405',
  421: '421',
  502: '502',
};

export function printExplanation(explanation: Explanation): string {
  const { facts, question, site, beforehand, endpoint, readings, requirement, decision, answers } = explanation;
  const lines = [`${question.method} ${question.target} as ${describeCaller(question.who)}`, ''];
  if (site) lines.push(row('site', `${site.host}, in front of ${site.upstream}`));
  if (facts.path !== question.target) lines.push(row('arrives as', facts.path));
  if (beforehand !== undefined) lines.push(row('beforehand', beforehand));
  lines.push(...printReadings('readings', readings), ...printReadings('writes to', explanation.destination));
  if (requirement) lines.push(row('requires', printRequirement(requirement)));
  if (decision) lines.push(...printDecision(decision, requirement));
  if (decision?.kind === 'nonsense' && isForBytes(facts.path)) lines.push(row('', TAKES_BYTES));
  if (question.method === 'POST' && ['sign-in', 'step-up'].includes(decision?.kind ?? '')) {
    lines.push(...printForm(requirement));
  }
  if (decision?.kind === 'allow') lines.push(...printPathThatGoesUp(facts.path, requirement));
  if (explanation.calledAs) lines.push(...printCalledAs(explanation.calledAs));
  const wordsFor = (answer: Answer) => (endpoint === undefined && ANSWERS[answer]) || String(answer);
  lines.push(row('answer', printAnswers(answers, wordsFor)));
  return lines.join('\n');
}

const TAKES_BYTES = 'it is no UTF-8: rules with paths = "bytes" take such paths, where all its readings meet one';

function isForBytes(path: string): boolean {
  return decodeStrictly(path) === undefined && decodeEitherWay(path) !== undefined;
}

function row(name: string, text: string): string {
  return `${name.padEnd(12)}${text}`;
}

/** A folded comparison is worth a line only where it meets another rule. */
function printReadings(title: string, rows: readonly ReadingRow[]): readonly string[] {
  const told = rows.filter(
    ({ isFolded, reading, rule }) =>
      !isFolded || !rows.some((other) => !other.isFolded && other.reading === reading && other.rule === rule),
  );
  const width = Math.max(0, ...told.map(({ reading }) => JSON.stringify(reading).length));
  return told.map(({ reading, isFolded, isOdd, rule, path, reported }, index) => {
    const met = rule === undefined ? 'no rule: whoever signs in' : `rule ${rule}, ${path}`;
    const notes = [
      isFolded ? ' (without regard to case)' : '',
      isOdd ? ' (as few read such bytes)' : '',
      ...reported.map((each) => ` (past rule ${each}, which only reports)`),
    ];
    return row(index === 0 ? title : '', `${JSON.stringify(reading).padEnd(width)}  ${met}${notes.join('')}`);
  });
}

function printRequirement({ rules, credentials, isPublic, isDenied, claims_max_age }: Requirement): string {
  if (isPublic) return 'nothing';
  if (isDenied) return 'what nobody has: access is denied';
  const taken = (['session', 'bearer'] as const).filter((credential) => credentials[credential]);
  const needs = rules.filter(({ route }) => route.access !== 'public').flatMap(({ route }) => describeNeeds(route));
  return [
    `somebody known by ${taken.join(' or ') || 'no credential at all (the readings’ rules take none in common)'}`,
    ...new Set(needs),
    ...(claims_max_age === undefined ? [] : [`claims of the last ${claims_max_age} seconds`]),
  ].join('; ');
}

export function describeNeeds({ roles, orgs, claims, amr, max_age }: Route): readonly string[] {
  const needs: string[] = [];
  if (roles) needs.push(`a role of ${roles.join(', ')}`);
  if (orgs) needs.push(`${roles ? 'granted' : 'any role granted'} by ${orgs.join(' or ')}`);
  for (const [name, values] of Object.entries(claims ?? {})) needs.push(`${name} is ${values.join(' or ')}`);
  if (amr) needs.push(`signed in with ${amr.join(' and ')}`);
  if (max_age !== undefined) needs.push(`signed in within ${max_age} seconds`);
  return needs;
}

function printDecision(decision: Decision | Nonsense, requirement: Requirement | undefined): readonly string[] {
  if (decision.kind === 'nonsense') return [row('decision', `nonsense: ${decision.reason}`)];
  const by = decision.rule === undefined ? 'no rule' : `rule ${decision.rule}`;
  const lines = [row('decision', `${decision.kind} (${decision.reason}) by ${by}`)];
  for (const { rule, kind, reason } of decision.report)
    lines.push(row('report', `rule ${rule} would say ${kind} (${reason})`));
  const { forwarding } = requirement ?? {};
  if (decision.kind !== 'allow' || !forwarding?.upstream) return lines;
  const { origin, basePath, binding } = forwarding.upstream;
  return [...lines, row('upstream', binding === undefined ? origin + basePath : `service:${binding}${basePath}`)];
}

const FORMS = {
  'same-origin': 'kept over the sign-in if a page of this site sent it; of any other site 401, and a page that says so',
  'cross-site': 'kept over the sign-in, whichever site sent it',
  none: 'not kept over the sign-in: 401, and a page that says so',
} as const;

function printForm(requirement: Requirement | undefined): readonly string[] {
  if (!requirement || requirement.unauthenticated === '401') return [];
  return [row('form', FORMS[requirement.keep_post])];
}

/** Only where it is another one. */
function printPathThatGoesUp(path: string, requirement: Requirement | undefined): readonly string[] {
  const { strip_prefix } = requirement?.forwarding ?? {};
  const prefix = strip_prefix && spelledPrefix(path, strip_prefix);
  return prefix ? [row('goes up as', path.slice(prefix.length) || '/')] : [];
}

function printCalledAs({ origin, host }: CalledAs): readonly string[] {
  return [row('called', `${origin} in Origin, Referer and Destination; Host: ${host}`)];
}

function printAnswers({ navigation, other }: Explanation['answers'], words: (answer: Answer) => string): string {
  if (navigation === other) return words(navigation);
  return `${words(navigation)} for a page, ${words(other)} for anything else`;
}
