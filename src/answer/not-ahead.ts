// What is fetched ahead is refused at endpoints where a GET already does something, before anything is looked up or ended.
// HTML §7.6 (speculative loading): browsers throw an answer that is not 2xx away, and ask again when the visitor really goes there.

import { GatewayError } from '../errors.ts';
import { isPrefetch } from '../policy/navigation.ts';
import type { FaultTable } from '../shared/refusals.ts';
import type { Endpoint } from './answers.ts';
import { refusalAnswer } from './refusal.ts';

interface Ahead {
  readonly tag: 'prefetched';
  readonly endpoint: string;
}

/** 400 and not 503, which would look like an outage in logs whenever somebody hovers over a link. */
const AHEAD_FAULTS: FaultTable<Ahead> = {
  prefetched: ({ endpoint }) => new GatewayError('bad_request', `${endpoint}: fetched ahead`),
};

export function notAhead(endpoint: Endpoint): Endpoint {
  return (gateway) => {
    const answer = endpoint(gateway);
    return (c) => {
      if (!isPrefetch(c.req.raw.headers)) return answer(c);
      return refusalAnswer(gateway, c, AHEAD_FAULTS, { tag: 'prefetched', endpoint: c.get('event').endpoint ?? '' });
    };
  };
}
