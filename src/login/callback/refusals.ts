// All that can keep a callback from ending in a session: each by its name, with what was found, and the fault that it makes.
// The tag is the event's `decision`; the reason is for the operator.

import { GatewayError } from '../../errors.ts';
import { providerFault } from '../../oidc/provider-errors.ts';
import type { FaultTable } from '../../shared/refusals.ts';
import { FLOODED } from '../may-begin-login.ts';

export type CallbackRefusal =
  /** A browser fetches ahead; nobody has come back yet. */
  | { readonly tag: 'prefetched' }
  | { readonly tag: 'repeated_parameter'; readonly name: string }
  | { readonly tag: 'flooded' }
  /** No login of this browser's, or none any more, belongs to the answer's `state`. */
  | { readonly tag: 'lost_transaction'; readonly state: string | null }
  | ProviderRefusal
  | { readonly tag: 'foreign_organization'; readonly organization: string | undefined };

/** What the conversation with ZITADEL ended in; `fault` says which of its checks failed, or what ZITADEL said. */
export type ProviderRefusal =
  /** ZITADEL says `access_denied`. */
  | { readonly tag: 'login_denied'; readonly fault: GatewayError }
  /** ZITADEL takes the code, or the token that it gave for it, no more. */
  | { readonly tag: 'spent_code'; readonly fault: GatewayError }
  | { readonly tag: 'failed_check'; readonly fault: GatewayError }
  /** ZITADEL can't be asked now, or refuses the gateway itself. */
  | { readonly tag: 'provider_away'; readonly fault: GatewayError };

export const CALLBACK_FAULTS: FaultTable<CallbackRefusal> = {
  prefetched: () => new GatewayError('bad_request', 'callback: a prefetch ends no login'),
  repeated_parameter: ({ name }) => new GatewayError('login_failed', `callback: ${name} is repeated`),
  flooded: FLOODED,
  lost_transaction: () => new GatewayError('cookies_blocked', 'callback: no transaction on the second attempt'),
  login_denied: ({ fault }) => fault,
  spent_code: ({ fault }) => fault,
  failed_check: ({ fault }) => fault,
  provider_away: ({ fault }) => fault,
  foreign_organization: ({ organization }) =>
    new GatewayError('foreign_organization', `organisation ${organization ?? 'unknown'}`),
};

/** Of what a call to ZITADEL has thrown. Throws whatever is no expected end of one. */
export function toProviderRefusal(error: unknown): ProviderRefusal {
  if (!(error instanceof GatewayError)) throw error;
  switch (error.code) {
    case 'login_denied':
      return { tag: 'login_denied', fault: error };
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
