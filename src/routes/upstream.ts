// The way of a request to the application: match, authenticate, decide, enforce, forward.
// Design §3, §6. What is not allowed ends here; what is allowed goes on with the identity in its headers.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { createBearerTokens } from '../oidc/bearer-tokens.ts';
import { allowedCorsOrigin, isPreflight } from '../policy/cors.ts';
import { type Decision, decide } from '../policy/decide.ts';
import { matchRequest } from '../policy/match.ts';
import type { Requirement } from '../policy/requirement.ts';
import { compileRules } from '../policy/rules.ts';
import type { StillAllowed } from '../proxy/watch.ts';
import type { AppContext } from './answers.ts';
import { appendCookies } from './answers.ts';
import { callerOf, createAuthenticate, type Who } from './authenticate.ts';
import { createEnforcement } from './enforce.ts';
import { createForwarding } from './forwarding.ts';

export interface UpstreamRoute {
  /** Whether `host` is the callback's or one that a route names. */
  servesHost(host: string): boolean;
  answer(c: AppContext): Promise<Response>;
}

export function createUpstreamRoute(gateway: Gateway): UpstreamRoute {
  const { config, now, visitorSessions } = gateway;
  const rules = compileRules(config.routes, { takesBearer: config.takesBearer });
  const authenticate = createAuthenticate(gateway, createBearerTokens(gateway));
  const enforce = createEnforcement(gateway);
  const forward = createForwarding(gateway);
  const ownHost = new URL(config.origin).host;
  const routeHosts = new Set(config.routes.flatMap(({ hosts }) => hosts ?? []));

  function match(c: AppContext): Requirement {
    const { host, pathname } = new URL(c.req.url);
    const requestedMethod = isPreflight(c.req.method, c.req.raw.headers)
      ? c.req.header('access-control-request-method')
      : undefined;
    const facts = { method: c.req.method, host, path: pathname, ...(requestedMethod && { requestedMethod }) };
    const requirement = matchRequest(rules, facts);
    if (requirement.kind === 'nonsense') throw new GatewayError('bad_request', `path: ${requirement.reason}`);
    return requirement;
  }

  /** Decides, and before a refusal that fresher claims could change looks at ZITADEL once more. */
  async function judge(requirement: Requirement, who: Who): Promise<Decision> {
    const decision = decide(requirement, callerOf(who), now());
    if (decision.kind !== 'refuse' || !decision.couldChange || who.kind !== 'session') return decision;
    const renewal = await visitorSessions.lookAgain(who.visit);
    return renewal === 'read' ? decide(requirement, callerOf(who), now()) : decision;
  }

  /** What an open connection is asked now and then: whether its session stands and may still go here. */
  function watchFor(requirement: Requirement, who: Who): StillAllowed | undefined {
    if (who.kind === 'bearer') return async () => now() < who.expiresAt || 'the access token has expired';
    if (who.kind !== 'session') return undefined;
    const { visit } = who;
    return async () => {
      if (!(await visitorSessions.isStanding(visit))) return 'the session has ended';
      const claimsMaxAge = Math.min(requirement.claims_max_age ?? config.claimsMaxAge, config.claimsMaxAge);
      if ((await visitorSessions.freshen(visit, claimsMaxAge)) === 'ended') return 'the session has ended';
      return decide(requirement, callerOf(who), now()).kind === 'allow' || 'access has been withdrawn';
    };
  }

  /** The same-origin policy does not hold WebSockets back, and the cookie comes along (RFC 6455 §10.2). */
  function isForeignUpgrade(c: AppContext, who: Who): boolean {
    const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket';
    return isUpgrade && who.kind === 'session' && c.req.header('origin') !== config.origin;
  }

  return {
    servesHost: (host) => host === ownHost || routeHosts.has(host) || routeHosts.has(host.replace(/:\d+$/, '')),

    async answer(c) {
      const requirement = match(c);
      if (
        isPreflight(c.req.method, c.req.raw.headers) &&
        allowedCorsOrigin(requirement, c.req.header('origin') ?? null)
      ) {
        c.var.event.decision = 'preflight';
        return forward(c, requirement, { kind: 'nobody', reason: 'preflight' });
      }
      const who: Who = requirement.isDenied
        ? { kind: 'nobody', reason: 'denied to all' }
        : await authenticate(c, requirement);
      const decision = await judge(requirement, who);
      note(c, who, decision);
      if (who.kind === 'bad-token') return enforce.badToken(c, requirement, who);
      if (decision.kind !== 'allow') return enforce.refusal(c, requirement, who, decision);
      if (isForeignUpgrade(c, who)) throw new GatewayError('cross_site', 'a WebSocket upgrade from another origin');
      const response = await forward(c, requirement, who, watchFor(requirement, who));
      if (who.kind !== 'session' || response.status === 101) return response;
      return appendCookies(response, await visitorSessions.renewedCookies(who.visit, c.req.header('cookie') ?? null));
    },
  };
}

function note(c: AppContext, who: Who, decision: Decision): void {
  const { event } = c.var;
  event.decision = `${decision.kind}: ${decision.reason}`;
  if (decision.rule !== undefined) event.rule = decision.rule;
  if (decision.report.length > 0) event.report = decision.report;
  const caller = callerOf(who);
  if (!caller) return;
  event.credentials = caller.via;
  event.sub = caller.identity.sub;
}
