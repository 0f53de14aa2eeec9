// Does ZITADEL take the gateway for what it says it is? Client authentication, grants, introspection, asked with a code and a token of nobody's.
// RFC 6749 §2.3, §5.2; RFC 7662 §2.3.

import type { ClientAuthentication, Config } from '../../src/config/schema.ts';
import { createClientAuth } from '../../src/oidc/client-auth.ts';
import { type Answer, ask, errorOf, type Fetch, isGood, noAnswer, type Silence } from './ask.ts';
import { type Finding, failed, ok, skipped } from './finding.ts';
import type { Metadata } from './provider.ts';
import { idCure, isUnknownClient, NOTHING } from './registration.ts';

/** Sends a code that does not exist: ZITADEL complains of the code only after it has recognised the client. */
export async function checkClient(config: Config, metadata: Metadata, fetch: Fetch): Promise<Finding[]> {
  const check = 'client';
  const { client_id, clientAuthentication, redirect_uri } = config;
  const post = (form: Readonly<Record<string, string>>) =>
    postAs(fetch, metadata.token_endpoint, { issuer: config.issuer, client_id, clientAuthentication }, form);
  const answer = await post({ grant_type: 'authorization_code', code: NOTHING, redirect_uri, code_verifier: NOTHING });
  if (!isGood(answer)) return [noAnswer(check, answer)];
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
  return [
    ok(
      check,
      `${client_id}, by ${clientAuthentication.method === 'none' ? 'PKCE alone' : clientAuthentication.method}`,
    ),
    ...(await checkRefresh(config, post)),
  ];
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
  if (!isGood(answer)) return [noAnswer(check, answer)];
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
  try {
    await createClientAuth(clientAuthentication, () => Date.now() / 1000)({ issuer }, { client_id }, body, headers);
  } catch (cause) {
    // A key file of the right form may hold a key that is none.
    const cure = 'the key file as ZITADEL gave it, whole; else create a new key there';
    return { silence: `its key can’t be used (${(cause as Error).message})`, cure };
  }
  return ask(fetch, endpoint, { method: 'POST', body, headers });
}
