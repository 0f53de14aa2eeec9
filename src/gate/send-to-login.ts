// Sends a navigation that needs a sign-in there at once, with the form that it was sending.
// ARCHITECTURE §3; Fetch Metadata §2.

import { faultAnswer } from '../answer/answers.ts';
import { endpointPath } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import { FORM_FAULTS, readFormToKeep } from '../login/form-to-keep.ts';
import { assertMayBegin } from '../login/may-begin-login.ts';
import { beginLogin, type LoginStart } from '../login/start-login.ts';
import { maySendPageToLogin, maySendToLogin } from '../policy/way-to-login.ts';
import { faultOf, isRefusal } from '../shared/refusals.ts';
import type { Identified, Matched } from './stages.ts';

/** How a visitor is sent to sign in. `formerSub` is the user whose session has just ended, or needs a step-up. */
export type SendToLogin = (
  identified: Identified,
  start: LoginStart,
  formerSub: string | undefined,
) => Promise<Response> | Response;

/** Keeps the form that the visitor was sending. If it can't be kept, the visitor is told so, and sent nowhere. */
export function createRedirectToLogin(gateway: Gateway): SendToLogin {
  return async ({ context, requirement }, start, formerSub) => {
    const request = context.req.raw;
    await assertMayBegin(gateway, request, requirement.unauthenticated === 'redirect');
    const found = await readFormToKeep(gateway, request, { formerSub, keep_post: requirement.keep_post });
    if (!isRefusal(found)) return beginLogin(gateway, request, { ...start, ...found });
    const fault = faultOf(FORM_FAULTS, found);
    if (found.tag === 'too_many_forms') throw fault;
    const signInHref = signInPath(gateway, start.returnTo);
    return faultAnswer(gateway, context, fault.code, fault.message, {
      page: (pageContext) => gateway.pages.formNotKept(pageContext, { code: fault.code, signInHref }),
    });
  };
}

export const isSentToLogin = judgeBy(maySendToLogin);
/** By `HX-Redirect`. */
export const mayLeadPageToLogin = judgeBy(maySendPageToLogin);

function judgeBy(isSo: typeof maySendToLogin) {
  return ({ config }: Gateway, { context, requirement }: Matched): boolean => {
    const { method, raw, url } = context.req;
    const asking = { method, headers: raw.headers, host: new URL(url).host };
    return isSo(asking, requirement, new URL(config.origin).host);
  };
}

export function signInPath({ config }: Gateway, returnTo: string): string {
  return endpointPath(config, 'login', { return_to: returnTo });
}
