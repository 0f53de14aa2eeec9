// Passes an allowed request on to its upstream, and the answer back.
// ARCHITECTURE §4, §6.

import type { Config, UpstreamTerms } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { GATEWAY_HOP } from '../shared/field-names.ts';
import { hopIdOf, nextHops } from './loop.ts';
import { revalidatedStream } from './open/revalidated-stream.ts';
import {
  firstRevalidation,
  type RevalidationPlan,
  type RevalidationTimes,
  revalidationPeriod,
  type StillAllowed,
  TIMERS,
  type Timers,
} from './open/revalidation.ts';
import { relay, type Socket } from './open/websocket.ts';
import type { Keeping } from './response/caching.ts';
import { askReadable, withManifest } from './response/manifest.ts';
import { compileResponseHeaders } from './response/upstream-response.ts';
import { type Manner, type Network, send } from './send.ts';
import { compileUpstreamRequest, type UpstreamExtras } from './upstream-request.ts';

/** Seconds to the first byte, where no rule says otherwise. */
const TIMEOUT = 100;

export interface ForwardDependencies extends Omit<Network, 'timers'> {
  readonly config: Config;
  /** From compileReservedNames. */
  readonly isReservedName: (name: string) => boolean;
  readonly timers?: Timers;
}

/** What is known of the request beside itself. */
export interface ForwardOptions extends UpstreamExtras {
  /** No rule asks who it is. Shared caches may keep an answer that is made for nobody. */
  readonly isPublic: boolean;
  /** Whether somebody goes to a page, which the answer is. */
  readonly isPage?: boolean;
  /** Asked again and again while a WebSocket is open, or an answer goes on. */
  readonly stillAllowed?: StillAllowed | undefined;
  /** Default: judged just now, and again within REVOCATION_MAX_AGE. */
  readonly revalidationTimes?: RevalidationTimes | undefined;
}

/** @throws GatewayError `upstream_timeout`, `upstream_unreachable`, `upstream_loop`, `bad_request` */
export type Forward = (request: Request, terms: UpstreamTerms, options: ForwardOptions) => Promise<Response>;

export function createForward(dependencies: ForwardDependencies): Forward {
  const { config, bindings, fetch, isReservedName, timers = TIMERS } = dependencies;
  const network: Network = { bindings, fetch, timers };
  const buildRequest = compileUpstreamRequest(config, isReservedName);
  const rewriteHeaders = compileResponseHeaders(config);
  const hopId = hopIdOf(config);

  return async (request, terms, options) => {
    const hops = nextHops(request.headers.get(GATEWAY_HOP), hopId);
    const built = buildRequest(request, terms, options);
    built.headers.set(GATEWAY_HOP, hops);
    const isUpgrade = request.method === 'GET' && request.headers.get('Upgrade')?.toLowerCase() === 'websocket';
    if (isUpgrade) built.headers.set('Upgrade', 'websocket');
    if (config.rewriteManifest) askReadable(request.method, built.headers);

    const manner: Manner = {
      isPersonal:
        !options.isPublic ||
        options.identityHeaders.length > 0 ||
        options.assertion !== undefined ||
        terms.no_store === true,
      timeout: terms.timeout ?? TIMEOUT,
    };
    const answer = await send(network, request, built, manner);

    const plan = planOf(options, config.revocationMaxAge, timers);
    const sent = { url: request.url, headers: built.headers };
    const keeping = keepingOf(terms, options, answer.status);
    const context = { addresses: built.addresses, isPersonal: manner.isPersonal, keeping, sent };
    if (answer.webSocket && isUpgrade) {
      const headers = new Headers(answer.headers);
      rewriteHeaders({ status: answer.status, headers }, context);
      return upgraded(answer.webSocket, headers, plan);
    }
    const response = answered(request.method, answer, plan);
    rewriteHeaders(response, context);
    return config.rewriteManifest ? withManifest(request, response) : response;
  };
}

/** A redirect is no page, and a 304 is one that the browser has been allowed to keep. */
function keepingOf({ no_store }: UpstreamTerms, { isPage }: ForwardOptions, status: number): Keeping {
  if (no_store !== undefined) return no_store ? 'nothing' : 'all';
  return isPage === true && (status < 300 || status > 399) ? 'no-pages' : 'all';
}

function planOf(
  { stillAllowed, revalidationTimes }: ForwardOptions,
  revocationMaxAge: number,
  timers: Timers,
): RevalidationPlan | undefined {
  if (!stillAllowed) return undefined;
  const times = revalidationTimes ?? { age: 0, within: revocationMaxAge };
  return { stillAllowed, first: firstRevalidation(times), period: revalidationPeriod(times.within), timers };
}

function upgraded(application: WebSocket, headers: Headers, plan: RevalidationPlan | undefined): Response {
  const { 0: visitor, 1: own } = new WebSocketPair();
  for (const socket of [application, own]) {
    socket.binaryType = 'arraybuffer';
    socket.accept();
  }
  relay(own as Socket, application as Socket, plan);
  return new Response(null, { status: 101, headers, webSocket: visitor });
}

const WITHOUT_BODY = [204, 205, 304];

/** The upstream's answer with headers that can be changed. */
function answered(method: string, answer: Response, plan: RevalidationPlan | undefined): Response {
  const { status, headers } = answer;
  if (status < 200 || status > 599) {
    void answer.body?.cancel().catch(() => {});
    throw new GatewayError('upstream_unreachable', `the upstream answered with status ${status}`);
  }
  const statusText = /^[\x20-\x7e]*$/.test(answer.statusText) ? answer.statusText : '';
  const hasBody = method !== 'HEAD' && !WITHOUT_BODY.includes(status);
  const body = hasBody ? answer.body : null;
  const init: ResponseInit = { status, statusText, headers, encodeBody: 'manual' };
  return new Response(body && plan ? revalidatedStream(body, plan, lengthOf(headers)) : body, init);
}

/** The length that the upstream names; undefined where it names none, or no number. */
function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('Content-Length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
