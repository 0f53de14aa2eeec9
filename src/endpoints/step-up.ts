// GET /auth/step-up: says that a new sign-in is still too old or too weak for a page, and offers another try.
// RFC 9470 §5; ARCHITECTURE §3. It has an address of its own: the callback's holds a code, and the page's would ask ZITADEL again.

import { type Endpoint, faultAnswer, redirectAnswer } from '../answer/answers.ts';
import { personOf } from '../identity/person.ts';
import { parseUnmet, STEP_UP_FAULTS } from '../login/step-up-round.ts';
import { parseReturnTo } from '../policy/return-to.ts';
import { faultOf } from '../shared/refusals.ts';

export const stepUp: Endpoint = (gateway) => async (c) => {
  const { config, pages } = gateway;
  const { searchParams } = c.get('url');
  const returnTo = parseReturnTo(searchParams.get('return_to'), config.origin, config.endpoints) ?? config.postLoginUrl;
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
  if (opened.kind !== 'active') return redirectAnswer(gateway, config.origin + returnTo);
  const tag = parseUnmet(searchParams.get('unmet'));
  const person = personOf(opened.visit.session.identity);
  const { code, message } = faultOf(STEP_UP_FAULTS, { tag });
  return faultAnswer(gateway, c, code, message, {
    page: (context) => pages.stepUpRefused(context, { person, returnTo, isTooOld: tag === 'max_age' }),
  });
};
