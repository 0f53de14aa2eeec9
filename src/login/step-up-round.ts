// A step-up's one round: how ZITADEL is asked for a fresh or stronger sign-in, and what is made of one that lacks something.
// OIDC Core §3.1.2.1 (prompt, max_age, login_hint); RFC 9470 §4, §5; design §3.

import type { AppContext } from '../answer/answers.ts';
import { endpointUrl } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { Session } from '../session/session.ts';
import { loginHintOf } from './login-hint.ts';
import type { LoginStart } from './start-login.ts';
import type { Transaction } from './transaction.ts';

type Wanted = Pick<Transaction, 'max_age' | 'amr'>;

/**
 * ZITADEL takes no acr_values, and its Login V2 does not look at max_age: there prompt=login alone makes people prove themselves
 * anew, and ZITADEL itself takes it for max_age=0. The true max_age goes along for providers that keep to the standard.
 */
export function stepUpStart(returnTo: string, { max_age, amr }: Wanted, identity: Identity | undefined): LoginStart {
  const extra = {
    prompt: 'login',
    ...(identity && loginHintOf(identity)),
    ...(max_age !== undefined && { max_age: String(max_age) }),
  };
  return { returnTo, extra, stepUp: { ...(max_age !== undefined && { max_age }), ...(amr && { amr }) } };
}

export interface Lack {
  readonly unmet: 'max_age' | 'amr';
  /** For the log. */
  readonly reason: string;
}

/** What a new sign-in lacks of what the step-up was for. */
export function findLack({ max_age, amr = [] }: Wanted, session: Session, now: number): Lack | undefined {
  if (max_age !== undefined && now - session.auth_time > max_age) {
    return { unmet: 'max_age', reason: 'step-up: auth_time is too old' };
  }
  const missing = amr.filter((method) => !session.amr.includes(method));
  return missing.length > 0 ? { unmet: 'amr', reason: `step-up: amr lacks ${missing.join(' ')}` } : undefined;
}

/** Away from the callback, whose address holds a code. `again` is on our origin. */
export function refusedStepUpUrl({ config }: Gateway, c: AppContext, { unmet, reason }: Lack, again: string): string {
  const event = c.get('event');
  event.decision = 'step_up_refused';
  event.reason = reason;
  return endpointUrl(config, 'stepUp', { unmet, return_to: again.slice(config.origin.length) });
}
