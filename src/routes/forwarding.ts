// Passes an allowed request on, and says in the log what came of it.
// Design §4; promise 4 (open connections end with the session).

import type { Gateway } from '../gateway.ts';
import { compileReservedNames } from '../identity/reserved-names.ts';
import { createForward } from '../proxy/forward.ts';
import { nextTraceparent } from '../proxy/trace-context.ts';
import type { StillAllowed } from '../proxy/watch.ts';
import type { Admitted } from './admission.ts';
import type { AppContext } from './answers.ts';
import { compilePassage } from './passage.ts';

/** For traces, which a UUID's randomness is enough for; bytes up to 16. */
const randomHex = (bytes: number): string =>
  crypto
    .randomUUID()
    .replaceAll('-', '')
    .slice(-2 * bytes);

export type ForwardAllowed = (c: AppContext, admitted: Admitted, stillAllowed?: StillAllowed) => Promise<Response>;

export function createForwarding(gateway: Gateway): ForwardAllowed {
  const { config, bindings, fetch, stopwatch } = gateway;
  const passageOf = compilePassage(gateway);
  const forward = createForward({ config, bindings, fetch, isReservedName: compileReservedNames(config), randomHex });

  return async (c, admitted, stillAllowed) => {
    const { event } = c.var;
    const traceparent = nextTraceparent(c.req.header('traceparent') ?? null, randomHex);
    event.trace_id = traceparent.slice(3, 35);
    const passage = { ...(await passageOf(c, admitted)), traceparent, stillAllowed };
    const started = stopwatch();
    try {
      const response = await forward(c.req.raw, admitted.requirement.forwarding, passage);
      event.upstream_status = response.status;
      return response;
    } finally {
      event.upstream_ms = Math.round(stopwatch() - started);
    }
  };
}
