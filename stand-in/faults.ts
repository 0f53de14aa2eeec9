// Faults that a test puts in the way of an endpoint: wrong statuses, silence, broken connections, answers of the wrong kind.

import type { PATHS } from './discovery.ts';

export type EndpointName = keyof typeof PATHS;

export type Fault =
  /** Answers this. Without `status` 500, without `body` an empty one; an object becomes JSON. */
  | { status?: number; body?: string | object; headers?: Record<string, string> }
  /** Real milliseconds before the true answer. */
  | { delay: number }
  /** The true answer comes once somebody lets it. */
  | { until: Promise<unknown> }
  /** Never answers, until the request is aborted or the stand-in is closed. */
  | 'hang'
  /** The connection breaks. */
  | 'reset'
  /** A proxy's error page with status 200. */
  | 'html'
  /** `application/json` that does not parse. */
  | 'wrong-json'
  /** Some megabytes of valid JSON. */
  | 'huge-body';

interface FaultOptions {
  /** How many requests it hits; without it all, until cleared. */
  times?: number;
  /** The work is done first and only the answer is lost: a refresh that happened and nobody heard of. */
  afterWork?: boolean;
}

interface PlannedFault {
  readonly fault: Fault;
  readonly afterWork: boolean;
  left: number;
}

export interface Faults {
  set(endpoint: EndpointName, fault: Fault, options?: FaultOptions): void;
  clear(endpoint?: EndpointName): void;
  take(endpoint: EndpointName): PlannedFault | undefined;
}

export class ConnectionReset extends TypeError {
  constructor() {
    super('fetch failed: the stand-in broke the connection');
  }
}

export function createFaults(): Faults {
  const planned = new Map<EndpointName, PlannedFault>();
  return {
    set: (endpoint, fault, { times = Number.POSITIVE_INFINITY, afterWork = false } = {}) => {
      planned.set(endpoint, { fault, afterWork, left: times });
    },
    clear: (endpoint) => {
      if (endpoint === undefined) planned.clear();
      else planned.delete(endpoint);
    },
    take: (endpoint) => {
      const fault = planned.get(endpoint);
      if (!fault || fault.left <= 0) return undefined;
      fault.left -= 1;
      return fault;
    },
  };
}

const HUGE_BYTES = 8 * 1024 * 1024;

/** What the fault answers; undefined when the true answer still comes (after a delay). */
export async function applyFault(fault: Fault, signal: AbortSignal): Promise<Response | undefined> {
  if (fault === 'hang') return hang(signal);
  if (fault === 'reset') throw new ConnectionReset();
  if (fault === 'html') return answer('<!doctype html><title>Bad gateway</title><h1>Oops</h1>', 'text/html');
  if (fault === 'wrong-json') return answer('{"access_token": "tru', 'application/json');
  if (fault === 'huge-body') return answer(JSON.stringify({ filler: 'x'.repeat(HUGE_BYTES) }), 'application/json');
  if ('delay' in fault) return wait(fault.delay, signal);
  if ('until' in fault) return fault.until.then(() => undefined);
  const { status = 500, body = '', headers = {} } = fault;
  if (typeof body === 'string') return new Response(body === '' ? null : body, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function answer(body: string, type: string): Response {
  return new Response(body, { headers: { 'content-type': type } });
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason ?? new ConnectionReset());
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

function wait(milliseconds: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    const fail = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', fail, { once: true });
  });
}
