// GET/POST /auth/logout: signs out, or asks first where another site may have sent the visitor.
// OpenID Connect RP-Initiated Logout 1.0 §2; ARCHITECTURE §2; promise 4.

import { type AppContext, appendCookies, type Endpoint, pageContext, redirectAnswer } from '../answer/answers.ts';
import { forgetPages } from '../answer/forget-pages.ts';
import { leadOnward } from '../answer/onward.ts';
import { refusalAnswer } from '../answer/refusal.ts';
import { createConfirmation, FOREIGN_FORM_FAULTS, type ForeignForm, readOwnForm } from '../gate/own-form.ts';
import type { Gateway } from '../gateway.ts';
import { openHeld, type SignedOut, signOut } from '../login/sign-out.ts';
import { isOwnSite, isPassedOn, mayEndSession } from '../policy/navigation.ts';
import { parseReturnTo, type ReturnTo } from '../policy/return-to.ts';
import type { Holder } from '../session/session-ends.ts';
import { isRefusal } from '../shared/refusals.ts';

/** `isMeant`: the visitor wants to be signed out, as far as the request shows; else they are asked. */
interface Wish {
  readonly isMeant: boolean;
  readonly returnTo: ReturnTo | undefined;
  /** Of every site and browser. */
  readonly isEverywhere: boolean;
}

export const logout: Endpoint = (gateway) => async (c) => {
  const held = await openHeld(gateway, c.req.header('cookie') ?? null);
  const sessionId = held.holder?.id ?? '';
  const wish = await readWish(gateway, c, sessionId);
  if (isRefusal(wish)) return refusalAnswer(gateway, c, FOREIGN_FORM_FAULTS, wish);
  if (!wish.isMeant) return askBeforeLogout(gateway, c, sessionId, wish.returnTo);
  if (held.holder) c.get('event').sub = held.holder.sub;
  if (held.holder && wish.isEverywhere) await endElsewhere(gateway, held.holder);
  const signedOut = await signOut(gateway, held, wish.returnTo);
  return forgetPages(c.req.raw.headers, await answerSignedOut(gateway, c, signedOut, wish.returnTo));
};

async function readWish(gateway: Gateway, c: AppContext, sessionId: string): Promise<Wish | ForeignForm> {
  const { origin } = gateway.config;
  const { headers } = c.req.raw;
  const asked = c.get('url').searchParams.get('return_to');
  if (c.req.method === 'POST') {
    const fields = await readOwnForm(gateway, c, sessionId);
    // Of what a service worker passes on nobody knows for certain which site sent it. It may be ours, so the visitor is asked.
    if (isRefusal(fields) && isPassedOn(headers))
      return { isMeant: false, returnTo: parseReturnTo(asked, gateway.config), isEverywhere: false };
    if (isRefusal(fields)) return fields;
    return {
      isMeant: true,
      returnTo: parseReturnTo(fields.get('return_to') ?? asked, gateway.config),
      isEverywhere: fields.get('everywhere') === '1',
    };
  }
  const isMeant = isOwnSite(headers, origin) && mayEndSession(headers);
  return { isMeant, returnTo: parseReturnTo(asked, gateway.config), isEverywhere: false };
}

/** @throws GatewayError while the user's object is away: nobody is told that they are signed out where they are not */
async function endElsewhere({ directory }: Gateway, { id, sub }: Holder): Promise<void> {
  await directory.ofUser(sub).end({ allExcept: id }, 'logout_elsewhere', false);
}

export async function askBeforeLogout(
  gateway: Gateway,
  c: AppContext,
  sessionId: string,
  returnTo?: ReturnTo,
): Promise<Response> {
  c.get('event').decision = 'asked_before_logout';
  const fields: [string, string][] = [['csrf', await createConfirmation(gateway, sessionId)]];
  if (returnTo !== undefined) fields.push(['return_to', returnTo]);
  return gateway.pages.confirmLogout(pageContext(c), { fields });
}

async function answerSignedOut(
  gateway: Gateway,
  c: AppContext,
  signedOut: SignedOut,
  returnTo: ReturnTo | undefined,
): Promise<Response> {
  const cleared = gateway.visitorSessions.clearedCookies(c.req.header('cookie') ?? null);
  const page = (data: { isProviderUntold: boolean; isElsewhere?: boolean }) =>
    gateway.pages.signedOut(pageContext(c), { ...data, returnTo });
  c.get('event').decision = signedOut.tag;
  switch (signedOut.tag) {
    case 'nothing_to_sign_out': {
      const { reason } = signedOut;
      // The session at ZITADEL goes on when ours has run out: one click would sign in the next person at this machine.
      const hasRunOut = reason === 'expired' || reason === 'idle';
      const isAtPage = returnTo === undefined || hasRunOut;
      const answer = isAtPage
        ? await page({ isProviderUntold: hasRunOut })
        : redirectAnswer(gateway, gateway.config.origin + returnTo, 303);
      // The browser may have the cookie of the session's successor by now.
      return reason === 'replaced' ? answer : appendCookies(answer, cleared);
    }
    case 'signed_out_of_this_browser':
      return appendCookies(await page({ isProviderUntold: true, isElsewhere: true }), cleared);
    // A browser that has signed in anew meanwhile keeps its new cookies.
    case 'signed_out_here':
      return appendCookies(await page({ isProviderUntold: true }), signedOut.isReplaced ? [] : cleared);
    case 'to_provider_logout': {
      const cookies = [...(signedOut.isReplaced ? [] : cleared), signedOut.cookie];
      const { location } = signedOut;
      return appendCookies(await leadOnward(gateway, c.req.raw, { location, isSignOut: true }), cookies);
    }
  }
}
