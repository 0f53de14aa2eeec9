// A sign-out goes by way of ZITADEL. Meanwhile the browser keeps a sealed cookie, by which the way back is recognized.
// RP-Initiated Logout 1.0 §2 (state), §3.

import type { Gateway } from '../gateway.ts';
import type { ReturnTo } from '../policy/return-to.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';

interface SignOutRound {
  readonly state: string;
  readonly returnTo?: ReturnTo;
  readonly at: number;
}

/** Seconds that ZITADEL's sign-out page may take. */
const LIFETIME = 600;

/** A Set-Cookie value. */
export async function signOutRoundCookie(
  gateway: Gateway,
  state: string,
  returnTo: ReturnTo | undefined,
): Promise<string> {
  const { config, keyring, now } = gateway;
  const round: SignOutRound = { state, at: now(), ...(returnTo !== undefined && { returnTo }) };
  return serializeCookie(cookieName(gateway), await keyring.seal('logout', round), LIFETIME, config.isSecure);
}

export function endedSignOutRoundCookie(gateway: Gateway): string {
  return serializeCookie(cookieName(gateway), '', 0, gateway.config.isSecure);
}

/** Undefined unless a sign-out of this browser, not too long ago, led to this answer. */
export async function loadSignOutRound(gateway: Gateway, request: Request): Promise<SignOutRound | undefined> {
  const sealed = ownCookies(gateway, request).get(cookieName(gateway));
  const opened = sealed === undefined ? undefined : await gateway.keyring.unseal<SignOutRound>('logout', sealed);
  if (opened?.kind !== 'ok' || gateway.now() - opened.value.at > LIFETIME) return undefined;
  return opened.value.state === new URL(request.url).searchParams.get('state') ? opened.value : undefined;
}

/** Whether this may be the way back from ZITADEL. The operator may have registered a page of the application for it. */
export function isSignOutAnswer(gateway: Gateway, request: Request): boolean {
  return ownCookies(gateway, request).has(cookieName(gateway)) && new URL(request.url).searchParams.has('state');
}

function ownCookies({ config }: Gateway, request: Request): ReadonlyMap<string, string> {
  return parseOwnCookies(request.headers.get('cookie'), cookieBase(config.isSecure));
}

function cookieName({ config }: Gateway): string {
  return `${cookieBase(config.isSecure)}-logout`;
}
