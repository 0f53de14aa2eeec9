// The explanation of one request: its readings, the rules they meet, what these require, the decision and the answers.
// Design §1 Routes, §2, §3.

import type { Config } from '../../src/config/schema.ts';
import { type Decision, decide } from '../../src/policy/decide.ts';
import { matchRequest, meetRules, type Nonsense, type RequestFacts } from '../../src/policy/match.ts';
import type { Requirement } from '../../src/policy/requirement.ts';
import { compileRules, type Rules } from '../../src/policy/rules.ts';
import { factsOf, NOW, type Question } from './question.ts';

export interface Explanation {
  readonly facts: RequestFacts;
  readonly question: Question;
  /** What is settled before any rule is asked: an endpoint of the gateway's, a foreign host, a method never forwarded. */
  readonly beforehand?: string;
  readonly readings: readonly ReadingRow[];
  readonly requirement?: Requirement;
  readonly decision?: Decision | Nonsense;
  /** To a document's navigation, and to anything else. */
  readonly answers: { readonly navigation: Answer; readonly other: Answer };
}

export interface ReadingRow {
  readonly reading: string;
  /** Compared without regard to case. */
  readonly isFolded: boolean;
  readonly rule: number | undefined;
  readonly path: string | undefined;
  readonly reported: readonly (number | undefined)[];
}

/** `'pass'`: the application's own answer. */
export type Answer = 'pass' | 'own' | number;

const OWN = [
  'login',
  'callback',
  'logout',
  'logout/callback',
  'backchannel-logout',
  'userinfo',
  'profile',
  'check',
  'jwks',
];
const MORE_OWN = ['client.js', 'step-up', 'operator/sessions', 'metrics', 'health', 'ready'];

export function explainRequest(config: Config, question: Question): Explanation {
  const rules = compileRules(config.routes, { takesBearer: config.takesBearer });
  const facts = factsOf(question, config.origin);
  const settled = settleBeforehand(config, facts);
  if (settled) {
    return {
      facts,
      question,
      readings: [],
      beforehand: settled.why,
      answers: { navigation: settled.answer, other: settled.answer },
    };
  }
  const matched = matchRequest(rules, facts);
  const decision = matched.kind === 'nonsense' ? matched : decide(matched, question.who, NOW);
  return {
    facts,
    question,
    readings: readingRows(rules, facts),
    ...(matched.kind === 'requirement' && { requirement: matched }),
    decision,
    answers: answersTo(decision, matched, canSignIn(config, facts)),
  };
}

function settleBeforehand(
  config: Config,
  { host, method, path }: RequestFacts,
): { why: string; answer: Answer } | undefined {
  const hosts = [new URL(config.origin).host, ...config.routes.flatMap((rule) => rule.hosts ?? [])];
  if (!hosts.includes(host) && !hosts.includes(host.replace(/:\d+$/, '')))
    return { why: `the host ${host} is not served here`, answer: 421 };
  if (method === 'TRACE') return { why: 'TRACE is never forwarded', answer: 405 };
  const isOwn = [...OWN, ...MORE_OWN].some((name) => path === `${config.endpoints}/${name}`);
  if (!isOwn && path !== '/.well-known/oauth-protected-resource') return undefined;
  return { why: 'an endpoint of the gateway’s own: no rule is asked', answer: 'own' };
}

function readingRows(rules: Rules, facts: RequestFacts): readonly ReadingRow[] {
  const met = meetRules(rules, facts);
  if (!Array.isArray(met)) return [];
  return met.map(({ reading, isFolded, rule, reported }) => ({
    reading,
    isFolded,
    rule: rule.index,
    path: rule.index === undefined ? undefined : rule.route.path,
    reported: reported.map(({ index }) => index),
  }));
}

/** Whether a navigation is sent to sign in: the session's cookie belongs to the callback's host, so elsewhere it would not help. */
function canSignIn(config: Config, { method, host }: RequestFacts): boolean {
  return ['GET', 'HEAD', 'POST'].includes(method) && host === new URL(config.origin).host;
}

function answersTo(
  decision: Decision | Nonsense,
  matched: Requirement | Nonsense,
  canNavigate: boolean,
): Explanation['answers'] {
  switch (decision.kind) {
    case 'nonsense':
      return { navigation: 400, other: 400 };
    case 'refuse':
      return { navigation: 403, other: 403 };
    case 'allow':
      return { navigation: 'pass', other: 'pass' };
    case 'step-up':
      return { navigation: canNavigate && decision.via === 'session' ? 302 : 401, other: 401 };
    case 'sign-in': {
      const way = matched.kind === 'requirement' ? matched.unauthenticated : 'auto';
      return { navigation: canNavigate && way !== '401' ? 302 : 401, other: way === 'redirect' ? 302 : 401 };
    }
  }
}
