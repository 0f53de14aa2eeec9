// A step-up's one round: how ZITADEL is asked for a fresh or stronger sign-in, and what is made of one that lacks something.
// OIDC Core §3.1.2.1 (prompt, max_age, login_hint); RFC 9470 §4, §5; ARCHITECTURE §3.

import type { AppContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { Session } from '../session/session.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import type { FaultTable } from '../shared/refusals.ts';
import { loginHintOf } from './login-hint.ts';
import type { LoginStart } from './start-login.ts';
import type { Transaction } from './transaction.ts';

type Wanted = Pick<Transaction, 'max_age' | 'amr'>;

/**
 * ZITADEL takes no acr_values, and its Login V2 does not look at max_age: there prompt=login alone makes people prove themselves
 * anew, and ZITADEL itself takes it for max_age=0. The true max_age goes along for providers that keep to the standard.
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

/** What a new sign-in lacks of what the step-up was for. */
export type Lack = { readonly tag: 'max_age' } | { readonly tag: 'amr'; readonly missing: readonly string[] };

export function findLack({ max_age, amr = [] }: Wanted, session: Session, now: number): Lack | undefined {
  if (max_age !== undefined && now - session.auth_time > max_age) return { tag: 'max_age' };
  const missing = amr.filter((method) => !session.amr.includes(method));
  return missing.length > 0 ? { tag: 'amr', missing } : undefined;
}

/** For the log, beside the callback that the lack belongs to. */
function reasonOf(lack: Lack): string {
  switch (lack.tag) {
    case 'max_age':
      return 'step-up: auth_time is too old';
    case 'amr':
      return `step-up: amr lacks ${lack.missing.join(' ')}`;
  }
}

/** Away from the callback, whose address holds a code. `again` is on our origin. */
export function refusedStepUpUrl({ config }: Gateway, c: AppContext, lack: Lack, again: string): string {
  const event = c.get('event');
  event.decision = 'step_up_refused';
  event.reason = reasonOf(lack);
  const query = new URLSearchParams({ unmet: lack.tag, return_to: again.slice(config.origin.length) });
  return `${config.origin}${config.endpoints}/step-up?${query}`;
}

/** What the address of the page says of the lack, in whatever spelling it comes. */
export function parseUnmet(unmet: string | null): Lack['tag'] {
  return unmet === 'max_age' ? 'max_age' : 'amr';
}

/** Of the page that says so. */
export const STEP_UP_FAULTS: FaultTable<{ readonly tag: 'max_age' } | { readonly tag: 'amr' }> = {
  max_age: () => new GatewayError('forbidden', 'step-up: not met (max_age)'),
  amr: () => new GatewayError('forbidden', 'step-up: not met (amr)'),
};
