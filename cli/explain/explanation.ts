// The explanation of one request: its readings, the rules they meet, what these require, the decision and the answers.
// ARCHITECTURE §1 Routes, §2, §3.

import { compileConfigs } from '../../src/config/resolve-sites.ts';
import type { Config } from '../../src/config/schema.ts';
import { writeUpstream } from '../../src/config/urls.ts';
import type { EndpointName } from '../../src/endpoints/catalogue.ts';
import { compileDestinations } from '../../src/endpoints/destinations.ts';
import { compileServedHosts } from '../../src/gate/served-hosts.ts';
import { type Decision, decide } from '../../src/policy/decide.ts';
import { mayKeepForm } from '../../src/policy/form-navigation.ts';
import {
  matchRequest,
  meetDestination,
  meetRules,
  type Nonsense,
  type ReadingMet,
  type RequestFacts,
} from '../../src/policy/match.ts';
import type { Requirement } from '../../src/policy/requirement.ts';
import { compileRules, type Rules } from '../../src/policy/rules.ts';
import { loginRedirectStatus, maySendToLogin } from '../../src/policy/way-to-login.ts';
import { hasSites, listSites, nameSites, type Sites } from '../installation/sites.ts';
import { type CalledAs, calledAsIn } from './called-as.ts';
import { ownAnswers } from './own-answers.ts';
import { type AskedFacts, factsOf, NOW, type Question } from './question.ts';

export interface Explanation {
  readonly facts: RequestFacts;
  readonly question: Question;
  /** Whose rules are asked, where there are several; and its application. */
  readonly site?: { readonly host: string; readonly upstream: string };
  /** What is settled, or at least known, before any rule is asked: an endpoint of the gateway's, a foreign host, a method never forwarded. */
  readonly beforehand?: string;
  /** Of the gateway's own. */
  readonly endpoint?: EndpointName;
  readonly readings: readonly ReadingRow[];
  /** Those of the address that a COPY or MOVE writes to. */
  readonly destination: readonly ReadingRow[];
  readonly requirement?: Requirement;
  readonly decision?: Decision | Nonsense;
  /** Of an allowed request, where it is another name than the upstream's own. */
  readonly calledAs?: CalledAs;
  /** To a document's navigation, and to anything else. */
  readonly answers: { readonly navigation: Answer; readonly other: Answer };
}

export interface ReadingRow {
  readonly reading: string;
  /** Compared without regard to case. */
  readonly isFolded: boolean;
  /** Only odd decoders read bytes that are no UTF-8 like this. */
  readonly isOdd: boolean;
  readonly rule: number | undefined;
  readonly path: string | undefined;
  readonly reported: readonly (number | undefined)[];
}

/** `'pass'`: the application's own answer. */
export type Answer = 'pass' | number;

interface Settled {
  readonly why: string;
  readonly endpoint?: EndpointName;
  /** Missing where the rules decide all the same. */
  readonly answers?: Explanation['answers'];
}

/** As browsers send them. */
const NAVIGATION = new Headers({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' });
const SCRIPT = new Headers({ 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' });

/** The host chooses the site: the one that answers it in the worker. */
export function explainAt(served: Sites, question: Question): Explanation {
  const { host } = factsOf(question, served.config.origin);
  const { config, site } = compileConfigs(served)(host);
  const explanation = explainRequest(config, { ...question, host });
  const told = { ...explanation, question };
  if (explanation.answers.navigation === 421)
    return {
      ...told,
      beforehand: `the host ${host} is not served here; served are ${nameSites(listSites(served).map((each) => each.host))}`,
    };
  return hasSites(served) ? { ...told, site: { host: site, upstream: upstreamOf(config) } } : told;
}

export const upstreamOf = ({ upstream }: Config): string => writeUpstream(upstream) ?? 'no application: the start page';

/** At one site. */
export function explainRequest(config: Config, question: Question): Explanation {
  const facts = factsOf(question, config.origin);
  const settled = settleBeforehand(config, question, facts);
  const noted = { facts, question, ...(settled && { beforehand: settled.why }) };
  if (settled?.answers) {
    const { endpoint, answers } = settled;
    return { ...noted, readings: [], destination: [], ...(endpoint && { endpoint }), answers };
  }
  const rules = compileRules(config.routes, { takesBearer: config.takesBearer });
  const matched = matchRequest(rules, facts);
  const decision = matched.kind === 'nonsense' ? matched : decide(matched, question.who, NOW);
  const answer = (headers: Headers) => answerTo(decision, matched, { ...facts, headers }, new URL(config.origin).host);
  return {
    ...noted,
    readings: readingRows(meetRules(rules, facts)),
    destination: destinationRows(rules, facts),
    ...(matched.kind === 'requirement' && { requirement: matched }),
    ...(matched.kind === 'requirement' && decision.kind === 'allow' && calledAsIn(config, matched.forwarding)),
    decision,
    answers: { navigation: answer(NAVIGATION), other: answer(SCRIPT) },
  };
}

/** Asks where the worker asks; the words are for people. */
function settleBeforehand(config: Config, question: Question, facts: AskedFacts): Settled | undefined {
  const destination = compileDestinations(config, compileServedHosts(config))(facts);
  switch (destination.kind) {
    case 'trace':
      return { why: 'TRACE is never forwarded', answers: both(405) };
    case 'misdirected':
      return { why: `the host ${facts.host} is not served here`, answers: both(421) };
    case 'not-found':
      return {
        why: `everything ${config.portal ? 'at the start page' : `below ${config.endpoints}`} is the gateway’s own, and nothing is there`,
        answers: both(404),
      };
    case 'application':
      return settleDestination(facts);
    case 'endpoint':
    case 'wrong-method': {
      const { name, methods, isApplications } = destination.located;
      if (isApplications)
        return { why: 'the application’s page, except that ZITADEL’s answer after a sign-out is for the gateway' };
      if (destination.kind === 'endpoint') {
        const why =
          'an endpoint of the gateway’s own: no rule is asked; the answer is that to a request without parameters';
        return { why, endpoint: name, answers: ownAnswers(config, name, question) };
      }
      return {
        why: `an endpoint of the gateway’s own, for ${methods.join(', ')} alone`,
        endpoint: name,
        answers: both(405),
      };
    }
  }
}

function settleDestination({ wrong }: AskedFacts): Settled | undefined {
  if (wrong === undefined) return undefined;
  return wrong === 'foreign'
    ? { why: 'the destination is on another host', answers: both(502) }
    : { why: 'the destination is no address', answers: both(400) };
}

const both = (status: number) => ({ navigation: status, other: status });

function destinationRows(rules: Rules, facts: RequestFacts): readonly ReadingRow[] {
  return facts.destination === undefined
    ? []
    : readingRows(meetDestination(rules, { ...facts, path: facts.destination }));
}

function readingRows(met: ReadingMet[] | Nonsense): readonly ReadingRow[] {
  const meetings: readonly ReadingMet[] = Array.isArray(met) ? met : (met.meetings ?? []);
  return meetings.map(({ reading, isFolded, isOdd = false, rule, reported }) => ({
    reading,
    isFolded,
    isOdd,
    rule: rule.index,
    path: rule.index === undefined ? undefined : rule.route.path,
    reported: reported.map(({ index }) => index),
  }));
}

function answerTo(
  decision: Decision | Nonsense,
  matched: Requirement | Nonsense,
  asking: RequestFacts & { readonly headers: Headers },
  ownHost: string,
): Answer {
  switch (decision.kind) {
    case 'nonsense':
      return decision.isElsewhere ? 502 : 400;
    case 'refuse':
      return 403;
    case 'allow':
      return 'pass';
    case 'sign-in':
    case 'step-up': {
      // Of a bearer token only a challenge can ask for more.
      const canSignIn = matched.kind === 'requirement' && !(decision.kind === 'step-up' && decision.via === 'bearer');
      if (!canSignIn || !maySendToLogin(asking, matched, ownHost)) return 401;
      // Of a page of this site.
      const isKept = asking.method !== 'POST' || mayKeepForm('same-origin', matched.keep_post);
      return isKept ? loginRedirectStatus(asking.method) : 401;
    }
  }
}
