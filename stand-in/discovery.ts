// Provider metadata and the JWKS. OIDC Discovery §3: no PAR, no DPoP, no `iss` on the callback, because ZITADEL has none.

import type { Endpoint, Instance } from './instance.ts';
import { SIGNING_ALGORITHMS } from './keys.ts';
import { json } from './respond.ts';
import { STANDARD_SCOPES } from './scopes.ts';

export const PATHS = {
  discovery: '/.well-known/openid-configuration',
  keys: '/oauth/v2/keys',
  authorize: '/oauth/v2/authorize',
  token: '/oauth/v2/token',
  userinfo: '/oidc/v1/userinfo',
  introspection: '/oauth/v2/introspect',
  revocation: '/oauth/v2/revoke',
  end_session: '/oidc/v1/end_session',
} as const;

const CLIENT_AUTH = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const LOCALES = 'ar bg cs de en es fr hu id it ja ko mk nl pl pt ro ru sv tr uk zh'.split(' ');
// ZITADEL lists `scopes` as a claim, by mistake; so does this.
const CLAIMS = (
  'sub aud exp iat iss auth_time nonce acr amr c_hash at_hash act scopes client_id azp preferred_username name ' +
  'family_name given_name locale email email_verified phone_number phone_number_verified'
).split(' ');

export function createDiscovery({ tamper }: Instance): Endpoint {
  return async ({ issuer }) => {
    const metadata = {
      issuer,
      authorization_endpoint: issuer + PATHS.authorize,
      token_endpoint: issuer + PATHS.token,
      introspection_endpoint: issuer + PATHS.introspection,
      userinfo_endpoint: issuer + PATHS.userinfo,
      revocation_endpoint: issuer + PATHS.revocation,
      end_session_endpoint: issuer + PATHS.end_session,
      device_authorization_endpoint: `${issuer}/oauth/v2/device_authorization`,
      jwks_uri: issuer + PATHS.keys,
      scopes_supported: STANDARD_SCOPES,
      response_types_supported: ['code', 'id_token', 'id_token token'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      grant_types_supported: [
        'authorization_code',
        'implicit',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
      request_object_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: CLIENT_AUTH,
      token_endpoint_auth_signing_alg_values_supported: ['RS256'],
      revocation_endpoint_auth_methods_supported: CLIENT_AUTH,
      revocation_endpoint_auth_signing_alg_values_supported: ['RS256'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      introspection_endpoint_auth_signing_alg_values_supported: ['RS256'],
      claims_supported: CLAIMS,
      code_challenge_methods_supported: ['S256'],
      ui_locales_supported: LOCALES,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    };
    return json((await tamper.discovery?.(metadata)) ?? metadata);
  };
}

export function createJwks({ tamper, webKeys }: Instance): Endpoint {
  return async () => {
    const jwks = { keys: (await webKeys.all()).map((key) => key.publicJwk) };
    return new Response(JSON.stringify((await tamper.jwks?.(jwks)) ?? jwks), {
      headers: { 'content-type': 'application/json', 'cache-control': 'max-age=300, must-revalidate' },
    });
  };
}
