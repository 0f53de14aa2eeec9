// How the gateway itself answers: pages for people, problem JSON for the rest, redirects; the one way from a fault to a response.
// RFC 9457; RFC 9110 §15; ARCHITECTURE §3. The visitor gets code and reference, the log gets the reason.

import type { Context } from 'hono';
import type { Help } from '../config/help.ts';
import { endpointPath, endpointUrl } from '../endpoints/catalogue.ts';
import { FAULTS, type FaultCode, GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { RequestEvent } from '../observability/request-event.ts';
import { ownResponseHeaders } from '../pages/page-headers.ts';
import type { PageContext } from '../pages/pages.ts';
import type { CorsFields } from '../policy/cors.ts';
import { isNavigation } from '../policy/navigation.ts';
import { parseReturnTo } from '../policy/return-to.ts';
import { isPassing, ownRetry } from './own-retry.ts';

/** `url` is the request's, parsed once; `cors` and `help`, of a known route, are for what the gateway itself answers there. */
export type AppEnv = { Variables: { event: RequestEvent; url: URL; cors?: CorsFields; help?: Help } };
export type AppContext = Context<AppEnv>;
/** What a request is judged by. It is the request that came, or the one that another proxy asks about. */
export interface RequestContext {
  readonly req: {
    /** For its header fields. */
    readonly raw: Request;
    readonly method: string;
    readonly url: string;
    header(name: string): string | undefined;
  };
  get(key: 'event'): RequestEvent;
  get(key: 'cors'): CorsFields | undefined;
  get(key: 'help'): Help | undefined;
  set(key: 'cors', fields: CorsFields): void;
  /** Whom the visitor turns to, as soon as the rule is known. */
  set(key: 'help', help: Help): void;
  /** Where a sign-in ends if the request's `Referer` names no page of ours. Missing: at the root. */
  readonly returnTo?: string | undefined;
  /** A proxy asks about a visitor's request, so that the client address which the edge reports is the proxy's. */
  readonly isAskedFor?: boolean;
}
export type Endpoint = (gateway: Gateway) => (c: AppContext) => Response | Promise<Response>;

export interface FaultAnswerOptions {
  /** For a navigation, in place of the plain page. */
  readonly page?: (context: PageContext) => Promise<Response>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON in any case: a client that brings a token is a program (RFC 6750). */
  readonly isForProgram?: boolean;
  /** Further members of the problem. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export function pageContext(c: RequestContext): PageContext {
  const { timezone: timeZone } = c.req.raw.cf ?? {};
  return {
    requestId: c.get('event').request_id,
    acceptLanguage: c.req.header('accept-language') ?? null,
    ...(typeof timeZone === 'string' && { timeZone }),
    help: c.get('help'),
  };
}

/** JSON of the gateway's own, never stored. */
export function jsonAnswer(gateway: Gateway, body: unknown, status = 200, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...ownResponseHeaders(gateway.config), 'Content-Type': type },
  });
}

/** `location` is absolute: a path written out again can leave the site (`//evil.example`). */
export function redirectAnswer(gateway: Gateway, location: string, status: 302 | 303 = 302): Response {
  return new Response(null, { status, headers: { ...ownResponseHeaders(gateway.config), Location: location } });
}

export function appendCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

/** Where a script's page is brought back to after signing in: the page it runs on, or that a boosted link of htmx's leads to. */
function returnToOf({ config }: Gateway, { req, returnTo }: RequestContext): string {
  const target = req.method === 'GET' && req.header('hx-boosted') === 'true' ? req.url : undefined;
  const pages = [target, req.header('hx-current-url'), req.header('referer')];
  return pages.map((page) => parseReturnTo(page ?? null, config)).find((page) => page !== undefined) ?? returnTo ?? '/';
}

/** For a script: where its page signs in. */
export const scriptLoginUrl = (gateway: Gateway, c: RequestContext, code: FaultCode): string =>
  loginUrl(gateway, returnToOf(gateway, c), code);

export async function faultAnswer(
  gateway: Gateway,
  c: RequestContext,
  code: FaultCode,
  reason: string,
  options: FaultAnswerOptions = {},
): Promise<Response> {
  const isForPerson = !options.isForProgram && isNavigation(c.req.raw.headers, c.req.method);
  if (!isForPerson) return problemAnswer(gateway, c, { code, reason, ...options });
  noteFault(c, code, reason);
  const { page = (context) => gateway.pages.fault(context, { code }), headers = {} } = options;
  return setHeaders(await page(pageContext(c)), { ...c.get('cors'), ...headers });
}

export interface ProblemDetails extends Pick<FaultAnswerOptions, 'headers' | 'members'> {
  readonly code: FaultCode;
  /** For the log. */
  readonly reason: string;
}

export function problemAnswer(gateway: Gateway, c: RequestContext, problem: ProblemDetails): Response {
  const { code, reason, headers = {}, members = {} } = problem;
  noteFault(c, code, reason);
  const { status, title } = FAULTS[code];
  const body = {
    type: `urn:postern:fault:${code}`,
    title,
    status,
    code,
    request_id: c.get('event').request_id,
    ...(status === 401 && { login_url: scriptLoginUrl(gateway, c, code) }),
    ...members,
  };
  return setHeaders(jsonAnswer(gateway, body, status, 'application/problem+json'), { ...c.get('cors'), ...headers });
}

/** Where a program sends a person to sign in. A session that ZITADEL still has would bring the same sign-in back after a step-up. */
export function loginUrl({ config }: Gateway, returnTo: string, code: FaultCode): string {
  const prompt = code === 'insufficient_user_authentication' ? 'login' : undefined;
  return endpointUrl(config, 'login', { return_to: returnTo, prompt });
}

function noteFault(c: RequestContext, code: FaultCode, reason: string): void {
  const event = c.get('event');
  const { level } = FAULTS[code];
  event.fault = code;
  event.reason = reason;
  if (level === 'error' || event.level === 'info') event.level = level;
}

function setHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'Vary') response.headers.append(name, value);
    else response.headers.set(name, value);
  }
  return response;
}

/** Seconds, where whoever is away does not say how long. */
const WAIT = 10;

/** For what is thrown: a fault by its code, anything else as `internal`. */
export function thrownAnswer(gateway: Gateway, c: RequestContext, error: unknown): Promise<Response> {
  const fault =
    error instanceof GatewayError ? error : new GatewayError('internal', String((error as Error)?.stack ?? error));
  const { code, message, retryAfter } = fault;
  const wait = retryAfter ?? (isPassing(code) ? WAIT : undefined);
  const headers: Record<string, string> = wait === undefined ? {} : { 'Retry-After': String(wait) };
  const page = code in REFUSED_SIGN_INS ? refusedSignIn(gateway, code) : faultPage(gateway, c, code, wait);
  return faultAnswer(gateway, c, code, message, { headers, page });
}

/** Faults that have a page of their own. */
const REFUSED_SIGN_INS = { login_denied: 'loginDenied', foreign_organization: 'foreignOrganization' } as const;

function refusedSignIn({ pages }: Gateway, code: FaultCode) {
  const name = REFUSED_SIGN_INS[code as keyof typeof REFUSED_SIGN_INS];
  return (context: PageContext) => pages[name](context, {});
}

function faultPage(gateway: Gateway, c: RequestContext, code: FaultCode, wait: number | undefined) {
  return async (context: PageContext) => {
    const { cookies, ...retry } = wait === undefined ? { cookies: [] } : ownRetry(gateway, c, code, wait);
    const signInHref = code === 'login_failed' ? endpointPath(gateway.config, 'login') : undefined;
    const page = await gateway.pages.fault(context, { code, retryAfter: wait, signInHref, ...retry });
    return appendCookies(page, cookies);
  };
}
