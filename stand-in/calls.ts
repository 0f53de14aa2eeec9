// A log of what was asked of the stand-in, with a count per endpoint, for tests that must know how often.

import { PATHS } from './discovery.ts';
import type { EndpointName } from './faults.ts';

export interface Call {
  readonly endpoint: EndpointName;
  /** Seconds on the stand-in's clock. */
  readonly at: number;
  readonly method: string;
  readonly grant_type?: string;
  readonly client_id?: string;
  /** Everything that was sent, body and query: a test tool hides nothing. */
  readonly params: Readonly<Record<string, string>>;
  readonly authorization?: string;
  /** Of the answer; 0 while there is none. */
  status: number;
}

export type Calls = Record<EndpointName, number> & {
  list: Call[];
  reset(): void;
};

// A demo may run for weeks.
const MOST_CALLS = 10_000;

function zeroes(): Record<EndpointName, number> {
  return Object.fromEntries(Object.keys(PATHS).map((name) => [name, 0])) as Record<EndpointName, number>;
}

export function createCalls(): Calls {
  const calls: Calls = {
    ...zeroes(),
    list: [],
    reset: () => Object.assign(calls, zeroes(), { list: [] }),
  };
  return calls;
}

export function recordCall(
  calls: Calls,
  endpoint: EndpointName,
  at: number,
  request: Request,
  sent: URLSearchParams,
): Call {
  const params = Object.fromEntries(sent);
  const authorization = request.headers.get('authorization');
  const call: Call = {
    endpoint,
    at,
    method: request.method,
    ...(params.grant_type !== undefined && { grant_type: params.grant_type }),
    ...(params.client_id !== undefined && { client_id: params.client_id }),
    params,
    ...(authorization !== null && { authorization }),
    status: 0,
  };
  calls[endpoint] += 1;
  if (calls.list.length >= MOST_CALLS) calls.list.shift();
  calls.list.push(call);
  return call;
}
