// What ZITADEL knows of this gateway: redirect URIs, client authentication, grants, introspection. Asked with questions that change nothing.
// RFC 6749 §4.1.2.1, §5.2; RP-Initiated Logout 1.0 §2; RFC 7662 §2.3. ZITADEL answers 400 JSON where it would redirect.

import type { ClientAuthentication, Config } from '../../src/config/schema.ts';
import { createClientAuth } from '../../src/oidc/client-auth.ts';
import { type Answer, ask, errorOf, type Fetch, isUnwell, type Silence } from './ask.ts';
import { type Finding, failed, ok, skipped } from './finding.ts';
import type { Metadata } from './provider.ts';

/** 43 characters, as the verifier or challenge that nobody will ever use. */
const NOTHING = 'postern-doctor-asks-and-nobody-signs-in-now';

const isUnknownClient = (said: string): boolean => /App\.NotFound|client_id|no active client/.test(said);
const idCure = ({ client_id }: Config): string =>
  `ZITADEL_CLIENT_ID is not known there, or the application is inactive: copy it from the application (now ${client_id})`;

const isGood = (answer: Answer | Silence): answer is Answer => !('silence' in answer) && !isUnwell(answer);
const noAnswer = (check: string, answer: Answer | Silence): Finding[] => [
  failed(check, 'silence' in answer ? answer.silence : `status ${answer.status}`, 'ask again when ZITADEL is well'),
];

export async function checkRedirectUri(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'redirect URI';
  const url = withQuery(metadata.authorization_endpoint, {
    client_id: config.client_id,
    redirect_uri: config.redirect_uri,
    response_type: 'code',
    scope: config.scope,
    state: NOTHING,
    nonce: NOTHING,
    code_challenge: NOTHING,
    code_challenge_method: 'S256',
  });
  const answer = await ask(fetch, url);
  if (!isGood(answer)) return noAnswer(check, answer);
  const location = answer.headers.get('location') ?? '';
  if (answer.status < 300 || answer.status > 399) {
    const said = errorOf(answer);
    const cure = isUnknownClient(said)
      ? idCure(config)
      : /response.type/.test(said)
        ? 'ZITADEL, application, OIDC configuration: response type Code'
        : `ZITADEL, application, redirect settings: add ${config.redirect_uri}, letter for letter (http:// wants development mode)`;
    return [failed(check, `ZITADEL refuses ${config.redirect_uri}: ${said}`, cure)];
  }
  if (location.startsWith(config.redirect_uri)) {
    const said = new URL(location).searchParams;
    const found = `ZITADEL sends visitors back with ${said.get('error')}: ${said.get('error_description') ?? ''}`;
    return [failed(check, found, 'look at ZITADEL_ORG_ID and ZITADEL_SCOPES: one organisation, and one that exists')];
  }
  return [ok(check, `${config.redirect_uri} is registered`)];
}

export async function checkPostLogoutUri(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'post-logout URI';
  const { post_logout_redirect_uri, client_id } = config;
  if (metadata.end_session_endpoint === undefined) return [skipped(check, 'ZITADEL has no end_session endpoint')];
  const url = withQuery(metadata.end_session_endpoint, { client_id, post_logout_redirect_uri, state: NOTHING });
  const answer = await ask(fetch, url);
  if (!isGood(answer)) return noAnswer(check, answer);
  if (answer.status < 400) return [ok(check, `${post_logout_redirect_uri} is registered`)];
  const cure = isUnknownClient(errorOf(answer))
    ? idCure(config)
    : `ZITADEL, application, redirect settings, post logout URIs: add ${post_logout_redirect_uri}, letter for letter; until then signing out ends in an error there`;
  return [failed(check, `ZITADEL refuses ${post_logout_redirect_uri}: ${errorOf(answer)}`, cure)];
}

/** With a code that does not exist: whoever is told so has been recognised. */
export async function checkClient(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'client';
  const { client_id, clientAuthentication, redirect_uri } = config;
  const post = (form: Readonly<Record<string, string>>) =>
    postAs(fetch, metadata.token_endpoint, { issuer: config.issuer, client_id, clientAuthentication }, form);
  const answer = await post({ grant_type: 'authorization_code', code: NOTHING, redirect_uri, code_verifier: NOTHING });
  if (!isGood(answer)) return noAnswer(check, answer);
  if (answer.json?.['error'] === 'invalid_client')
    return [
      failed(
        check,
        `ZITADEL does not take the gateway for the application: ${errorOf(answer)}`,
        isUnknownClient(errorOf(answer)) ? idCure(config) : clientCure(config),
      ),
    ];
  if (answer.json?.['error'] === 'unauthorized_client')
    return [failed(check, errorOf(answer), 'ZITADEL, application, OIDC configuration: grant type Authorization Code')];
  return [ok(check, `${client_id}, by ${clientAuthentication.method}`), ...(await checkRefresh(config, post))];
}

function clientCure({ clientAuthentication: { method } }: Config): string {
  if (method === 'none')
    return 'the application is confidential: ZITADEL_CLIENT_SECRET or ZITADEL_CLIENT_KEY (here in .dev.vars, deployed by wrangler secret put); or choose PKCE there';
  if (method === 'private_key_jwt')
    return 'ZITADEL_CLIENT_KEY: is it the file of this application, and has its key not expired? Else create a new key there';
  return 'ZITADEL_CLIENT_SECRET: generate a new one at the application, and set it here';
}

async function checkRefresh(
  { scope }: Config,
  post: (form: Readonly<Record<string, string>>) => Promise<Answer | Silence>,
): Promise<Finding[]> {
  if (!scope.split(' ').includes('offline_access')) return [];
  const answer = await post({ grant_type: 'refresh_token', refresh_token: NOTHING });
  if (!isGood(answer) || answer.json?.['error'] !== 'unauthorized_client') return [];
  const cure =
    'ZITADEL, application, OIDC configuration: switch on Refresh Token; without it a session ends with its access token';
  return [failed('refresh token', `ZITADEL will give none: ${errorOf(answer)}`, cure)];
}

export async function checkIntrospection(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'introspection';
  const { introspection, issuer } = config;
  if (!introspection)
    return [
      skipped(
        check,
        config.takesBearer ? 'not configured: of bearer tokens, only JWTs are taken' : 'no bearer tokens are taken',
      ),
    ];
  const endpoint = config.introspectionUrl ?? metadata.introspection_endpoint;
  if (endpoint === undefined)
    return [failed(check, 'ZITADEL’s metadata names no endpoint', 'ZITADEL_INTROSPECTION_URL')];
  const { client_id, authentication: clientAuthentication } = introspection;
  const answer = await postAs(fetch, endpoint, { issuer, client_id, clientAuthentication }, { token: NOTHING });
  if (!isGood(answer)) return noAnswer(check, answer);
  if (typeof answer.json?.['active'] === 'boolean')
    return [ok(check, `as ${client_id}, by ${clientAuthentication.method}`)];
  const cure = `ZITADEL_API_KEY (or ZITADEL_API_CLIENT_ID and _SECRET): those of an API application of the same project, whose key has not expired`;
  return [failed(check, `ZITADEL refuses the API application: ${errorOf(answer)}`, cure)];
}

interface As {
  readonly issuer: string;
  readonly client_id: string;
  readonly clientAuthentication: ClientAuthentication;
}

/** As the gateway itself authenticates. */
async function postAs(
  fetch: Fetch,
  endpoint: string,
  { issuer, client_id, clientAuthentication }: As,
  form: Readonly<Record<string, string>>,
): Promise<Answer | Silence> {
  const body = new URLSearchParams(form);
  const headers = new Headers({ accept: 'application/json' });
  await createClientAuth(clientAuthentication)({ issuer }, { client_id }, body, headers);
  return ask(fetch, endpoint, { method: 'POST', body, headers });
}

function withQuery(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
