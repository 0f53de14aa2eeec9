// Every reason why a callback may end without a session: a tag with its evidence, and the table of the faults they make.
// The tag is the event's `decision`; the reason is for the operator.

import { GatewayError } from '../../errors.ts';
import { isCancelled, providerFault } from '../../oidc/provider-errors.ts';
import type { FaultTable } from '../../shared/refusals.ts';
import { FLOODED } from '../may-begin-login.ts';

export type CallbackRefusal =
  /** The browser fetches ahead; the visitor has not come back yet. */
  | { readonly tag: 'prefetched' }
  | { readonly tag: 'repeated_parameter'; readonly name: string }
  | { readonly tag: 'flooded' }
  /** This browser has no login with the answer's `state`, or the login took too long. */
  | { readonly tag: 'lost_transaction'; readonly state: string | null }
  /** The login has started again for this answer before, or for too many others. */
  | { readonly tag: 'went_round' }
  | ProviderRefusal
  | { readonly tag: 'foreign_organization'; readonly organization: string | undefined };

/** A call to ZITADEL ended in a fault, which says what ZITADEL answered, or which check of the answer failed. */
export type ProviderRefusal =
  /** ZITADEL says `access_denied`: the visitor has cancelled, or may not sign in. */
  | { readonly tag: 'login_denied'; readonly fault: GatewayError; readonly isCancelled: boolean }
  /** ZITADEL no longer takes the code, or the token that it gave for it. */
  | { readonly tag: 'spent_code'; readonly fault: GatewayError }
  | { readonly tag: 'failed_check'; readonly fault: GatewayError }
  /** ZITADEL can't be asked now, or refuses the gateway itself. */
  | { readonly tag: 'provider_away'; readonly fault: GatewayError };

export const CALLBACK_FAULTS: FaultTable<CallbackRefusal> = {
  prefetched: () => new GatewayError('bad_request', 'callback: a prefetch ends no login'),
  repeated_parameter: ({ name }) => new GatewayError('login_failed', `callback: ${name} is repeated`),
  flooded: FLOODED,
  lost_transaction: () => new GatewayError('cookies_blocked', 'callback: no transaction on the second attempt'),
  went_round: () =>
    new GatewayError('login_failed', 'callback: the same answer again, and no login that it belongs to'),
  login_denied: ({ fault }) => fault,
  spent_code: ({ fault }) => fault,
  failed_check: ({ fault }) => fault,
  provider_away: ({ fault }) => fault,
  foreign_organization: ({ organization }) =>
    new GatewayError('foreign_organization', `organisation ${organization ?? 'unknown'}`),
};

/** `error`: what a call to ZITADEL has thrown. Throws it again if no call is expected to end like that. */
export function toProviderRefusal(error: unknown): ProviderRefusal {
  if (!(error instanceof GatewayError)) throw error;
  switch (error.code) {
    case 'login_denied':
      return { tag: 'login_denied', fault: error, isCancelled: isCancelled(error) };
    case 'provider_unavailable':
      return { tag: 'provider_away', fault: error };
    case 'login_failed':
      return { tag: isSpent(error) ? 'spent_code' : 'failed_check', fault: error };
    default:
      throw error;
  }
}

function isSpent({ cause }: GatewayError): boolean {
  return cause !== undefined && providerFault(cause).kind === 'dead';
}
