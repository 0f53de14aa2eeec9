// What the checks of a callback prove, one upon the other: each of these has passed all that its order in endpoints/callback.ts says.

import type { AppContext } from '../../answer/answers.ts';
import type { Gateway } from '../../gateway.ts';
import type { Identity } from '../../identity/identity.ts';
import type { TokenSet } from '../../oidc/relying-party.ts';
import type { IdTokenClaims } from '../../oidc/tokens/id-token.ts';
import type { Transaction } from '../transaction.ts';

export interface Arrival {
  readonly gateway: Gateway;
  readonly c: AppContext;
}

declare const once: unique symbol;
/** None of those that are judged is there twice: of two, somebody else might read the other. Only namedOnce gives them. */
export type CallbackParameters = URLSearchParams & { readonly [once]: true };

export interface Answer extends Arrival {
  readonly parameters: CallbackParameters;
}

/** The answer to a login of this browser. */
export interface LoginUnderWay extends Answer {
  readonly transaction: Transaction;
  /** When the browser sent off its callback: seconds since the epoch, and milliseconds of the stopwatch. */
  readonly askedAt: number;
  readonly askedStopwatch: number;
}

export interface Exchanged extends LoginUnderWay {
  readonly tokens: TokenSet;
  readonly idToken: IdTokenClaims;
  /** Ends what is asked of ZITADEL for this login. */
  readonly signal: AbortSignal;
}

/** Everything is proved: a session may begin. */
export interface ProvenLogin extends Exchanged {
  readonly identity: Identity;
  /** When ZITADEL was asked for it. */
  readonly claimsAt: number;
}
