// GET /auth/step-up: a sign-in was made for a page, and is still too old or too weak for it. Says so once, and offers another try.
// RFC 9470 §5; design §3. A page of its own, since the callback's address holds a code and the page itself would only ask again.

import { type Endpoint, faultAnswer, redirectAnswer } from '../answer/answers.ts';
import { personOf } from '../login/begin-session.ts';
import { parseReturnTo } from '../policy/return-to.ts';

export const stepUp: Endpoint = (gateway) => async (c) => {
  const { config, pages } = gateway;
  const { searchParams } = new URL(c.req.url);
  const returnTo = parseReturnTo(searchParams.get('return_to'), config) ?? config.postLoginUrl;
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
  if (opened.kind !== 'active') return redirectAnswer(gateway, config.origin + returnTo);
  const isTooOld = searchParams.get('unmet') === 'max_age';
  const person = personOf(opened.visit.session.identity);
  return faultAnswer(gateway, c, 'forbidden', `step-up: not met (${isTooOld ? 'max_age' : 'amr'})`, {
    page: (context) => pages.stepUpRefused(context, { person, returnTo, isTooOld }),
  });
};
