// Sends one request to its upstream: over the network or a service binding, with or without a cache. What comes back stays packed as it is.
// ARCHITECTURE §4.

import type { UpstreamTarget } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { exchange } from './exchange.ts';
import type { Timers } from './open/revalidation.ts';
import { createUpload } from './upload.ts';
import type { UpstreamRequest } from './upstream-request.ts';

export interface Network {
  /** Where `service:` upstreams are found. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly fetch: typeof fetch;
  readonly timers: Timers;
}

/** How one request is sent. */
export interface Manner {
  /** Made for somebody: no shared cache may keep the answer. */
  readonly isPersonal: boolean;
  /** Seconds to the first byte. */
  readonly timeout: number;
}

/** @throws GatewayError `upstream_timeout`, `upstream_unreachable` */
export function send(
  { bindings, fetch, timers }: Network,
  request: Request,
  built: UpstreamRequest,
  manner: Manner,
): Promise<Response> {
  const fetchUpstream = fetchOf(built.addresses.target, bindings, fetch);
  const upload = createUpload(request);
  return exchange({
    attempt: async () => fetchUpstream(...fetchArguments(request, upload.body, built, manner)),
    timeout: manner.timeout,
    upload: upload.sent,
    isRepeatable: upload.body === null && (request.method === 'GET' || request.method === 'HEAD'),
    timers,
  });
}

function fetchOf(target: UpstreamTarget, bindings: Network['bindings'], fetch: typeof globalThis.fetch): typeof fetch {
  if (target.binding === undefined) return fetch;
  const service = bindings[target.binding] as Fetcher | undefined;
  if (!service) throw new GatewayError('upstream_unreachable', `there is no service binding ${target.binding}`);
  return (input, init) => service.fetch(input as RequestInfo, init);
}

function fetchArguments(
  request: Request,
  body: ReadableStream | null,
  { url, headers }: UpstreamRequest,
  { isPersonal }: Manner,
): Parameters<typeof fetch> {
  const { method } = request;
  // Cloudflare's cache would give one person's answer to another who asks for the same address.
  const init: RequestInit = { headers, redirect: 'manual', encodeResponseBody: 'manual' };
  if (isPersonal) init.cache = 'no-store';
  // The runtime takes a GET with a body only if it is made from another request.
  if (body !== null && (method === 'GET' || method === 'HEAD')) {
    return [new Request(url, new Request(request, init)), { encodeResponseBody: 'manual' }];
  }
  init.method = method;
  return [url, body === null ? init : ({ ...init, body, duplex: 'half' } as RequestInit)];
}
