// GET /auth/login: starts a login; also the place for a login that a third party initiates.
// OIDC Core §3.1.2.1, §4 (initiate_login_uri: iss, target_link_uri).

import type { AppContext, Endpoint } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { isLoginHint, loginHintOf } from '../login/login-hint.ts';
import { startLogin } from '../login/start-login.ts';
import { organizationScope } from '../oidc/zitadel/scopes.ts';
import { parseReturnTo } from '../policy/return-to.ts';

const PROMPTS = new Set(['login', 'select_account', 'create']);

export const login: Endpoint = (gateway) => async (c) => {
  const { config } = gateway;
  const { searchParams } = new URL(c.req.url);
  const iss = searchParams.get('iss');
  if (iss !== null && iss.replace(/\/$/, '') !== config.issuer) {
    throw new GatewayError('bad_request', 'login: iss is not our issuer');
  }
  const target = searchParams.get('return_to') ?? searchParams.get('target_link_uri');
  const returnTo = parseReturnTo(target, config) ?? config.postLoginUrl;
  return startLogin(gateway, c.req.raw, {
    returnTo,
    extra: { ...(await ownHint(gateway, c, searchParams)), ...passedOn(searchParams) },
    extraScope: askedOrganization(searchParams, config.organizationId),
  });
};

/** Who is signed in and has to prove it again for a page need not say who they are. Without a page anybody may be meant. */
async function ownHint({ visitorSessions }: Gateway, c: AppContext, parameters: URLSearchParams) {
  if (parameters.get('prompt') !== 'login' || !parameters.has('return_to')) return {};
  try {
    const opened = await visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
    return opened.kind === 'active' ? loginHintOf(opened.visit.session.identity) : {};
  } catch (error) {
    // The sign-in does without.
    if (error instanceof GatewayError) return {};
    throw error;
  }
}

/** What a link may ask ZITADEL for; everything else is not passed on. */
function passedOn(parameters: URLSearchParams): Record<string, string> {
  const extra: Record<string, string> = {};
  const prompt = parameters.get('prompt');
  if (prompt !== null && PROMPTS.has(prompt)) extra['prompt'] = prompt;
  const loginHint = parameters.get('login_hint');
  if (loginHint !== null && isLoginHint(loginHint)) extra['login_hint'] = loginHint;
  const uiLocales = parameters.get('ui_locales');
  // BCP 47 tags, separated by blanks.
  if (uiLocales !== null && /^[A-Za-z0-9-]+(?: [A-Za-z0-9-]+)*$/.test(uiLocales) && uiLocales.length <= 100) {
    extra['ui_locales'] = uiLocales;
  }
  return extra;
}

function askedOrganization(parameters: URLSearchParams, configured: string | undefined): string | undefined {
  const organization = parameters.get('organization');
  if (configured !== undefined || organization === null || !/^\d{1,30}$/.test(organization)) return undefined;
  return organizationScope(organization);
}
