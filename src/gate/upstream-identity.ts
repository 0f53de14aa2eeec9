// What an admitted request carries to the upstream: identity headers, tokens, the signed assertion.
// ARCHITECTURE §4.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { fieldBytes, type HeaderList } from '../identity/headers.ts';
import type { Identity } from '../identity/identity.ts';
import { type IdentityExtras, identityFields } from '../proxy/upstream-request.ts';
import { callerOf } from './authenticate.ts';
import type { Admitted } from './stages.ts';

const NOBODY: HeaderList = [];

/**
 * @throws GatewayError `unauthenticated`, `provider_unavailable` where a token is to be forwarded and there is no good one;
 * `identity_too_large` where a field has more than IDENTITY_MAX_BYTES
 */
export async function upstreamIdentity(gateway: Gateway, admitted: Admitted): Promise<IdentityExtras> {
  const caller = callerOf(admitted.who);
  const tokens = await tokensFor(gateway, admitted);
  const extras: IdentityExtras = {
    identityHeaders: caller ? gateway.identityHeadersOf(caller.identity) : NOBODY,
    assertion: await signFor(gateway, admitted),
    accessToken: tokens?.accessToken,
    idToken: tokens?.idToken,
  };
  if (caller) assertFits(gateway, caller.identity, extras);
  return extras;
}

/** The application's server would answer a bare 400 or 431; and a role that is left out could be one that forbids. */
function assertFits({ config }: Gateway, { roles }: Identity, extras: IdentityExtras): void {
  const most = config.identityMaxBytes;
  for (const [name, value] of identityFields(extras)) {
    const bytes = fieldBytes(name, value);
    if (bytes <= most) continue;
    const reason = `${name} has ${bytes} bytes with ${Object.keys(roles).length} roles, and IDENTITY_MAX_BYTES is ${most}`;
    throw new GatewayError('identity_too_large', reason);
  }
}

function signFor({ config, assertions }: Gateway, { context, requirement, who }: Admitted) {
  const caller = callerOf(who);
  const upstream = requirement.forwarding.upstream ?? config.upstream;
  if (!caller || !upstream || config.assertionKeys.length === 0) return undefined;
  return assertions.sign({
    identity: caller.identity,
    audience: upstream.origin,
    method: context.req.method,
    url: context.req.url,
    ...(who.kind === 'session' && { sessionId: who.visit.session.id }),
  });
}

/** Only the tokens that the route asks for. Without a good one the request is not sent: the application could not serve it. */
async function tokensFor(
  { visitorSessions }: Gateway,
  { requirement, who }: Admitted,
): Promise<Pick<IdentityExtras, 'accessToken' | 'idToken'> | undefined> {
  const { forward_access_token, forward_id_token } = requirement.forwarding;
  if (!(forward_access_token || forward_id_token)) return undefined;
  if (who.kind === 'bearer') return { accessToken: forward_access_token ? who.token : undefined };
  if (who.kind !== 'session') return undefined;
  const tokens = await visitorSessions.tokens(who.visit);
  if (tokens.kind === 'ended') throw new GatewayError('unauthenticated', `session ended: ${tokens.reason}`);
  if (tokens.kind === 'kept') throw new GatewayError('provider_unavailable', `no token to forward: ${tokens.reason}`);
  const { access_token, id_token } = tokens;
  return {
    accessToken: forward_access_token ? access_token : undefined,
    idToken: forward_id_token ? id_token : undefined,
  };
}
