// Passes an allowed request on: whose identity, which tokens, which assertion, and until when a long answer may go on.
// Design §4; promise 4 (open connections end with the session).

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { type Assertions, createAssertions } from '../identity/assertion.ts';
import { compileIdentityHeaders, type HeaderList } from '../identity/headers.ts';
import { compileReservedNames } from '../identity/reserved-names.ts';
import type { Requirement } from '../policy/requirement.ts';
import { createForward } from '../proxy/forward.ts';
import type { StillAllowed } from '../proxy/watch.ts';
import { randomHex } from '../session/refresh-tokens.ts';
import type { RequestContext } from './answers.ts';
import { callerOf, type Who } from './authenticate.ts';

const NOBODY: HeaderList = [];

export type ForwardAllowed = (
  c: RequestContext,
  requirement: Requirement,
  who: Who,
  stillAllowed?: StillAllowed,
) => Promise<Response>;

export function createForwarding(
  gateway: Gateway,
  assertions: Assertions = createAssertionsOf(gateway),
): ForwardAllowed {
  const { config, bindings, fetch, stopwatch } = gateway;
  const identityHeadersOf = compileIdentityHeaders(config);
  const forward = createForward({ config, bindings, fetch, isReservedName: compileReservedNames(config), randomHex });

  function signFor(c: RequestContext, requirement: Requirement, who: Who) {
    const caller = callerOf(who);
    if (!caller || config.assertionKeys.length === 0) return undefined;
    const { origin } = requirement.forwarding.upstream ?? config.upstream;
    return assertions.sign({
      identity: caller.identity,
      audience: origin,
      method: c.req.method,
      url: c.req.url,
      ...(who.kind === 'session' && { sessionId: who.visit.session.id }),
    });
  }

  /** Only the tokens that the route asks for; without a good one the application would be asked in vain. */
  async function tokensFor({ forwarding }: Requirement, who: Who) {
    const { forward_access_token, forward_id_token } = forwarding;
    if (who.kind === 'bearer') return forward_access_token ? { accessToken: who.token } : {};
    if (who.kind !== 'session' || !(forward_access_token || forward_id_token)) return {};
    const tokens = await gateway.visitorSessions.tokens(who.visit);
    if (tokens.kind === 'ended') throw new GatewayError('unauthenticated', `session ended: ${tokens.reason}`);
    if (tokens.kind === 'kept') throw new GatewayError('provider_unavailable', `no token to forward: ${tokens.reason}`);
    const { access_token, id_token } = tokens;
    return {
      ...(forward_access_token && { accessToken: access_token }),
      ...(forward_id_token && { idToken: id_token }),
    };
  }

  return async (c, requirement, who, stillAllowed) => {
    const { event } = c.var;
    const caller = callerOf(who);
    const passage = {
      requestId: event.request_id,
      identityHeaders: caller ? identityHeadersOf(caller.identity) : NOBODY,
      isPublic: requirement.isPublic,
      consumesAuthorization: requirement.credentials.bearer,
      assertion: await signFor(c, requirement, who),
      stillAllowed,
      ...(await tokensFor(requirement, who)),
    };
    const started = stopwatch();
    try {
      const response = await forward(c.req.raw, requirement.forwarding, passage);
      event.upstream_status = response.status;
      return response;
    } finally {
      event.upstream_ms = Math.round(stopwatch() - started);
    }
  };
}

export function createAssertionsOf({ config, now }: Gateway): Assertions {
  return createAssertions({ config, now, randomId: () => crypto.randomUUID() });
}
