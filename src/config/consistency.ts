// What must hold between variables (problems), and what is allowed but doubtful (warnings). Looks only at sound variables.
// ARCHITECTURE §1; OIDC Core §3.1.2.1 (openid), §11 (offline_access); ZITADEL's reserved scopes.

import { isTaken } from '../endpoints/catalogue.ts';
import { ROLES_CLAIM } from '../oidc/zitadel/claim-names.ts';
import { isClaimOfRoles, isOrganizationScope, organizationScope, ROLES_SCOPE } from '../oidc/zitadel/scopes.ts';
import { type Environment, isService } from './bindings.ts';
import { describeSecret, describeValue, placeOfRoute } from './issues.ts';
import { findUnreachable, findUnspelled } from './route-order.ts';
import type { UpstreamTarget } from './schema.ts';
import { describeUnwrittenHost } from './upstream-host.ts';
import { isLoopback, parseHttpUrl, parseLocalUrl, WANTED_FREE_PATH, writeUpstream } from './urls.ts';
import { VARIABLES, type VariableName, type Variables } from './variables.ts';

/** `env` holds the variables that are set; `parsed` holds the sound ones and the defaults. */
export interface Judged {
  readonly env: Environment;
  readonly parsed: Partial<Variables>;
  /** `found` is described from the variable's value when it is left out. */
  readonly problem: (variable: VariableName, wanted: string, place?: string, found?: unknown) => void;
  readonly warn: (sentence: string) => void;
  /** As the operator writes it: at a site, its field. */
  readonly nameOf: (variable: VariableName) => string;
  /** Whether an origin is the gateway's own: that of any of its sites. */
  readonly isOwn: (origin: string) => boolean;
}

export function judgeTogether(judged: Judged): void {
  judgeClients(judged);
  judgeScopes(judged);
  judgeOwnUrls(judged);
  judgeLogo(judged);
  judgeSite(judged);
}

/** What every site has to keep by itself. */
export function judgeSite(judged: Judged): void {
  judgeUpstreams(judged);
  judgeUpstreamHosts(judged);
  judgeBearerRoutes(judged);
  const { SESSION_DURATION: idle, SESSION_MAX_DURATION: most, ROUTES: routes = [] } = judged.parsed;
  if (idle !== undefined && most !== undefined && most < idle) {
    judged.problem(
      'SESSION_MAX_DURATION',
      `at least ${judged.nameOf('SESSION_DURATION')}, which is ${idle}`,
      undefined,
      most,
    );
  }
  for (const sentence of [...findUnreachable(routes), ...findUnspelled(routes)]) judged.warn(sentence);
}

function judgeClients({ env, parsed, problem, warn }: Judged): void {
  const isGiven = (name: VariableName) => env[name] !== undefined;
  if (isGiven('ZITADEL_CLIENT_SECRET') && isGiven('ZITADEL_CLIENT_KEY')) {
    problem('ZITADEL_CLIENT_SECRET', 'either ZITADEL_CLIENT_SECRET or ZITADEL_CLIENT_KEY, not both');
  }
  const { ZITADEL_CLIENT_KEY: keyFile, ZITADEL_CLIENT_ID: clientId } = parsed;
  if (keyFile !== undefined && clientId !== undefined && keyFile.clientId !== clientId) {
    problem('ZITADEL_CLIENT_KEY', 'the key file of the application whose client id is ZITADEL_CLIENT_ID');
  }
  const pair = ['ZITADEL_API_CLIENT_ID', 'ZITADEL_API_CLIENT_SECRET'] as const;
  const missing = pair.filter((name) => !isGiven(name));
  if (isGiven('ZITADEL_API_KEY') && missing.length < 2) {
    problem('ZITADEL_API_KEY', `either ZITADEL_API_KEY or ${pair.join(' with ')}, not both`);
  }
  if (missing.length === 1 && missing[0]) problem(missing[0], `${pair.join(' and ')} together, or neither`);
  if (isGiven('ZITADEL_INTROSPECTION_URL') && !isGiven('ZITADEL_API_KEY') && missing.length === 2) {
    warn('ZITADEL_INTROSPECTION_URL has no effect without ZITADEL_API_KEY or ZITADEL_API_CLIENT_ID');
  }
}

function judgeScopes({ parsed, problem, warn }: Judged): void {
  const { ZITADEL_SCOPES: scopes, ZITADEL_ORG_ID: organizationId } = parsed;
  if (scopes === undefined) return;
  if (!scopes.includes('openid')) problem('ZITADEL_SCOPES', 'scopes with openid among them');
  if (!scopes.includes('offline_access')) {
    warn('ZITADEL_SCOPES lacks offline_access: without a refresh token, roles are as old as the sign-in');
  }
  if (scopes.some(isClaimOfRoles)) {
    warn(`ZITADEL_SCOPES names ${ROLES_CLAIM}, which is a claim: the scope is ${ROLES_SCOPE}`);
  }
  const organizations = scopes.filter(isOrganizationScope);
  if (organizations.length === 0) return;
  if (organizationId === undefined) {
    warn(`ZITADEL_SCOPES names an organisation, which only asks: ZITADEL_ORG_ID also checks it`);
  } else if (organizations.some((scope) => scope !== organizationScope(organizationId))) {
    problem('ZITADEL_SCOPES', 'no organisation but that of ZITADEL_ORG_ID: ZITADEL takes only one');
  }
}

function judgeOwnUrls({ parsed, problem }: Judged): void {
  const { ZITADEL_CALLBACK_URL: callback } = parsed;
  if (callback === undefined) return;
  const { ZITADEL_POST_LOGIN_URL: login, ZITADEL_POST_LOGOUT_URL: logout } = parsed;
  if (login !== undefined && parseLocalUrl(login, callback.origin) === undefined) {
    problem('ZITADEL_POST_LOGIN_URL', `a path, or a URL on ${callback.origin}, without a fragment`);
  }
  const logoutUrl = logout === undefined ? undefined : parseHttpUrl(logout);
  if (logout !== undefined && (logoutUrl?.origin !== callback.origin || /[?#]/.test(logout))) {
    problem('ZITADEL_POST_LOGOUT_URL', `a URL on ${callback.origin}, without query and fragment`);
  } else if (
    logoutUrl &&
    (logoutUrl.pathname === callback.pathname || isTaken(logoutUrl.pathname, callback.endpoints))
  ) {
    problem('ZITADEL_POST_LOGOUT_URL', WANTED_FREE_PATH);
  }
}

/** A site's that it has from the first is judged there. */
export function judgeLogo({ parsed, problem }: Judged): void {
  const { ZITADEL_CALLBACK_URL: callback, BRAND_LOGO_URL: logo } = parsed;
  if (callback === undefined || logo === undefined || parseHttpUrl(logo)?.protocol === 'https:') return;
  if (parseLocalUrl(logo, callback.origin) === undefined)
    problem('BRAND_LOGO_URL', 'an https:// URL, or a path on the gateway’s own origin');
}

/** What fetch can't do must not go unsaid. */
function judgeUpstreamHosts({ parsed, warn }: Judged): void {
  const { UPSTREAM_URL, UPSTREAM_HOST = 'upstream', ROUTES: routes = [] } = parsed;
  const judgeOne = (place: string, target: UpstreamTarget | undefined, called: string) => {
    const limit = target && describeUnwrittenHost(target, called);
    if (limit !== undefined) warn(`${place} = "${called}": ${limit}`);
  };
  judgeOne('UPSTREAM_HOST', UPSTREAM_URL, UPSTREAM_HOST);
  routes.forEach(({ upstream = UPSTREAM_URL, upstream_host }, i) => {
    if (upstream_host !== undefined) judgeOne(`ROUTES${placeOfRoute(i, 'upstream_host')}`, upstream, upstream_host);
  });
}

function judgeUpstreams({ env, parsed, problem, warn, isOwn }: Judged): void {
  const { UPSTREAM_URL, ROUTES: routes = [] } = parsed;
  const judgeOne = (upstream: UpstreamTarget, variable: VariableName, place?: string, found?: unknown) => {
    if (upstream.binding !== undefined) {
      if (isService(env, upstream.binding)) return;
      problem(
        variable,
        `a service binding named ${upstream.binding} in wrangler.toml ([[services]] or [[vpc_services]])`,
        place,
        found,
      );
    } else if (isOwn(upstream.origin)) {
      problem(
        variable,
        'the origin of the application: this is the gateway’s own, which would call itself',
        place,
        found,
      );
    } else if (upstream.origin.startsWith('http:') && !isLoopback(new URL(upstream.origin).hostname)) {
      warn(`${variable}${place ?? ''}: identities and cookies travel to ${upstream.origin} without encryption`);
    }
  };
  if (UPSTREAM_URL !== undefined) judgeOne(UPSTREAM_URL, 'UPSTREAM_URL');
  routes.forEach(({ upstream }, i) => {
    if (upstream !== undefined) judgeOne(upstream, 'ROUTES', placeOfRoute(i, 'upstream'), writeUpstream(upstream));
  });
}

function judgeBearerRoutes({ env, parsed, problem }: Judged): void {
  const takesBearer = (
    ['ZITADEL_PROJECT_ID', 'ZITADEL_AUDIENCE', 'ZITADEL_API_KEY', 'ZITADEL_API_CLIENT_ID'] as const
  ).some((name) => env[name] !== undefined);
  parsed.ROUTES?.forEach(({ credentials }, i) => {
    if (takesBearer || !credentials?.includes('bearer')) return;
    const wanted =
      'no "bearer" before ZITADEL_PROJECT_ID, ZITADEL_AUDIENCE or ZITADEL_API_KEY says which tokens to take';
    problem('ROUTES', wanted, placeOfRoute(i, 'credentials'), credentials);
  });
}

/** For `found`: what the operator may see of a variable's value. */
export function describeVariable(name: VariableName, value: unknown): string {
  return VARIABLES[name].kind === 'secret' ? describeSecret(value) : describeValue(value);
}
