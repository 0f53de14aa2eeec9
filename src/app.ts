// Composition root: what answers at each endpoint of the catalogue, and the application behind them.
// ARCHITECTURE §2, §6. Closed by default: what throws is answered by one function, what matches nothing needs a signed-in user.

import type { Hono } from 'hono';
import { Hono as TinyHono } from 'hono/tiny';
import { type AppContext, type AppEnv, type Endpoint, faultAnswer, thrownAnswer } from './answer/answers.ts';
import { forHtmx } from './answer/htmx.ts';
import { notAhead } from './answer/not-ahead.ts';
import { nothingInFolder } from './answer/own-folder.ts';
import { backchannelLogout } from './endpoints/backchannel-logout.ts';
import { callback } from './endpoints/callback.ts';
import { type EndpointName, endpointPath } from './endpoints/catalogue.ts';
import { check, isOurProxy } from './endpoints/check.ts';
import { compileDestinations } from './endpoints/destinations.ts';
import { jwks } from './endpoints/jwks.ts';
import { login } from './endpoints/login.ts';
import { logout } from './endpoints/logout.ts';
import { logoutCallback } from './endpoints/logout-callback.ts';
import { onward } from './endpoints/onward.ts';
import { health, ready } from './endpoints/operator/health.ts';
import { metrics } from './endpoints/operator/metrics.ts';
import { operatorSessions } from './endpoints/operator/sessions.ts';
import { portal } from './endpoints/portal/portal.ts';
import { profile } from './endpoints/profile.ts';
import { protectedResource } from './endpoints/protected-resource.ts';
import { resubmit } from './endpoints/resubmit.ts';
import { client, done, script } from './endpoints/scripts.ts';
import { stepUp } from './endpoints/step-up.ts';
import { userinfo } from './endpoints/userinfo.ts';
import { FAULTS, GatewayError } from './errors.ts';
import { noteReaders } from './gate/readers.ts';
import { createUpstreamRoute } from './gate/upstream.ts';
import type { Gateway } from './gateway.ts';
import { orHandedOver } from './login/callback/hand-over.ts';
import { isSignOutAnswer } from './login/sign-out-round.ts';
import type { RequestEvent } from './observability/request-event.ts';
import { ONWARD_SCRIPT } from './pages/on-the-way.ts';
import { DONE_SCRIPT } from './pages/popup-done.ts';
import { RESUBMIT_SCRIPT } from './pages/resubmit.ts';

/** What answers at each endpoint: neither without the other. */
const HANDLERS: Readonly<Record<EndpointName, Endpoint>> = {
  login,
  onward,
  onwardScript: script(() => ONWARD_SCRIPT),
  logout: notAhead(logout),
  logoutCallback: notAhead(orHandedOver(logoutCallback)),
  backchannelLogout,
  userinfo,
  profile,
  client,
  done,
  doneScript: script(() => DONE_SCRIPT),
  stepUp,
  resubmit: notAhead(resubmit),
  resubmitScript: script(() => RESUBMIT_SCRIPT),
  check,
  jwks,
  operatorSessions,
  metrics,
  health,
  ready,
  callback: orHandedOver(callback),
  resourceMetadata: protectedResource,
  postLogout: notAhead(orHandedOver(logoutCallback)),
  portal,
};

export function createApp(gateway: Gateway): Hono<AppEnv> {
  const destinationOf = compileDestinations(gateway.config, gateway.servesHost);
  const handlers = Object.fromEntries(
    Object.entries(HANDLERS).map(([name, endpoint]) => [
      name,
      forHtmx(gateway, name as EndpointName, endpoint(gateway)),
    ]),
  ) as Record<EndpointName, ReturnType<Endpoint>>;
  const upstream = createUpstreamRoute(gateway);
  const { siteName } = gateway.config;
  const checkPath = endpointPath(gateway.config, 'check');

  function answer(c: AppContext): Response | Promise<Response> {
    const { pathname: path, host } = c.get('url');
    const { method } = c.req;
    const destination = destinationOf({ method, host, path });
    const { kind } = destination;
    if (siteName !== undefined && kind !== 'misdirected' && kind !== 'trace') c.get('event').site = siteName;
    switch (kind) {
      case 'trace':
        return refuseMethod(gateway, c, ['GET', 'HEAD', 'POST']);
      case 'misdirected':
        return path === checkPath ? checkElsewhere(c) : refuseHost(c);
      case 'not-found':
        return nothingInFolder(gateway, c);
      case 'application':
        return forward(c);
      case 'endpoint':
      case 'wrong-method': {
        const { name, label, methods, isApplications } = destination.located;
        if (isApplications && !isSignOutAnswer(gateway, c.req.raw)) return forward(c);
        c.get('event').endpoint = label;
        return destination.kind === 'endpoint' ? handlers[name](c) : refuseMethod(gateway, c, methods);
      }
    }
  }

  async function checkElsewhere(c: AppContext): Promise<Response> {
    if (!(await isOurProxy(gateway, c))) return refuseHost(c);
    c.get('event').endpoint = 'check';
    return handlers.check(c);
  }

  function refuseHost(c: AppContext): never {
    const { host, pathname: path } = c.get('url');
    noteReaders(c, gateway.rules, { method: c.req.method, host: new URL(gateway.config.origin).host, path });
    throw new GatewayError(gateway.config.unknownSites ?? 'misdirected', `host ${host}`);
  }

  function forward(c: AppContext): Promise<Response> {
    c.get('event').endpoint = 'upstream';
    return upstream.answer(c);
  }

  // One handler, and one catch-all: no router to search, no middleware to step through.
  const app: Hono<AppEnv> = new TinyHono<AppEnv>({ strict: true });
  app.all('*', (c) => recordEvent(gateway, c, answer));
  return app;
}

function refuseMethod(gateway: Gateway, c: AppContext, methods: readonly string[]): Promise<Response> {
  const headers = { Allow: methods.join(', ') };
  return faultAnswer(gateway, c, 'method_not_allowed', c.req.method, { headers });
}

/** Whatever happens within, one event goes to the log and one reference to the visitor. */
async function recordEvent(
  gateway: Gateway,
  c: AppContext,
  answer: (c: AppContext) => Response | Promise<Response>,
): Promise<Response> {
  const started = gateway.stopwatch();
  const url = new URL(c.req.url);
  const { host, pathname } = url;
  const event: RequestEvent = {
    event: 'request',
    level: 'info',
    request_id: crypto.randomUUID(),
    method: c.req.method,
    host,
    path: pathname,
  };
  c.set('event', event);
  c.set('url', url);
  let status: number = FAULTS.internal.status;
  try {
    const response = await answerAnyway(gateway, c, answer);
    response.headers.set('X-Request-Id', event.request_id);
    status = response.status;
    return response;
  } finally {
    event.status = status;
    event.duration_ms = Math.round(gateway.stopwatch() - started);
    gateway.emit(event);
  }
}

/** Closed by default: what is thrown is answered by one function, and what that throws by a bare 500. */
async function answerAnyway(
  gateway: Gateway,
  c: AppContext,
  answer: (c: AppContext) => Response | Promise<Response>,
): Promise<Response> {
  try {
    return await answer(c);
  } catch (error) {
    try {
      return await thrownAnswer(gateway, c, error);
    } catch (cause) {
      // A page that can't be made must not take the answer with it.
      c.get('event').reason = `${(error as Error).message}; its answer: ${(cause as Error).message}`;
      return new Response(null, { status: FAULTS.internal.status });
    }
  }
}
