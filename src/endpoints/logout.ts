// GET/POST /auth/logout and its callback: the session ends here first, then its tokens, then the session at ZITADEL.
// OpenID Connect RP-Initiated Logout 1.0 §2, §3; RFC 7009; design §2, promise 4.

import {
  type AppContext,
  appendCookies,
  type Endpoint,
  faultAnswer,
  pageContext,
  redirectAnswer,
} from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import { createConfirmation, readOwnForm } from '../gate/own-form.ts';
import type { Gateway } from '../gateway.ts';
import { loginHintOf } from '../login/login-hint.ts';
import { isOwnSite, isPrefetch } from '../policy/navigation.ts';
import { parseReturnTo } from '../policy/return-to.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import type { Holder } from '../session/session-ends.ts';
import { generateRandomState } from '../shared/random.ts';
import type { EndOutcome } from '../user-object/api.ts';

interface LogoutState {
  readonly state: string;
  readonly returnTo?: string;
  readonly at: number;
}

/** Seconds that ZITADEL's sign-out page may take. */
const LOGOUT_LIFETIME = 600;

export const logout: Endpoint = (gateway) => async (c) => {
  const { config } = gateway;
  const request = c.req.raw;
  // Browsers fetch ahead what is typed often or hovered over.
  if (isPrefetch(request.headers)) throw new GatewayError('bad_request', 'logout: a prefetch ends no session');
  const held = await openHeld(gateway, request.headers.get('cookie'));
  const sessionId = held.holder?.id ?? '';
  const query = new URL(request.url).searchParams;
  if (request.method === 'POST') {
    const fields = await readOwnForm(gateway, request, sessionId);
    if (!fields) return faultAnswer(gateway, c, 'cross_site', 'logout: a POST from another site');
    return endSession(gateway, c, held, parseReturnTo(fields.get('return_to') ?? query.get('return_to'), config));
  }
  const returnTo = parseReturnTo(query.get('return_to'), config);
  const isWanted = isOwnSite(request.headers, config.origin) && !isSubresource(request.headers);
  return isWanted ? endSession(gateway, c, held, returnTo) : askFirst(gateway, c, sessionId, returnTo);
};

/** What there is to end. */
interface Held {
  /** Of a session that stands, as far as can be said. */
  readonly holder?: Holder | undefined;
  readonly loginName?: string | undefined;
  /** Why there is none; missing where there is no cookie. */
  readonly reason?: string;
  /** The user's object did not answer. */
  readonly isAway?: boolean;
}

async function openHeld({ visitorSessions }: Gateway, cookieHeader: string | null): Promise<Held> {
  try {
    const opened = await visitorSessions.open(cookieHeader, { countsAsActivity: false });
    if (opened.kind === 'ended') return { reason: opened.reason };
    if (opened.kind === 'none') return {};
    const { login_hint: loginName } = loginHintOf(opened.visit.session.identity);
    return { holder: await visitorSessions.holder(cookieHeader), loginName };
  } catch (error) {
    // Whoever wants to leave is let go all the same.
    if (!(error instanceof GatewayError)) throw error;
    return { holder: await visitorSessions.holder(cookieHeader), isAway: true };
  }
}

/** A picture in a guest book is on our own site too. */
function isSubresource(headers: Headers): boolean {
  const dest = headers.get('sec-fetch-dest') ?? 'document';
  return !['document', 'empty', 'iframe', 'frame'].includes(dest);
}

async function askFirst(gateway: Gateway, c: AppContext, sessionId: string, returnTo?: string): Promise<Response> {
  c.get('event').decision = 'asked_before_logout';
  const fields: [string, string][] = [['csrf', await createConfirmation(gateway, sessionId)]];
  if (returnTo !== undefined) fields.push(['return_to', returnTo]);
  return gateway.pages.confirmLogout(pageContext(c), { fields });
}

export const logoutCallback: Endpoint = (gateway) => async (c) => {
  const { config, keyring } = gateway;
  const name = logoutCookieName(gateway);
  const cookieHeader = c.req.header('cookie') ?? null;
  const sealed = parseOwnCookies(cookieHeader, cookieBase(config.isSecure)).get(name);
  const opened = sealed === undefined ? undefined : await keyring.unseal<LogoutState>('logout', sealed);
  const known = opened?.kind === 'ok' && gateway.now() - opened.value.at <= LOGOUT_LIFETIME ? opened.value : undefined;
  const isOurs = known !== undefined && known.state === new URL(c.req.url).searchParams.get('state');
  c.get('event').decision = isOurs ? 'signed_out' : 'unknown_logout_state';
  if (!isOurs) {
    // Somebody's link: whoever is signed in must not be told that they are not.
    const opened = await gateway.visitorSessions.open(cookieHeader, { countsAsActivity: false });
    if (opened.kind === 'active') return askFirst(gateway, c, opened.visit.session.id);
  }
  // Another state is a stale tab: the visitor is signed out all the same, but is sent nowhere.
  const returnTo = isOurs ? known.returnTo : undefined;
  const response =
    returnTo === undefined
      ? gateway.pages.signedOut(pageContext(c), {})
      : redirectAnswer(gateway, config.origin + returnTo);
  return appendCookies(response, isOurs ? [serializeCookie(name, '', 0, config.isSecure)] : []);
};

async function endSession(
  gateway: Gateway,
  c: AppContext,
  { holder, loginName, reason, isAway }: Held,
  returnTo: string | undefined,
): Promise<Response> {
  const { visitorSessions } = gateway;
  const cleared = visitorSessions.clearedCookies(c.req.header('cookie') ?? null);
  const event = c.get('event');
  if (!holder) {
    event.decision = 'nothing_to_sign_out';
    // A session that ran out here goes on at ZITADEL, where one click would sign in whoever sits there next.
    const hasRunOut = reason === 'expired' || reason === 'idle';
    const answer = answerSignedOut(gateway, c, returnTo, hasRunOut);
    // The browser may have its successor's cookie by now.
    return reason === 'replaced' ? answer : appendCookies(answer, cleared);
  }
  event.sub = holder.sub;
  visitorSessions.markEnded(holder.id, 'logout');
  const ended = await visitorSessions.signOut(holder, isAway);
  if (!ended) {
    event.decision = 'signed_out_of_this_browser';
    return appendCookies(
      gateway.pages.signedOut(pageContext(c), { isProviderUntold: true, isElsewhere: true, returnTo }),
      cleared,
    );
  }
  const target = await providerLogout(gateway, ended, loginName, returnTo);
  event.decision = target ? 'to_provider_logout' : 'signed_out_here';
  const response = target ? redirectAnswer(gateway, target.location, 303) : answerSignedOut(gateway, c, returnTo, true);
  // A browser that has signed in anew meanwhile keeps what it got by that.
  return appendCookies(response, [...(ended.isReplaced ? [] : cleared), ...(target ? [target.cookie] : [])]);
}

/** ZITADEL's end_session, or undefined when ZITADEL does not answer: nobody is sent to a page that does not come. */
async function providerLogout(
  gateway: Gateway,
  { id_token, providerAnswered }: EndOutcome,
  loginName: string | undefined,
  returnTo: string | undefined,
) {
  const { relyingParty, keyring, now, config } = gateway;
  if (!providerAnswered) return undefined;
  const state = generateRandomState();
  let location: string | undefined;
  try {
    const isGood = id_token !== undefined && (await relyingParty.isGoodHint(id_token));
    location = await relyingParty.endSessionUrl(state, isGood ? id_token : undefined, loginName);
  } catch (error) {
    gateway.emit({ event: 'logout_at_provider_failed', level: 'warn', reason: (error as Error).message });
    return undefined;
  }
  if (location === undefined) return undefined;
  const sealed = await keyring.seal('logout', {
    state,
    at: now(),
    ...(returnTo !== undefined && { returnTo }),
  } satisfies LogoutState);
  return { location, cookie: serializeCookie(logoutCookieName(gateway), sealed, LOGOUT_LIFETIME, config.isSecure) };
}

function answerSignedOut(
  gateway: Gateway,
  c: AppContext,
  returnTo: string | undefined,
  isProviderUntold: boolean,
): Response {
  if (returnTo !== undefined && !isProviderUntold)
    return redirectAnswer(gateway, gateway.config.origin + returnTo, 303);
  return gateway.pages.signedOut(pageContext(c), { isProviderUntold, returnTo });
}

/** Whether ZITADEL sends a visitor back after signing out, who may come to a page of the application's own. */
export function isLogoutAnswer({ config }: Gateway, request: Request): boolean {
  const base = cookieBase(config.isSecure);
  const isExpected = parseOwnCookies(request.headers.get('cookie'), base).has(`${base}-logout`);
  return isExpected && new URL(request.url).searchParams.has('state');
}

function logoutCookieName({ config }: Gateway): string {
  return `${cookieBase(config.isSecure)}-logout`;
}
