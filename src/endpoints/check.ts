// /auth/check: a verdict for a proxy that passes on by itself (nginx auth_request, Traefik and Caddy forward auth, Envoy).
// ARCHITECTURE §2. The visitor's request is judged as if it had come here; 204 with the identity headers, 401 or 403; 302 for who asks for it.

import {
  type AppContext,
  appendCookies,
  type Endpoint,
  problemAnswer,
  type RequestContext,
} from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import { createAdmission } from '../gate/admission.ts';
import { createShowLoginAddress, createTellLoginAddress } from '../gate/login-address.ts';
import type { Admitted } from '../gate/stages.ts';
import { renewedCookies } from '../gate/upstream.ts';
import { upstreamIdentity } from '../gate/upstream-identity.ts';
import type { Gateway } from '../gateway.ts';
import { ownResponseHeaders } from '../pages/page-headers.ts';
import { type AskedRequest, parseAskedRequest, parseCheckWishes } from '../policy/asked-request.ts';
import { setIdentity } from '../proxy/upstream-request.ts';
import { isSameSecret } from '../shared/equal-secrets.ts';

export const check: Endpoint = (gateway) => {
  const { config, servesHost } = gateway;
  const { protocol } = new URL(config.origin);
  const admitAs = {
    '401': createAdmission(gateway, createTellLoginAddress(gateway)),
    redirect: createAdmission(gateway, createShowLoginAddress(gateway)),
  };

  return async (c) => {
    if (!(await isOurProxy(gateway, c))) throw forbidden('wrong or no X-Gateway-Secret');
    const { search, host } = c.get('url');
    const wishes = parseCheckWishes(search);
    if (!wishes) throw forbidden('unauthenticated or allowed: no value of theirs');
    const asked = parseAskedRequest(c.req.raw.headers, { host, protocol });
    if (!asked) throw forbidden('no method and URI to believe');
    const url = new URL(asked.url);
    if (!servesHost(url.host)) throw forbidden(`host ${url.host}`);
    Object.assign(c.get('event'), { method: asked.method, host: url.host, path: asked.path });
    const context = visitorContext(c, asked, url);
    const admitted = await admitAs[wishes.unauthenticated](context, { host: url.host, path: asked.path }).catch(
      forbidNonsense,
    );
    if (admitted instanceof Response) return withoutBadRequest(gateway, context, admitted);
    return verdict(gateway, admitted, wishes.allowed);
  };
};

/** Also asked before a foreign host is refused: a proxy that proves itself may ask at whatever address it reaches the gateway by. */
export function isOurProxy({ config }: Pick<Gateway, 'config'>, c: AppContext): Promise<boolean> {
  return isSameSecret(c.req.header('x-gateway-secret') ?? '', config.upstreamSecrets);
}

/** The visitor's request as the proxy describes it. */
function visitorContext(c: AppContext, { method, url }: AskedRequest, { pathname, search }: URL): RequestContext {
  return {
    req: { raw: c.req.raw, method, url, header: (name) => c.req.header(name) },
    get: c.get,
    set: c.set,
    isAskedFor: true,
    returnTo: method === 'GET' || method === 'HEAD' ? pathname + search : undefined,
  };
}

async function verdict(gateway: Gateway, admitted: Admitted, status: number): Promise<Response> {
  const response = new Response(null, { status, headers: ownResponseHeaders(gateway.config) });
  setIdentity(response.headers, await upstreamIdentity(gateway, admitted));
  return appendCookies(response, await renewedCookies(gateway, admitted));
}

/** These proxies understand 2xx, 401 and 403. nginx answers 500 to anything else, so a bad path is 403. */
function forbidNonsense(error: unknown): never {
  const isNonsense = error instanceof GatewayError && ['bad_request', 'destination_elsewhere'].includes(error.code);
  throw isNonsense ? forbidden(error.message) : error;
}

/** For the same reason a malformed token is 401 here, and not 400. */
function withoutBadRequest(gateway: Gateway, context: RequestContext, refusal: Response): Response {
  if (refusal.status !== 400) return refusal;
  const headers = { 'WWW-Authenticate': refusal.headers.get('WWW-Authenticate') ?? 'Bearer' };
  return problemAnswer(gateway, context, {
    code: 'invalid_token',
    reason: context.get('event').reason ?? '',
    headers,
  });
}

function forbidden(reason: string): GatewayError {
  return new GatewayError('forbidden', `check: ${reason}`);
}
