// Passes an admitted request on to the upstream, and logs the outcome.
// ARCHITECTURE §4; promise 4 (open connections end with the session).

import type { Gateway } from '../gateway.ts';
import { compileReservedNames } from '../identity/reserved-names.ts';
import { claimsBearer } from '../oidc/bearer/authorization-header.ts';
import { isNavigation } from '../policy/navigation.ts';
import { createForward } from '../proxy/forward.ts';
import { nextTraceparent } from '../proxy/trace-context.ts';
import { randomHex } from '../shared/random.ts';
import { revalidationTimes, revalidatorOf } from './revalidation.ts';
import type { Admitted } from './stages.ts';
import { upstreamIdentity } from './upstream-identity.ts';

export type ForwardAdmitted = (admitted: Admitted) => Promise<Response>;

export function createForwardAdmitted(gateway: Gateway): ForwardAdmitted {
  const { config, bindings, fetch, stopwatch } = gateway;
  const forward = createForward({ config, bindings, fetch, isReservedName: compileReservedNames(config) });

  return async (admitted) => {
    const { context, requirement } = admitted;
    const event = context.get('event');
    const { headers } = context.req.raw;
    const traceparent = nextTraceparent(headers.get('traceparent'), randomHex);
    event.trace_id = traceparent.slice(3, 35);
    const identity = await upstreamIdentity(gateway, admitted);
    const started = stopwatch();
    try {
      const response = await forward(context.req.raw, requirement.forwarding, {
        ...identity,
        requestId: event.request_id,
        traceparent,
        isPublic: requirement.isPublic,
        isPage: isNavigation(headers, context.req.method),
        // The gateway consumes the bearer tokens that it judges. Credentials of another scheme are for the application.
        consumesAuthorization:
          requirement.credentials.bearer && claimsBearer(headers.get('authorization') ?? undefined),
        stillAllowed: revalidatorOf(gateway, admitted),
        revalidationTimes: revalidationTimes(gateway, admitted),
      });
      event.upstream_status = response.status;
      return response;
    } finally {
      event.upstream_ms = Math.round(stopwatch() - started);
    }
  };
}
