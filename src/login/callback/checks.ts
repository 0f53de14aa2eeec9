// The checks of a callback. Each takes what the checks before it have proved, and returns more evidence, or a refusal.
// OIDC Core §3.1.2.5 to §3.1.3.7, §5.3; RFC 9207. Their order is in endpoints/callback.ts.

import { toLoginFault } from '../../oidc/provider-errors.ts';
import { readIdentity, withActor } from '../../oidc/zitadel/identity-claims.ts';
import { findForeignOrganization } from '../../oidc/zitadel/organization.ts';
import { isPrefetch } from '../../policy/navigation.ts';
import { type Checks, isRefusal } from '../../shared/refusals.ts';
import { isFlooded } from '../may-begin-login.ts';
import { loadTransaction } from '../transaction-cookie.ts';
import type { Answer, Arrival, CallbackParameters, Exchanged, LoginUnderWay, ProvenLogin } from './evidence.ts';
import { type CallbackRefusal, type ProviderRefusal, toProviderRefusal } from './refusals.ts';

type Refused<Tag extends CallbackRefusal['tag']> = Extract<CallbackRefusal, { readonly tag: Tag }>;

export function notPrefetched(arrival: Arrival): Arrival | Refused<'prefetched'> {
  return isPrefetch(arrival.c.req.raw.headers) ? { tag: 'prefetched' } : arrival;
}

export function namedOnce(arrival: Arrival): Answer | Refused<'repeated_parameter'> {
  const parameters = arrival.c.get('url').searchParams;
  const name = ['code', 'state', 'iss', 'error'].find((each) => parameters.getAll(each).length > 1);
  if (name !== undefined) return { tag: 'repeated_parameter', name };
  return { ...arrival, parameters: parameters as CallbackParameters };
}

export async function notFlooded(answer: Answer): Promise<Answer | Refused<'flooded'>> {
  return (await isFlooded(answer.gateway, answer.c.req.raw)) ? { tag: 'flooded' } : answer;
}

export async function ownTransaction(answer: Answer): Promise<LoginUnderWay | Refused<'lost_transaction'>> {
  const { gateway, c, parameters } = answer;
  const state = parameters.get('state');
  const transaction = await loadTransaction(gateway, c.req.raw, state);
  if (!transaction) return { tag: 'lost_transaction', state };
  return { ...answer, transaction, askedAt: gateway.now(), askedStopwatch: gateway.stopwatch() };
}

/** Checks `iss`, `state`, `error` and `code` of the answer, exchanges the code, and checks the tokens; all of it in oidc/. */
export async function exchangedCode(login: LoginUnderWay): Promise<Exchanged | ProviderRefusal> {
  const { gateway, parameters, transaction } = login;
  const signal = AbortSignal.timeout(gateway.loginDeadline);
  try {
    return { ...login, ...(await gateway.relyingParty.exchangeCode(parameters, transaction, signal)), signal };
  } catch (error) {
    return toProviderRefusal(error);
  }
}

/** Reads who has signed in from userinfo, or from the ID token where the provider has no such endpoint. */
export async function identified(login: Exchanged): Promise<ProvenLogin | ProviderRefusal> {
  const { gateway, c, tokens, idToken, signal } = login;
  const claimsAt = gateway.now();
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = (await gateway.relyingParty.userinfo(tokens.access_token, idToken.sub, signal)) ?? idToken.all;
  } catch (error) {
    return toProviderRefusal(toLoginFault('userinfo', error));
  }
  const { identity, malformed } = readIdentity(idToken.sub, withActor(claims, idToken.all), gateway.identityOptions);
  const { sub } = identity;
  if (malformed.length > 0) gateway.emit({ event: 'malformed_claims', level: 'warn', sub, claims: malformed });
  c.get('event').sub = sub;
  return { ...login, identity, claimsAt };
}

export function ofOurOrganization(login: ProvenLogin): ProvenLogin | Refused<'foreign_organization'> {
  const foreign = findForeignOrganization(login.identity, login.gateway.config.organizationId);
  return foreign ? { tag: 'foreign_organization', ...foreign } : login;
}

/** For checks that run when there are tokens already: gives the tokens back if one of the checks fails. */
export function orGivingBackTokens<Found extends object>(checks: Checks<Exchanged, Found>) {
  return async (login: Exchanged): Promise<Found> => {
    let isProven = false;
    try {
      const found = await checks.run(login);
      isProven = !isRefusal(found);
      return found;
    } finally {
      if (!isProven) login.gateway.waitUntil(giveBackTokens(login));
    }
  };
}

/** A login that does not end in a session leaves no live token behind. */
export async function giveBackTokens({ gateway, tokens }: Pick<Exchanged, 'gateway' | 'tokens'>): Promise<void> {
  const { refresh_token } = tokens;
  if (refresh_token === undefined) return;
  await gateway.relyingParty.revoke(refresh_token, 'refresh_token').catch(() => undefined);
}
