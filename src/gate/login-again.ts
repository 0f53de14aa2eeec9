// A sign-in anew for a page, begun at the login endpoint by somebody who is signed in: as whom, and what it has to show.
// OIDC Core §3.1.2.1 (login_hint, max_age); ARCHITECTURE §3 (step-up).

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { loginHintOf } from '../login/login-hint.ts';
import type { LoginStart } from '../login/start-login.ts';
import { stepUpStart } from '../login/step-up-round.ts';
import { decide } from '../policy/decide.ts';
import { matchRequest } from '../policy/match.ts';
import type { Visit } from '../session/visit.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import { callerOf } from './authenticate.ts';

type Again = Pick<LoginStart, 'extra' | 'stepUp'>;

/**
 * A visitor who has to sign in again for a page need not type their name, and is held to what the page demands: who asks
 * by /auth/check would send them here again and again.
 */
export async function againFor(gateway: Gateway, { headers }: Request, returnTo: OwnAddress): Promise<Again> {
  try {
    const opened = await gateway.visitorSessions.open(headers.get('cookie'), { countsAsActivity: false });
    return opened.kind === 'active' ? stepUpFor(gateway, opened.visit, returnTo) : {};
  } catch (error) {
    // The sign-in works without a hint.
    if (error instanceof GatewayError) return {};
    throw error;
  }
}

function stepUpFor({ config, rules, now }: Gateway, visit: Visit, returnTo: OwnAddress): Again {
  const { identity } = visit.session;
  const { host, pathname: path } = new URL(config.origin + returnTo);
  const requirement = matchRequest(rules, { method: 'GET', host, path });
  const decision =
    requirement.kind === 'nonsense' ? undefined : decide(requirement, callerOf({ kind: 'session', visit }), now());
  return decision?.kind === 'step-up' ? stepUpStart(returnTo, decision, identity) : { extra: loginHintOf(identity) };
}
