// A step-up: how ZITADEL is asked for a fresh or stronger sign-in, and what follows if the new sign-in is not that.
// OIDC Core §3.1.2.1 (prompt, max_age, login_hint); RFC 9470 §4, §5; ARCHITECTURE §3.

import type { AppContext } from '../answer/answers.ts';
import { endpointUrl } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { Session } from '../session/session.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import { loginHintOf } from './login-hint.ts';
import type { LoginStart } from './start-login.ts';
import type { Transaction } from './transaction.ts';

type Wanted = Pick<Transaction, 'max_age' | 'amr'>;

/**
 * ZITADEL takes no acr_values, and its Login V2 does not look at max_age. Only prompt=login makes people sign in anew there; ZITADEL
 * takes it for max_age=0. The true max_age goes along for providers that keep to the standard.
 */
export function stepUpStart(
  returnTo: OwnAddress,
  { max_age, amr }: Wanted,
  identity: Identity | undefined,
): LoginStart {
  const extra = {
    prompt: 'login',
    ...(identity && loginHintOf(identity)),
    ...(max_age !== undefined && { max_age: String(max_age) }),
  };
  return { returnTo, extra, stepUp: { ...(max_age !== undefined && { max_age }), ...(amr && { amr }) } };
}

/** The condition of the step-up that a new sign-in does not meet. */
export type Lack = { readonly tag: 'max_age' } | { readonly tag: 'amr'; readonly missing: readonly string[] };

export function findLack({ max_age, amr = [] }: Wanted, session: Session, now: number): Lack | undefined {
  if (max_age !== undefined && now - session.auth_time > max_age) return { tag: 'max_age' };
  const missing = amr.filter((method) => !session.amr.includes(method));
  return missing.length > 0 ? { tag: 'amr', missing } : undefined;
}

/** For the log of the callback. */
function reasonOf(lack: Lack): string {
  switch (lack.tag) {
    case 'max_age':
      return 'step-up: auth_time is too old';
    case 'amr':
      return `step-up: amr lacks ${lack.missing.join(' ')}`;
  }
}

/** The page that says so: not the callback, whose address holds a code. `again`: an address on our origin for another try. */
export function refusedStepUpUrl({ config }: Gateway, c: AppContext, lack: Lack, again: string): string {
  const event = c.get('event');
  event.decision = 'step_up_refused';
  event.reason = reasonOf(lack);
  return endpointUrl(config, 'stepUp', { unmet: lack.tag, return_to: again.slice(config.origin.length) });
}
