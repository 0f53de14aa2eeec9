// Where ZITADEL would send visitors: redirect URI and post-logout URI, asked in a way that changes nothing.
// RFC 6749 §4.1.2.1; RP-Initiated Logout 1.0 §2. ZITADEL answers 400 JSON where it would redirect.

import type { Config } from '../../src/config/schema.ts';
import { ask, errorOf, type Fetch, isGood, noAnswer } from './ask.ts';
import { type Finding, failed, ok, skipped } from './finding.ts';
import type { Metadata } from './provider.ts';

/** 43 characters, as the verifier or challenge that nobody will ever use. */
export const NOTHING = 'postern-doctor-asks-and-nobody-signs-in-now';

export const isUnknownClient = (said: string): boolean => /App\.NotFound|client_id|no active client/.test(said);
export const idCure = ({ client_id, site }: Config): string =>
  `${site === undefined ? 'ZITADEL_CLIENT_ID' : 'the client_id (or ZITADEL_CLIENT_ID)'} is not known there, or the application is inactive: copy it from the application (now ${client_id})`;

const bySetup = ({ client_id }: Config): string => `; npx postern setup adds it to the application ${client_id}`;

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
  if (!isGood(answer)) return [noAnswer(check, answer)];
  const location = answer.headers.get('location') ?? '';
  if (answer.status < 300 || answer.status > 399) {
    const said = errorOf(answer);
    const cure = isUnknownClient(said)
      ? idCure(config)
      : /response.type/.test(said)
        ? 'ZITADEL, application, OIDC configuration: response type Code'
        : `ZITADEL, application, redirect settings: add ${config.redirect_uri}, letter for letter (http:// wants development mode)${bySetup(config)}`;
    return [failed(check, `ZITADEL refuses ${config.redirect_uri}: ${said}`, cure)];
  }
  if (location.startsWith(config.redirect_uri)) {
    const said = new URL(location).searchParams;
    const found = `ZITADEL sends visitors back with ${said.get('error')}: ${said.get('error_description') ?? ''}`;
    return [
      failed(
        check,
        found,
        'look at ZITADEL_ORG_ID (org_id of a site) and ZITADEL_SCOPES: one organisation, and one that exists',
      ),
    ];
  }
  return [ok(check, `${config.redirect_uri} is registered`)];
}

export async function checkPostLogoutUri(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'post-logout URI';
  const { post_logout_redirect_uri, client_id } = config;
  if (metadata.end_session_endpoint === undefined) return [skipped(check, 'ZITADEL has no end_session endpoint')];
  const url = withQuery(metadata.end_session_endpoint, { client_id, post_logout_redirect_uri, state: NOTHING });
  const answer = await ask(fetch, url);
  if (!isGood(answer)) return [noAnswer(check, answer)];
  if (answer.status < 400) return [ok(check, `${post_logout_redirect_uri} is registered`)];
  const cure = isUnknownClient(errorOf(answer))
    ? idCure(config)
    : `ZITADEL, application, redirect settings, post logout URIs: add ${post_logout_redirect_uri}, letter for letter; until then signing out ends in an error there${bySetup(config)}`;
  return [failed(check, `ZITADEL refuses ${post_logout_redirect_uri}: ${errorOf(answer)}`, cure)];
}

function withQuery(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
