// Passes an allowed request on, and says in the log what came of it.
// Design §4; promise 4 (open connections end with the session).

import type { AppContext } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import { compileReservedNames } from '../identity/reserved-names.ts';
import { claimsBearer } from '../oidc/bearer/authorization-header.ts';
import { createForward, type ForwardOptions } from '../proxy/forward.ts';
import { nextTraceparent } from '../proxy/trace-context.ts';
import { randomHex } from '../shared/random.ts';
import type { Admitted } from './admission.ts';
import { createUpstreamIdentity } from './upstream-identity.ts';

type OpenChecks = Pick<ForwardOptions, 'stillAllowed' | 'revalidationTimes'>;

export type ForwardAdmitted = (c: AppContext, admitted: Admitted, revalidation: OpenChecks) => Promise<Response>;

export function createForwardAdmitted(gateway: Gateway): ForwardAdmitted {
  const { config, bindings, fetch, stopwatch } = gateway;
  const identityOf = createUpstreamIdentity(gateway);
  const forward = createForward({ config, bindings, fetch, isReservedName: compileReservedNames(config) });

  return async (c, admitted, revalidation) => {
    const event = c.get('event');
    const { headers } = c.req.raw;
    const { forwarding, isPublic, credentials } = admitted.requirement;
    const traceparent = nextTraceparent(headers.get('traceparent'), randomHex);
    event.trace_id = traceparent.slice(3, 35);
    const { identityHeaders, assertion, accessToken, idToken } = await identityOf(c, admitted);
    const started = stopwatch();
    try {
      const response = await forward(c.req.raw, forwarding, {
        requestId: event.request_id,
        traceparent,
        identityHeaders,
        assertion,
        accessToken,
        idToken,
        isPublic,
        // A bearer token was judged here; what another scheme says is between the visitor and the application.
        consumesAuthorization: credentials.bearer && claimsBearer(headers.get('authorization') ?? undefined),
        ...revalidation,
      });
      event.upstream_status = response.status;
      return response;
    } finally {
      event.upstream_ms = Math.round(stopwatch() - started);
    }
  };
}
