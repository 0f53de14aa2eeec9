// Which path is which endpoint, and what stands between a request and its endpoint: log, rate limit, faults, CORS.

import { createApi } from './api/api.ts';
import { createAuthorize } from './authorize.ts';
import { V1_CALLBACK } from './authorize-response.ts';
import { type Calls, recordCall } from './calls.ts';
import { createDiscovery, createJwks, PATHS } from './discovery.ts';
import { answerWithoutDatabase, dress, unknownHost } from './edge.ts';
import { createEndSession, LOGOUT_PATHS } from './end-session.ts';
import { applyFault, type EndpointName, type Faults } from './faults.ts';
import type { Endpoint, Exchange, Instance } from './instance.ts';
import { createIntrospection } from './introspection.ts';
import { createLogin, createV1Callback, LOGIN_PATHS } from './login.ts';
import { V1_FORM_ENDPOINTS } from './login-v1.ts';
import { createLogoutDone, createLogoutPage } from './logout-page.ts';
import { messagePage } from './pages.ts';
import { json, readParams } from './respond.ts';
import { createRevocation } from './revocation.ts';
import { createToken } from './token.ts';
import { createUserinfo } from './userinfo.ts';

export interface RouterOptions {
  instance: Instance;
  faults: Faults;
  calls: Calls;
  issuer: () => string;
  /** None for a host that is not the instance's. */
  issuerOf: (url: URL) => string | undefined;
  /** Aborted when the stand-in is closed. */
  closing: AbortSignal;
}

function createEndpoints(instance: Instance): Record<EndpointName, Endpoint> {
  return {
    discovery: createDiscovery(instance),
    keys: createJwks(instance),
    authorize: createAuthorize(instance),
    token: createToken(instance),
    userinfo: createUserinfo(instance),
    introspection: createIntrospection(instance),
    revocation: createRevocation(instance),
    end_session: createEndSession(instance),
  };
}

function createPages(instance: Instance): Map<string, Endpoint> {
  const login = createLogin(instance);
  const logout = createLogoutPage(instance);
  const done = createLogoutDone();
  return new Map<string, Endpoint>([
    [LOGIN_PATHS.v1, login],
    [LOGIN_PATHS.v2, login],
    [V1_CALLBACK, createV1Callback(instance)],
    ...Object.entries(V1_FORM_ENDPOINTS).map(([path, create]) => [path, create(instance)] as const),
    [LOGOUT_PATHS.v1.page, logout],
    [LOGOUT_PATHS.v2.page, logout],
    [LOGOUT_PATHS.v1.done, done],
    [LOGOUT_PATHS.v2.done, done],
    ['/logout/done', done],
    ['/', async () => messagePage('Nothing to see', 'Start at the application: it sends you here to sign in.')],
  ]);
}

function allowOrigin(request: Request, response: Response): Response {
  const origin = request.headers.get('origin');
  if (origin === null) return response;
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-allow-credentials', 'true');
  return response;
}

export function createRouter({ instance, faults, calls, issuer, issuerOf, closing }: RouterOptions) {
  const endpoints = createEndpoints(instance);
  const pages = createPages(instance);
  const api = createApi(instance);
  const names = new Map(Object.entries(PATHS).map(([name, path]) => [path as string, name as EndpointName]));

  async function callEndpoint(name: EndpointName, exchange: Exchange): Promise<Response> {
    const planned = faults.take(name);
    const run = async () => dress(instance, exchange, await endpoints[name](exchange));
    if (!planned) return run();
    const signal = AbortSignal.any([exchange.request.signal, closing]);
    if (!planned.afterWork) return (await applyFault(planned.fault, signal)) ?? run();
    const response = await run();
    return (await applyFault(planned.fault, signal)) ?? response;
  }

  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const asked = issuerOf(url);
    if (asked === undefined) return unknownHost(url, issuer());
    const exchange: Exchange = { request, url, params: await readParams(request), issuer: asked };
    const early = answerWithoutDatabase(instance, exchange);
    if (early) return early;
    const name = names.get(url.pathname);
    const call = name && recordCall(calls, name, instance.now(), request, exchange.params);
    if (instance.settings.rateLimited) {
      if (call) call.status = 429;
      return new Response('Too Many Requests', { status: 429, headers: { 'content-type': 'text/plain' } });
    }
    if (call) {
      const response = await callEndpoint(call.endpoint, exchange);
      call.status = response.status;
      return allowOrigin(request, response);
    }
    const page = pages.get(url.pathname);
    if (page) return page(exchange);
    return (await api(exchange)) ?? json({ code: 5, message: 'Not Found', details: [] }, 404);
  };
}
