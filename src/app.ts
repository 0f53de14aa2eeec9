// Composition root: every middleware and endpoint, in the order a request meets them.
// Design §2, §6. Closed by default: what throws is answered by one function, what matches nothing needs a signed-in user.

import type { Hono } from 'hono';
import { Hono as TinyHono } from 'hono/tiny';
import { type AppContext, type AppEnv, type Endpoint, faultAnswer, thrownAnswer } from './answer/answers.ts';
import { RESOURCE_METADATA_PATH } from './answer/challenge.ts';
import { backchannelLogout } from './endpoints/backchannel-logout.ts';
import { callback } from './endpoints/callback.ts';
import { check } from './endpoints/check.ts';
import { health, ready } from './endpoints/health.ts';
import { jwks } from './endpoints/jwks.ts';
import { login } from './endpoints/login.ts';
import { logout } from './endpoints/logout.ts';
import { logoutCallback } from './endpoints/logout-callback.ts';
import { metrics } from './endpoints/metrics.ts';
import { operatorSessions } from './endpoints/operator-sessions.ts';
import { profile } from './endpoints/profile.ts';
import { protectedResource } from './endpoints/protected-resource.ts';
import { resubmit } from './endpoints/resubmit.ts';
import { client, done, script } from './endpoints/scripts.ts';
import { stepUp } from './endpoints/step-up.ts';
import { userinfo } from './endpoints/userinfo.ts';
import { FAULTS, GatewayError } from './errors.ts';
import { createUpstreamRoute } from './gate/upstream.ts';
import type { Gateway } from './gateway.ts';
import { isSignOutAnswer } from './login/sign-out-round.ts';
import type { RequestEvent } from './observability/request-event.ts';
import { DONE_SCRIPT } from './pages/popup-done.ts';
import { RESUBMIT_SCRIPT } from './pages/resubmit.ts';

/** Endpoint below the gateway's folder → its methods and what answers. Where a GET ends something, HEAD must not. */
export const ENDPOINTS: Readonly<Record<string, readonly [methods: string, endpoint: Endpoint]>> = {
  '/login': ['GET HEAD', login],
  '/logout': ['GET POST', logout],
  '/logout/callback': ['GET', logoutCallback],
  '/backchannel-logout': ['POST', backchannelLogout],
  '/userinfo': ['GET HEAD', userinfo],
  '/profile': ['GET HEAD POST', profile],
  '/client.js': ['GET HEAD', client],
  '/done': ['GET HEAD', done],
  '/done.js': ['GET HEAD', script(() => DONE_SCRIPT)],
  '/step-up': ['GET HEAD', stepUp],
  '/resubmit': ['GET', resubmit],
  '/resubmit.js': ['GET HEAD', script(() => RESUBMIT_SCRIPT)],
  // Some proxies ask with the visitor's own method.
  '/check': ['*', check],
  '/jwks': ['GET HEAD', jwks],
  '/operator/sessions': ['GET HEAD DELETE', operatorSessions],
  '/metrics': ['GET HEAD', metrics],
  '/health': ['GET HEAD', health],
  '/ready': ['GET HEAD', ready],
};

export function createApp(gateway: Gateway): Hono<AppEnv> {
  const { config } = gateway;
  const endpoints = new Map(Object.entries(ENDPOINTS).map(([path, entry]) => [config.endpoints + path, entry]));
  // The two addresses that are registered at ZITADEL are where the operator says.
  endpoints.set(new URL(config.redirect_uri).pathname, ['GET', callback]);
  endpoints.set(RESOURCE_METADATA_PATH, ['GET HEAD', protectedResource]);
  const afterLogout = new URL(config.post_logout_redirect_uri).pathname;
  endpoints.set(afterLogout, ['GET', logoutCallback]);
  const answering = new Map(
    [...endpoints].map(([path, [methods, endpoint]]) => [
      path,
      { methods: methods.split(' '), handler: endpoint(gateway) },
    ]),
  );
  const upstream = createUpstreamRoute(gateway);
  const isInFolder = (path: string) =>
    config.endpoints !== '' && (path === config.endpoints || path.startsWith(`${config.endpoints}/`));

  const isOwnAfterLogout = isInFolder(afterLogout) || afterLogout === `${config.endpoints}/logout/callback`;

  function answer(c: AppContext): Response | Promise<Response> {
    const { pathname, host } = c.get('url');
    const event = c.get('event');
    if (c.req.method === 'TRACE') {
      return faultAnswer(gateway, c, 'method_not_allowed', 'TRACE', { headers: { Allow: 'GET, HEAD, POST' } });
    }
    if (!gateway.servesHost(host)) throw new GatewayError('misdirected', `host ${host}`);
    const endpoint = answering.get(pathname);
    // A post-logout address in the application's own part of the site is the application's, but for that one answer.
    const isApplications = pathname === afterLogout && !isOwnAfterLogout && !isSignOutAnswer(gateway, c.req.raw);
    if (endpoint && !isApplications) {
      event.endpoint = pathname.slice(isInFolder(pathname) ? config.endpoints.length + 1 : 1);
      const { methods, handler } = endpoint;
      if (methods.includes(c.req.method) || methods.includes('*')) return handler(c);
      const headers = { Allow: methods.join(', ') };
      return faultAnswer(gateway, c, 'method_not_allowed', c.req.method, { headers });
    }
    if (isInFolder(pathname)) {
      throw new GatewayError('not_found', 'no such endpoint');
    }
    event.endpoint = 'upstream';
    return upstream.answer(c);
  }

  // One handler, and one catch-all: no router to search, no middleware to step through.
  const app: Hono<AppEnv> = new TinyHono<AppEnv>({ strict: true });
  app.all('*', (c) => recordEvent(gateway, c, answer));
  return app;
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
      return thrownAnswer(gateway, c, error);
    } catch (cause) {
      // A page that can't be made must not take the answer with it.
      c.get('event').reason = `${(error as Error).message}; its answer: ${(cause as Error).message}`;
      return new Response(null, { status: FAULTS.internal.status });
    }
  }
}
