// GET /auth/step-up: says that a new sign-in is still too old or too weak for a page, and offers another try.
// RFC 9470 §5; ARCHITECTURE §3. It has an address of its own: the callback's holds a code, and the page's would ask ZITADEL again.

import { type Endpoint, faultAnswer, redirectAnswer } from '../answer/answers.ts';
import { personOf } from '../identity/person.ts';
import type { Lack } from '../login/step-up-round.ts';
import { parseReturnTo } from '../policy/return-to.ts';

export const stepUp: Endpoint = (gateway) => async (c) => {
  const { config, pages } = gateway;
  const { searchParams } = c.get('url');
  const returnTo = parseReturnTo(searchParams.get('return_to'), config) ?? config.postLoginUrl;
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
  if (opened.kind !== 'active') return redirectAnswer(gateway, config.origin + returnTo);
  // Anybody may have written the address; what it says decides only which sentence is shown.
  const unmet: Lack['tag'] = searchParams.get('unmet') === 'max_age' ? 'max_age' : 'amr';
  const person = personOf(opened.visit.session.identity);
  return faultAnswer(gateway, c, 'forbidden', `step-up: not met (${unmet})`, {
    page: (context) => pages.stepUpRefused(context, { person, returnTo, isTooOld: unmet === 'max_age' }),
  });
};
