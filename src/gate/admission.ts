// Decides whether a request may pass: match, authenticate, decide, refuse. Both the upstream and /auth/check go this way.
// ARCHITECTURE §3, §6; RFC 6455 §10.2 (WebSockets and origins).

import type { RequestContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { allowedCorsOrigin, isPreflight } from '../policy/cors.ts';
import { type Decision, decide } from '../policy/decide.ts';
import { matchRequest, type RequestFacts } from '../policy/match.ts';
import { destinationAsked } from '../shared/destination.ts';
import { authenticate, callerOf, type Who } from './authenticate.ts';
import { createEnforcement } from './enforce.ts';
import { noteReaders } from './readers.ts';
import type { SendToLogin } from './send-to-login.ts';
import type { Admitted, Identified, Matched } from './stages.ts';

/** Seconds. Before a bearer token is refused, ZITADEL is asked about it once more, unless it was asked less than this ago. */
const LOOK_AGAIN_INTERVAL = 5;

/** `host` with its port, `path` as sent, without query. */
type Address = Pick<RequestFacts, 'host' | 'path'>;

/** Resolves to a `Response` for a refusal. @throws GatewayError `bad_request`, `cross_site` and what is unavailable */
export type Admit = (context: RequestContext, address: Address) => Promise<Admitted | Response>;

/** The checks of a request, in the order in which it meets them. */
export function createAdmission(gateway: Gateway, sendToLogin?: SendToLogin): Admit {
  const enforce = createEnforcement(gateway, sendToLogin);
  return async (context, address) => {
    const matched = matchRules(gateway, context, address);
    if (isAllowedPreflight(matched)) return admitPreflight(matched);
    const { who, decision } = await judge(gateway, matched);
    const identified = { ...matched, who };
    note(identified, decision);
    if (who.kind === 'bad-token') return enforce.badToken(identified, who);
    if (decision.kind !== 'allow') return enforce.refusal(identified, decision);
    assertOwnUpgrade(gateway, identified);
    return identified as Admitted;
  };
}

function matchRules({ rules }: Gateway, context: RequestContext, { host, path }: Address): Matched {
  const { method, raw } = context.req;
  const requestedMethod = isPreflight(method, raw.headers)
    ? context.req.header('access-control-request-method')
    : undefined;
  const facts = { method, host, path, requestedMethod, destination: destinationOf(context, host) };
  const requirement = matchRequest(rules, facts);
  noteReaders(context, rules, facts, requirement);
  if (requirement.kind === 'nonsense') {
    throw new GatewayError(
      requirement.isElsewhere ? 'destination_elsewhere' : 'bad_request',
      `path: ${requirement.reason}`,
    );
  }
  if (requirement.help) context.set('help', requirement.help);
  return { context, requirement };
}

/** The path of an address of our own. @throws GatewayError `bad_request`, `destination_elsewhere` where there has to be one */
function destinationOf({ req }: RequestContext, host: string): string | undefined {
  const value = req.header('destination');
  const destination = value === undefined ? undefined : destinationAsked(value, req.method, host);
  if (typeof destination !== 'string') return destination?.pathname;
  if (destination === 'foreign') throw new GatewayError('destination_elsewhere', 'the destination is on another host');
  throw new GatewayError('bad_request', 'the destination is no address');
}

function isAllowedPreflight({ context, requirement }: Matched): boolean {
  const { method, raw } = context.req;
  return isPreflight(method, raw.headers) && allowedCorsOrigin(requirement, context.req.header('origin') ?? null);
}

/** Browsers send a preflight without credentials, so it is nobody's. */
function admitPreflight(matched: Matched): Admitted {
  matched.context.get('event').decision = 'preflight';
  const identified: Identified = { ...matched, who: { kind: 'nobody', reason: 'preflight' } };
  return identified as Admitted;
}

interface Judged {
  readonly who: Who;
  readonly decision: Decision;
}

/** Finds out who asks, and decides. Before a refusal that fresher claims could change, it asks ZITADEL once more. */
async function judge(gateway: Gateway, matched: Matched): Promise<Judged> {
  const { requirement } = matched;
  const who: Who = requirement.isDenied
    ? { kind: 'nobody', reason: 'denied to all' }
    : await authenticate(gateway, matched);
  const decision = decide(requirement, callerOf(who), gateway.now());
  const couldChange = decision.kind === 'refuse' && decision.couldChange;
  if (couldChange && who.kind === 'session') return judgeSessionAgain(gateway, matched, { who, decision });
  if (couldChange && who.kind === 'bearer') return judgeTokenAgain(gateway, matched);
  return { who, decision };
}

async function judgeSessionAgain(
  { visitorSessions, now }: Gateway,
  { requirement }: Matched,
  { who, decision }: Judged & { readonly who: Extract<Who, { kind: 'session' }> },
): Promise<Judged> {
  const renewal = await visitorSessions.lookAgain(who.visit);
  // The session turns out to have ended. The visitor may sign in anew.
  if (renewal === 'ended') return { who, decision: decide(requirement, undefined, now()) };
  return { who, decision: renewal === 'read' ? decide(requirement, callerOf(who), now()) : decision };
}

async function judgeTokenAgain(gateway: Gateway, matched: Matched): Promise<Judged> {
  const who = await authenticate(gateway, matched, LOOK_AGAIN_INTERVAL);
  return { who, decision: decide(matched.requirement, callerOf(who), gateway.now()) };
}

/** Browsers let any origin open a WebSocket, and send the cookie with it. @throws GatewayError `cross_site` */
function assertOwnUpgrade({ config }: Gateway, { context, who }: Identified): void {
  const { req } = context;
  // A proxy that asks /auth/check does not pass `Upgrade` on; but every handshake has the version field, too.
  const isUpgrade =
    req.header('upgrade')?.toLowerCase() === 'websocket' || req.header('sec-websocket-version') !== undefined;
  if (isUpgrade && who.kind === 'session' && req.header('origin') !== config.origin) {
    throw new GatewayError('cross_site', 'a WebSocket upgrade from another origin');
  }
}

function note({ context, who }: Identified, decision: Decision): void {
  const event = context.get('event');
  event.decision = `${decision.kind}: ${decision.reason}`;
  if (decision.rule !== undefined) event.rule = decision.rule;
  if (decision.report.length > 0) event.report = decision.report;
  const caller = callerOf(who);
  if (!caller) return;
  event.credentials = caller.via;
  event.sub = caller.identity.sub;
}
