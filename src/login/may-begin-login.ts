// Judges whether a request may begin a login. Each reason against it has a tag, and one table says which fault it makes.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { isPrefetch, mayBeginLogin } from '../policy/navigation.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { type FaultTable, faultOf } from '../shared/refusals.ts';

type StartRefusal =
  /** A browser fetches ahead. */
  | { readonly tag: 'prefetched' }
  /** A script, a picture or a frame: none of them can show ZITADEL's login page. */
  | { readonly tag: 'not_a_document' }
  | { readonly tag: 'flooded' };

/** The callback is counted by the same limit, and has the same fault. */
export const FLOODED = () => new GatewayError('too_many_requests', 'LOGIN_RATE_LIMIT', { retryAfter: 60 });

const START_FAULTS: FaultTable<StartRefusal> = {
  prefetched: () => new GatewayError('unauthenticated', 'a prefetch starts no login'),
  not_a_document: () => new GatewayError('unauthenticated', 'only a document starts a login'),
  flooded: FLOODED,
};

/** Must be called before the request's body is read. @throws GatewayError `unauthenticated`, `too_many_requests` */
export async function assertMayBegin(gateway: Gateway, request: Request, allowsScript = false): Promise<void> {
  const refusal = await findStartRefusal(gateway, request, allowsScript);
  if (refusal) throw faultOf(START_FAULTS, refusal);
}

async function findStartRefusal(
  gateway: Gateway,
  request: Request,
  allowsScript: boolean,
): Promise<StartRefusal | undefined> {
  if (isPrefetch(request.headers)) return { tag: 'prefetched' };
  if (!mayBeginLogin(request.headers, allowsScript)) return { tag: 'not_a_document' };
  return (await isFlooded(gateway, request)) ? { tag: 'flooded' } : undefined;
}

/** The binding counts for each location of the edge, and not exactly: it slows guessing down, but does not prevent it. */
export async function isFlooded({ bindings }: Gateway, request: Request): Promise<boolean> {
  const limit = bindings.LOGIN_RATE_LIMIT;
  const key = clientNetwork(request.headers);
  if (!limit || key === undefined) return false;
  const { success } = await limit.limit({ key });
  return !success;
}
