// GET /auth/logout/callback: the way back from ZITADEL's sign-out, to `return_to` or to the signed-out page.
// OpenID Connect RP-Initiated Logout 1.0 §3; ARCHITECTURE §2.

import { appendCookies, type Endpoint, pageContext, redirectAnswer } from '../answer/answers.ts';
import { forgetPages } from '../answer/forget-pages.ts';
import { endedSignOutRoundCookie, loadSignOutRound } from '../login/sign-out-round.ts';
import { askBeforeLogout } from './logout.ts';

export const logoutCallback: Endpoint = (gateway) => async (c) => {
  const round = await loadSignOutRound(gateway, c.req.raw);
  c.get('event').decision = round ? 'signed_out' : 'unknown_logout_state';
  if (!round) {
    // A link of another site may lead here: a visitor who is signed in must not be told that they are not.
    const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
    if (opened.kind === 'active') return askBeforeLogout(gateway, c, opened.visit.session.id);
    // A stale tab brings another state: the visitor is signed out all the same, but is sent nowhere.
    return gateway.pages.signedOut(pageContext(c), {});
  }
  const { returnTo } = round;
  const response =
    returnTo === undefined
      ? await gateway.pages.signedOut(pageContext(c), {})
      : redirectAnswer(gateway, gateway.config.origin + returnTo);
  return forgetPages(c.req.raw.headers, appendCookies(response, [endedSignOutRoundCookie(gateway)]));
};
