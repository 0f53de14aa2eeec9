// Signs a visitor out: the session ends here first, then its tokens, then the session at ZITADEL. Returns what came of it.
// OpenID Connect RP-Initiated Logout 1.0 §2; RFC 7009; promise 4.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { generateRandomState } from '../oidc/conversation/random-values.ts';
import type { ReturnTo } from '../policy/return-to.ts';
import type { Holder } from '../session/session-ends.ts';
import type { EndOutcome } from '../user-object/api.ts';
import { markedState } from './callback/hand-over.ts';
import { loginHintOf } from './login-hint.ts';
import { signOutRoundCookie } from './sign-out-round.ts';

/** What a sign-out has to end. */
export interface Held {
  /** Whose session it is; missing where it is known to have ended. */
  readonly holder?: Holder | undefined;
  readonly loginName?: string | undefined;
  /** Why the session has ended; missing where there is no cookie. */
  readonly reason?: string;
  /** The user's object did not answer. */
  readonly isAway?: boolean;
}

/** What a sign-out ends in; the tag is the event's `decision`. */
export type SignedOut =
  /** `reason`: why the session had ended; missing where there is no cookie. */
  | { readonly tag: 'nothing_to_sign_out'; readonly reason?: string | undefined }
  /** The user's object could not be reached, and is told later. */
  | { readonly tag: 'signed_out_of_this_browser' }
  /** ZITADEL could not be told. `isReplaced`: the same browser has signed in anew meanwhile. */
  | { readonly tag: 'signed_out_here'; readonly isReplaced: boolean }
  /** `location` is ZITADEL's end_session; by `cookie` the way back from there is recognized. */
  | {
      readonly tag: 'to_provider_logout';
      readonly isReplaced: boolean;
      readonly location: string;
      readonly cookie: string;
    };

export async function openHeld({ visitorSessions }: Gateway, cookieHeader: string | null): Promise<Held> {
  try {
    const opened = await visitorSessions.open(cookieHeader, { countsAsActivity: false });
    if (opened.kind === 'ended') return { reason: opened.reason };
    if (opened.kind === 'none') return {};
    const { login_hint: loginName } = loginHintOf(opened.visit.session.identity);
    return { holder: await visitorSessions.holder(cookieHeader), loginName };
  } catch (error) {
    // A fault of ours must not keep anybody from signing out.
    if (!(error instanceof GatewayError)) throw error;
    return { holder: await visitorSessions.holder(cookieHeader), isAway: true };
  }
}

/** `returnTo`: the page to show after the way back from ZITADEL. */
export async function signOut(
  gateway: Gateway,
  { holder, loginName, reason, isAway }: Held,
  returnTo: ReturnTo | undefined,
): Promise<SignedOut> {
  if (!holder) return { tag: 'nothing_to_sign_out', reason };
  const { visitorSessions } = gateway;
  visitorSessions.markEnded(holder.id, 'logout');
  const ended = await visitorSessions.signOut(holder, isAway);
  if (!ended) return { tag: 'signed_out_of_this_browser' };
  const isReplaced = ended.isReplaced === true;
  const location = await providerLogout(gateway, ended, loginName);
  if (!location) return { tag: 'signed_out_here', isReplaced };
  const cookie = await signOutRoundCookie(gateway, location.state, returnTo);
  return { tag: 'to_provider_logout', isReplaced, location: location.url, cookie };
}

/** ZITADEL's end_session; undefined when ZITADEL does not answer, since its page would not come either. */
async function providerLogout(
  gateway: Gateway,
  { id_token, providerAnswered }: EndOutcome,
  loginName: string | undefined,
): Promise<{ readonly url: string; readonly state: string } | undefined> {
  if (!providerAnswered) return undefined;
  const { relyingParty, emit } = gateway;
  const state = markedState(gateway, generateRandomState());
  try {
    const isGood = id_token !== undefined && (await relyingParty.isGoodHint(id_token));
    const url = await relyingParty.endSessionUrl(state, isGood ? id_token : undefined, loginName);
    return url === undefined ? undefined : { url, state };
  } catch (error) {
    emit({ event: 'logout_at_provider_failed', level: 'warn', reason: (error as Error).message });
    return undefined;
  }
}
