// May it pass? Match, authenticate, decide, and what is answered if not: the same for what is forwarded and for what another proxy asks about.
// Design §3, §6; RFC 6455 §10.2 (WebSockets and origins).

import type { RequestContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { allowedCorsOrigin, isPreflight } from '../policy/cors.ts';
import { type Decision, decide } from '../policy/decide.ts';
import { matchRequest, type RequestFacts } from '../policy/match.ts';
import type { Requirement } from '../policy/requirement.ts';
import { callerOf, createAuthenticate, type Who } from './authenticate.ts';
import { createEnforcement, type SendToLogin } from './enforce.ts';
import { createRevalidation, type Revalidation } from './revalidation.ts';

/** Seconds: a refused bearer token is asked about once more, but not for every refusal. */
const LOOK_AGAIN_INTERVAL = 5;

export interface Admitted {
  readonly requirement: Requirement;
  readonly who: Who;
}

export interface Admission extends Revalidation {
  /** `host` with its port, `path` as sent, without query. A `Response` is the refusal. @throws GatewayError `bad_request`, `cross_site` and what is unavailable */
  admit(c: RequestContext, address: Pick<RequestFacts, 'host' | 'path'>): Promise<Admitted | Response>;
  /** Set-Cookie values by which a session goes on. */
  renewedCookies(admitted: Admitted): Promise<readonly string[]>;
}

export function createAdmission(gateway: Gateway, sendToLogin?: SendToLogin): Admission {
  const { config, now, visitorSessions } = gateway;
  const authenticate = createAuthenticate(gateway);
  const enforce = createEnforcement(gateway, sendToLogin);

  function match(c: RequestContext, { host, path }: Pick<RequestFacts, 'host' | 'path'>): Requirement {
    const { method } = c.req;
    const requestedMethod = isPreflight(method, c.req.raw.headers)
      ? c.req.header('access-control-request-method')
      : undefined;
    const requirement = matchRequest(gateway.rules, { method, host, path, requestedMethod });
    if (requirement.kind === 'nonsense') throw new GatewayError('bad_request', `path: ${requirement.reason}`);
    return requirement;
  }

  /** Decides, and before a refusal that fresher claims could change looks at ZITADEL once more. */
  async function judge(requirement: Requirement, who: Who): Promise<Decision> {
    const decision = decide(requirement, callerOf(who), now());
    if (decision.kind !== 'refuse' || !decision.couldChange || who.kind !== 'session') return decision;
    const renewal = await visitorSessions.lookAgain(who.visit);
    // A session that turns out to be over is nobody's: whoever it was may sign in.
    if (renewal === 'ended') return decide(requirement, undefined, now());
    return renewal === 'read' ? decide(requirement, callerOf(who), now()) : decision;
  }

  /** The same-origin policy does not hold WebSockets back, and the cookie comes along. */
  function isForeignUpgrade(c: RequestContext, who: Who): boolean {
    // A proxy that only asks keeps `Upgrade` to itself; every handshake says its version too.
    const isUpgrade =
      c.req.header('upgrade')?.toLowerCase() === 'websocket' || c.req.header('sec-websocket-version') !== undefined;
    return isUpgrade && who.kind === 'session' && c.req.header('origin') !== config.origin;
  }

  return {
    async admit(c, address) {
      const requirement = match(c, address);
      if (
        isPreflight(c.req.method, c.req.raw.headers) &&
        allowedCorsOrigin(requirement, c.req.header('origin') ?? null)
      ) {
        c.get('event').decision = 'preflight';
        return { requirement, who: { kind: 'nobody', reason: 'preflight' } };
      }
      let who: Who = requirement.isDenied
        ? { kind: 'nobody', reason: 'denied to all' }
        : await authenticate(c, requirement);
      let decision = await judge(requirement, who);
      if (decision.kind === 'refuse' && decision.couldChange && who.kind === 'bearer') {
        who = await authenticate(c, requirement, LOOK_AGAIN_INTERVAL);
        decision = await judge(requirement, who);
      }
      note(c, who, decision);
      if (who.kind === 'bad-token') return enforce.badToken(c, requirement, who);
      if (decision.kind !== 'allow') return enforce.refusal(c, requirement, who, decision);
      if (isForeignUpgrade(c, who)) throw new GatewayError('cross_site', 'a WebSocket upgrade from another origin');
      return { requirement, who };
    },

    ...createRevalidation(gateway),

    renewedCookies: async ({ who }) => (who.kind === 'session' ? visitorSessions.renewedCookies(who.visit) : []),
  };
}

function note(c: RequestContext, who: Who, decision: Decision): void {
  const event = c.get('event');
  event.decision = `${decision.kind}: ${decision.reason}`;
  if (decision.rule !== undefined) event.rule = decision.rule;
  if (decision.report.length > 0) event.report = decision.report;
  const caller = callerOf(who);
  if (!caller) return;
  event.credentials = caller.via;
  event.sub = caller.identity.sub;
}
