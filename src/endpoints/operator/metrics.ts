// GET /auth/metrics: what all isolates have counted, for Prometheus. The operator's only.
// Prometheus text format 0.0.4; docs/operations.md says what each series means and what it can't know.

import type { Endpoint } from '../../answer/answers.ts';
import { GatewayError } from '../../errors.ts';
import { refuseUnlessOperator } from '../../gate/operator.ts';
import { writeExposition } from '../../observability/exposition.ts';
import { ownResponseHeaders } from '../../pages/page-headers.ts';
import { LATE, within } from '../../shared/isolate/deadline.ts';

/** Milliseconds. */
const DEADLINE = 4_000;

export const metrics: Endpoint = (gateway) => async (c) => {
  const refusal = await refuseUnlessOperator(gateway, c);
  if (refusal) return refusal;
  if (!gateway.metrics) throw new GatewayError('not_found', 'metrics: nothing is counted here');
  const counts = await within(gateway.metrics.read(), DEADLINE).catch(() => LATE);
  if (typeof counts === 'symbol') throw new GatewayError('store_unavailable', 'metrics: no sums');
  return new Response(writeExposition(counts), {
    headers: { ...ownResponseHeaders(gateway.config), 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
};
