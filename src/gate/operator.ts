// Lets whoever brings OPERATOR_SECRET use the operator's endpoints. While it is unset, these endpoints do not exist.
// RFC 6750 §2.1; ARCHITECTURE §1. A client that brings wrong secrets has to wait; until then none of its secrets is compared.

import { type AppContext, faultAnswer } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { isSameSecret } from '../shared/equal-secrets.ts';

/** Clients for whom the edge names no address share one budget. */
const NOBODY_KNOWN = 'unknown';

/** The refusal, or undefined for the operator. @throws GatewayError `not_found` where there is no operator, `too_many_requests` */
export async function refuseUnlessOperator(gateway: Gateway, c: AppContext): Promise<Response | undefined> {
  const { config, operatorAttempts } = gateway;
  if (config.operatorSecret === undefined) throw new GatewayError('not_found', 'OPERATOR_SECRET is unset');
  const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (given !== undefined) {
    const network = clientNetwork(c.req.raw.headers) ?? NOBODY_KNOWN;
    // The attempt is counted before the comparison, so that of a hundred sent at once only a few are compared.
    const wait = operatorAttempts.take(network);
    if (wait > 0) throw new GatewayError('too_many_requests', 'operator: too many wrong secrets', { retryAfter: wait });
    if (await isSameSecret(given, [config.operatorSecret])) {
      operatorAttempts.giveBack(network);
      return undefined;
    }
    await countAtTheEdge(gateway, network);
  }
  const headers = { 'WWW-Authenticate': 'Bearer realm="operator"' };
  return faultAnswer(gateway, c, 'invalid_token', 'operator: wrong or no secret', { headers });
}

/** The binding counts for all isolates of a location. It counts wrong secrets only, so that it never stops the operator. */
async function countAtTheEdge({ bindings, operatorAttempts }: Gateway, network: string): Promise<void> {
  const answer = await bindings.LOGIN_RATE_LIMIT?.limit({ key: `operator ${network}` });
  if (answer?.success === false) operatorAttempts.exhaust(network);
}
