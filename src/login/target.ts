// Where a login ends: at the page that it was for. If something was kept for it, the way leads by the resubmit endpoint.
// ARCHITECTURE §3 first row.

import { endpointUrl } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import { sealFormToken } from './form-token.ts';
import type { Transaction } from './transaction.ts';

export type Target = Pick<Transaction, 'returnTo' | 'kept'>;

/** `sub`: the user who has signed in. */
export async function targetUrl(gateway: Gateway, { returnTo, kept }: Target, sub: string): Promise<string> {
  const { config } = gateway;
  if (kept === undefined) return config.origin + returnTo;
  return endpointUrl(config, 'resubmit', { form: await sealFormToken(gateway, { key: kept, sub }) });
}
