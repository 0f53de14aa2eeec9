// GET/POST /auth/logout: signs out, or asks first where another site may have sent the visitor.
// OpenID Connect RP-Initiated Logout 1.0 §2; ARCHITECTURE §2; promise 4.

import { type AppContext, appendCookies, type Endpoint, pageContext, redirectAnswer } from '../answer/answers.ts';
import { refusalAnswer } from '../answer/refusal.ts';
import { GatewayError } from '../errors.ts';
import { createConfirmation, FOREIGN_FORM_FAULTS, type ForeignForm, readOwnForm } from '../gate/own-form.ts';
import type { Gateway } from '../gateway.ts';
import { openHeld, type SignedOut, signOut } from '../login/sign-out.ts';
import { isOwnSite, isPrefetch } from '../policy/navigation.ts';
import { parseReturnTo, type ReturnTo } from '../policy/return-to.ts';
import { type FaultTable, isRefusal } from '../shared/refusals.ts';

/** `isMeant`: the visitor wants to be signed out, as far as the request shows; else they are asked. */
interface Wish {
  readonly isMeant: boolean;
  readonly returnTo: ReturnTo | undefined;
}

/** Browsers fetch ahead what is typed often or hovered over. */
type Refusal = { readonly tag: 'prefetched' } | ForeignForm;

const LOGOUT_FAULTS: FaultTable<Refusal> = {
  ...FOREIGN_FORM_FAULTS,
  prefetched: () => new GatewayError('bad_request', 'logout: a prefetch ends no session'),
};

export const logout: Endpoint = (gateway) => async (c) => {
  const refuse = (refusal: Refusal) => refusalAnswer(gateway, c, LOGOUT_FAULTS, refusal);
  if (isPrefetch(c.req.raw.headers)) return refuse({ tag: 'prefetched' });
  const held = await openHeld(gateway, c.req.header('cookie') ?? null);
  const sessionId = held.holder?.id ?? '';
  const wish = await readWish(gateway, c, sessionId);
  if (isRefusal(wish)) return refuse(wish);
  if (!wish.isMeant) return askBeforeLogout(gateway, c, sessionId, wish.returnTo);
  if (held.holder) c.get('event').sub = held.holder.sub;
  return answerSignedOut(gateway, c, await signOut(gateway, held, wish.returnTo), wish.returnTo);
};

async function readWish(gateway: Gateway, c: AppContext, sessionId: string): Promise<Wish | ForeignForm> {
  const { origin } = gateway.config;
  const { headers } = c.req.raw;
  const asked = c.get('url').searchParams.get('return_to');
  if (c.req.method === 'POST') {
    const fields = await readOwnForm(gateway, c, sessionId);
    if (isRefusal(fields)) return fields;
    return { isMeant: true, returnTo: parseReturnTo(fields.get('return_to') ?? asked, gateway.config) };
  }
  const isMeant = isOwnSite(headers, origin) && !isSubresource(headers);
  return { isMeant, returnTo: parseReturnTo(asked, gateway.config) };
}

/** A picture that another visitor has put into a page of ours signs nobody out. */
function isSubresource(headers: Headers): boolean {
  const dest = headers.get('sec-fetch-dest') ?? 'document';
  return !['document', 'empty', 'iframe', 'frame'].includes(dest);
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

function answerSignedOut(
  gateway: Gateway,
  c: AppContext,
  signedOut: SignedOut,
  returnTo: ReturnTo | undefined,
): Response {
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
        ? page({ isProviderUntold: hasRunOut })
        : redirectAnswer(gateway, gateway.config.origin + returnTo, 303);
      // The browser may have the cookie of the session's successor by now.
      return reason === 'replaced' ? answer : appendCookies(answer, cleared);
    }
    case 'signed_out_of_this_browser':
      return appendCookies(page({ isProviderUntold: true, isElsewhere: true }), cleared);
    // A browser that has signed in anew meanwhile keeps its new cookies.
    case 'signed_out_here':
      return appendCookies(page({ isProviderUntold: true }), signedOut.isReplaced ? [] : cleared);
    case 'to_provider_logout': {
      const cookies = [...(signedOut.isReplaced ? [] : cleared), signedOut.cookie];
      return appendCookies(redirectAnswer(gateway, signedOut.location, 303), cookies);
    }
  }
}
