// What the checks of a callback have proved. Each type extends the one that the check before it gives.

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
/** `code`, `state`, `iss` and `error` are there once at most: of two, others might read the other one. Only namedOnce gives this type. */
export type CallbackParameters = URLSearchParams & { readonly [once]: true };

export interface Answer extends Arrival {
  readonly parameters: CallbackParameters;
}

/** The answer belongs to a login of this browser. */
export interface LoginUnderWay extends Answer {
  readonly transaction: Transaction;
  /** When the browser sent off its callback: seconds since the epoch, and milliseconds of the stopwatch. */
  readonly askedAt: number;
  readonly askedStopwatch: number;
}

export interface Exchanged extends LoginUnderWay {
  readonly tokens: TokenSet;
  readonly idToken: IdTokenClaims;
  /** Aborts the calls to ZITADEL that this login makes. */
  readonly signal: AbortSignal;
}

/** All checks have passed: a session may begin. */
export interface ProvenLogin extends Exchanged {
  readonly identity: Identity;
  /** When ZITADEL was asked for the identity. */
  readonly claimsAt: number;
}
