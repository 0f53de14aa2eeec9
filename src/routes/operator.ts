// Who may use the operator's endpoints: whoever brings OPERATOR_SECRET. While it is unset, there are none.
// RFC 6750 §2.1; design §1.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { type AppContext, faultAnswer } from './answers.ts';
import { isSameSecret } from './secret.ts';

/** The refusal, or undefined for the operator. @throws GatewayError `not_found` where there is no operator */
export async function refuseUnlessOperator(gateway: Gateway, c: AppContext): Promise<Response | undefined> {
  const { operatorSecret } = gateway.config;
  if (operatorSecret === undefined) throw new GatewayError('not_found', 'OPERATOR_SECRET is unset');
  const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (given !== undefined && (await isSameSecret(given, [operatorSecret]))) return undefined;
  const headers = { 'WWW-Authenticate': 'Bearer realm="operator"' };
  return faultAnswer(gateway, c, 'invalid_token', 'operator: wrong or no secret', { headers });
}
