// What an allowed request takes with it: whose identity, which tokens, which assertion.
// Design §4.

import type { RequestContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { HeaderList } from '../identity/headers.ts';
import type { Requirement } from '../policy/requirement.ts';
import type { IdentityExtras } from '../proxy/upstream-request.ts';
import type { Admitted } from './admission.ts';
import { callerOf, type Who } from './authenticate.ts';

const NOBODY: HeaderList = [];

type Tokens = Pick<IdentityExtras, 'accessToken' | 'idToken'>;

export type UpstreamIdentityOf = (c: RequestContext, admitted: Admitted) => Promise<IdentityExtras>;

export function createUpstreamIdentity(gateway: Gateway): UpstreamIdentityOf {
  const { config, identityHeadersOf, assertions } = gateway;

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
  async function tokensFor({ forwarding }: Requirement, who: Who): Promise<Tokens | undefined> {
    const { forward_access_token, forward_id_token } = forwarding;
    if (!(forward_access_token || forward_id_token)) return undefined;
    if (who.kind === 'bearer') return { accessToken: forward_access_token ? who.token : undefined };
    if (who.kind !== 'session') return undefined;
    const tokens = await gateway.visitorSessions.tokens(who.visit);
    if (tokens.kind === 'ended') throw new GatewayError('unauthenticated', `session ended: ${tokens.reason}`);
    if (tokens.kind === 'kept') throw new GatewayError('provider_unavailable', `no token to forward: ${tokens.reason}`);
    const { access_token, id_token } = tokens;
    return {
      accessToken: forward_access_token ? access_token : undefined,
      idToken: forward_id_token ? id_token : undefined,
    };
  }

  return async (c, { requirement, who }) => {
    const caller = callerOf(who);
    const tokens = await tokensFor(requirement, who);
    return {
      identityHeaders: caller ? identityHeadersOf(caller.identity) : NOBODY,
      assertion: await signFor(c, requirement, who),
      accessToken: tokens?.accessToken,
      idToken: tokens?.idToken,
    };
  };
}
