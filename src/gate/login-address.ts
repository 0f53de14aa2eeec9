// For a proxy that asks /auth/check and passes requests on by itself: the address of the sign-in, in the form that it understands.
// ARCHITECTURE §2, §3; docs/forward-auth.md.

import { faultAnswer, loginUrl, problemAnswer, redirectAnswer, scriptLoginUrl } from '../answer/answers.ts';
import { bearerChallenge } from '../answer/challenge.ts';
import type { FaultCode } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { mayBeginLogin } from '../policy/navigation.ts';
import { type OwnAddress, ROOT, withoutQuery } from '../shared/own-address.ts';
import type { SendToLogin } from './send-to-login.ts';
import type { Matched } from './stages.ts';

/**
 * A 401 with the address of the sign-in. `Location` is for nginx (`auth_request_set`), `Refresh` for
 * proxies that pass this answer on to the visitor as it is.
 */
export function createTellLoginAddress(gateway: Gateway): SendToLogin {
  return (identified, { returnTo, stepUp }) => {
    const { context } = identified;
    const { code, headers } = challengeOf(gateway, identified, stepUp !== undefined);
    // The visitor can't come back to the address that a form was sent to.
    if (context.returnTo === undefined) return problemAnswer(gateway, context, { code, reason: 'a form', headers });
    const login_url = fittingLoginUrl(gateway, returnTo, code);
    return problemAnswer(gateway, context, {
      code,
      reason: 'a navigation',
      members: { login_url },
      headers: { ...headers, Location: login_url, Refresh: `0;url=${login_url}` },
    });
  };
}

/** For a proxy that passes the answer on, and wants it to be what the visitor sees: on the way to sign in, or why a form is not kept. */
export function createShowLoginAddress(gateway: Gateway): SendToLogin {
  const tell = createTellLoginAddress(gateway);
  return (identified, start, formerSub) => {
    const { context } = identified;
    // A rule may send scripts there. The sign-in's own address takes documents alone.
    if (!mayBeginLogin(context.req.raw.headers)) return tell(identified, start, formerSub);
    const { code, headers } = challengeOf(gateway, identified, start.stepUp !== undefined);
    if (context.returnTo !== undefined) return redirectAnswer(gateway, fittingLoginUrl(gateway, start.returnTo, code));
    const signInHref = scriptLoginUrl(gateway, context, code);
    return faultAnswer(gateway, context, code, 'a form', {
      headers,
      page: (pageContext) => gateway.pages.formNotKept(pageContext, { code, signInHref }),
    });
  };
}

function challengeOf({ config }: Gateway, { requirement }: Matched, isStepUp: boolean) {
  const code: FaultCode = isStepUp ? 'insufficient_user_authentication' : 'unauthenticated';
  const challenge = bearerChallenge(config, isStepUp ? { error: 'insufficient_user_authentication' } : {});
  return { code, headers: { ...((requirement.credentials.bearer || isStepUp) && { 'WWW-Authenticate': challenge }) } };
}

/** Characters. Servers take request lines of 8 KiB. */
const MAX_LOGIN_URL = 6_000;

/** An address that is too long to be named in another one is named without its query. */
function fittingLoginUrl(gateway: Gateway, returnTo: OwnAddress, code: FaultCode): string {
  const urls = [returnTo, withoutQuery(returnTo)].map((address) => loginUrl(gateway, address, code));
  return urls.find(({ length }) => length <= MAX_LOGIN_URL) ?? loginUrl(gateway, ROOT, code);
}
