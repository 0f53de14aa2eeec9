// Whose scripts may read what the gateway itself answers on a route: those of the origins that its rule names.
// ARCHITECTURE §1 Routes, field `cors`; Fetch §3.2. Noted as soon as the route is known, so that a fault carries it wherever it arises.

import type { RequestContext } from '../answer/answers.ts';
import { corsFields } from '../policy/cors.ts';
import { matchRequest, type Nonsense, type RequestFacts } from '../policy/match.ts';
import { createRequirement, type Requirement } from '../policy/requirement.ts';
import { meetRule, type Rules } from '../policy/rules.ts';

export function noteReaders(
  context: RequestContext,
  rules: Rules,
  facts: RequestFacts,
  found: Requirement | Nonsense = matchRequest(rules, facts),
): void {
  const origin = context.req.header('origin');
  if (origin === undefined) return;
  // A path without one meaning has no route. Its 400 says nothing but that, so the rule that the path looks like will do.
  const { cors } =
    found.kind === 'requirement' ? found : createRequirement([meetRule(rules, facts.path, false, facts).rule], []);
  context.set('cors', corsFields(cors, origin));
}
