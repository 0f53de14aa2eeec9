// GET/POST /auth/login: starts a login, also for a third party that initiates one.
// OIDC Core §3.1.2.1, §4 (initiate_login_uri: iss, target_link_uri).

import type { AppContext, Endpoint } from '../answer/answers.ts';
import { refusalAnswer } from '../answer/refusal.ts';
import { GatewayError } from '../errors.ts';
import { againFor } from '../gate/login-again.ts';
import { isLoginHint } from '../login/login-hint.ts';
import { assertMayBegin } from '../login/may-begin-login.ts';
import { beginLogin } from '../login/start-login.ts';
import { organizationScope } from '../oidc/zitadel/scopes.ts';
import { parseReturnTo } from '../policy/return-to.ts';
import { readPostedFields } from '../shared/posted-fields.ts';
import type { FaultTable } from '../shared/refusals.ts';

/** The reason that this endpoint adds to those of may-begin-login.ts. */
const LOGIN_FAULTS: FaultTable<{ readonly tag: 'foreign_iss' }> = {
  foreign_iss: () => new GatewayError('bad_request', 'login: iss is not our issuer'),
};

const PROMPTS = new Set(['login', 'select_account', 'create']);

export const login: Endpoint = (gateway) => async (c) => {
  const { config } = gateway;
  const { raw } = c.req;
  await assertMayBegin(gateway, raw);
  const parameters = await parametersOf(c);
  const iss = parameters.get('iss');
  if (iss !== null && iss.replace(/\/$/, '') !== config.issuer) {
    return refusalAnswer(gateway, c, LOGIN_FAULTS, { tag: 'foreign_iss' });
  }
  const target = parameters.get('return_to') ?? parameters.get('target_link_uri');
  const returnTo = parseReturnTo(target, config) ?? config.postLoginUrl;
  const isAgain = parameters.get('prompt') === 'login' && parameters.has('return_to');
  const again = isAgain ? await againFor(gateway, raw, returnTo) : {};
  return beginLogin(gateway, raw, {
    ...again,
    returnTo,
    extra: { ...again.extra, ...passedOn(parameters) },
    extraScope: askedOrganization(parameters, config.organizationId),
  });
};

/** OIDC Core §4 lets a third party send them as a form too. They do no more there than in a link, which any site may have. */
async function parametersOf(c: AppContext): Promise<URLSearchParams> {
  const { searchParams } = c.get('url');
  const fields = c.req.method === 'POST' ? await readPostedFields(c.req.raw) : undefined;
  return new URLSearchParams([...(fields ?? []), ...searchParams]);
}

/** The parameters that a link may set; no others are passed on. */
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
