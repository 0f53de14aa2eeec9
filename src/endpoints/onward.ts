// GET /auth/onward: the page between a form and ZITADEL. It leads on by itself, without script.
// HTML §7.4.2.4 (Refresh). A Refresh is no submission of a form, so that no form-action stops it.

import { type Endpoint, faultAnswer, pageContext, redirectAnswer } from '../answer/answers.ts';
import { readOnward } from '../answer/onward.ts';
import { loadTransaction } from '../login/transaction-cookie.ts';
import { endpointPath } from './catalogue.ts';

export const onward: Endpoint = (gateway) => async (c) => {
  const { config, pages } = gateway;
  const found = await readOnward(gateway, c.get('url').searchParams.get('to') ?? '');
  // Somebody has come back to it, hours later.
  if (!found) return redirectAnswer(gateway, config.origin + config.postLoginUrl);
  const { location, state, isSignOut = false } = found;
  if (state !== undefined && !(await loadTransaction(gateway, c.req.raw, state))) {
    return faultAnswer(gateway, c, 'cookies_blocked', 'onward: the login’s cookie did not come back', {
      page: (context) => pages.cookiesBlocked(context, { retryHref: endpointPath(config, 'login') }),
    });
  }
  return pages.onward(pageContext(c), { href: location, isSignOut });
};
