// The relying party: every conversation with ZITADEL, each answer checked before anything of it is returned.
// OIDC Core §3.1 (code flow), §5.3 (userinfo), §12 (refresh); RFC 7636; RFC 7009; RP-Initiated Logout 1.0.

import type { AuthorizationServer, Client, TokenEndpointResponse } from 'oauth4webapi';
import * as oauth from 'oauth4webapi';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { createIntrospectionCall, type IntrospectionCall } from './bearer/introspection.ts';
import { createClientAuth } from './client-auth.ts';
import { createEndSession, type EndSession } from './conversation/end-session.ts';
import { ask, readObject } from './provider-answer.ts';
import { toLoginFault } from './provider-errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { SigningKeys } from './signing-keys.ts';
import { type IdTokenClaims, verifyIdToken } from './tokens/id-token.ts';
import type { Members } from './tokens/jws.ts';
import { type LogoutToken, verifyLogoutToken } from './tokens/logout-token.ts';
import { CLOCK_TOLERANCE } from './tokens/signed-token.ts';

/** Seconds assumed where the answer has no `expires_in` (RFC 6749 §5.1 only recommends it). */
const ASSUMED_LIFETIME = 600;

export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token: string;
  /** Seconds since the epoch. */
  readonly receivedAt: number;
  readonly expiresAt: number;
}

export interface AuthorizationParameters {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
  /** Passed on as they are: prompt, login_hint, ui_locales, max_age. */
  readonly extra: Readonly<Record<string, string>>;
  readonly extraScope?: string | undefined;
}

export interface ExpectedCallback {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
}

export interface RelyingParty extends EndSession {
  /** Throws `provider_unavailable`. */
  authorizationUrl(parameters: AuthorizationParameters): Promise<string>;
  /** Code → tokens, all checked. Throws `login_failed`, `login_denied` or `provider_unavailable`. */
  exchangeCode(
    callback: URLSearchParams,
    expected: ExpectedCallback,
    signal: AbortSignal,
  ): Promise<{ tokens: TokenSet; idToken: IdTokenClaims }>;
  /** Throws what `providerFault` understands, so that the caller tells dead from transient. */
  refresh(refresh_token: string, previousIdToken: string, sub: string): Promise<TokenSet>;
  /** The user's claims; throws what `providerFault` understands. Undefined where the provider has no such endpoint. */
  userinfo(access_token: string, sub: string, signal?: AbortSignal): Promise<Members | undefined>;
  /** Throws what `providerFault` understands; an unknown token is no error (RFC 7009 §2.2). */
  revoke(token: string, token_type_hint: 'refresh_token' | 'access_token'): Promise<void>;
  /** `network`: who sent it (clientNetwork). */
  verifyLogoutToken(logoutToken: string, network?: string): Promise<LogoutToken>;
  /** Throws what `providerFault` understands. Undefined where no API application is configured. */
  readonly introspect: IntrospectionCall | undefined;
}

type Renewed = Pick<TokenEndpointResponse, 'access_token' | 'id_token'>;

interface Dependencies {
  readonly config: Config;
  readonly metadata: ProviderMetadata;
  readonly keys: SigningKeys;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  /** Seconds that `now` is ahead of the runtime's own clock, which oauth4webapi reads. */
  readonly clockSkew: () => number;
}

export function createRelyingParty({ config, metadata, keys, fetch, now, clockSkew }: Dependencies): RelyingParty {
  const { client_id, redirect_uri, issuer } = config;
  const client: Client = {
    client_id,
    [oauth.clockTolerance]: CLOCK_TOLERANCE,
    get [oauth.clockSkew]() {
      return clockSkew();
    },
  };
  const clientAuth = createClientAuth(config.clientAuthentication, now);
  const options = (signal?: AbortSignal) => ({
    [oauth.customFetch]: fetch,
    [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
    ...(signal && { signal }),
  });
  const verification = (signal?: AbortSignal) => ({ issuer, keys, now, isTrustedChannel: true, signal });

  function toTokenSet(response: TokenEndpointResponse, id_token: string, refresh_token?: string): TokenSet {
    const receivedAt = now();
    const lifetime = response.expires_in ?? ASSUMED_LIFETIME;
    return {
      access_token: response.access_token,
      id_token,
      receivedAt,
      expiresAt: receivedAt + lifetime,
      ...(refresh_token !== undefined && { refresh_token }),
    };
  }

  /** Before anything else is made of the answer: what no token can be says nothing about the session. */
  function assertUsable({ token_type, access_token }: TokenEndpointResponse): void {
    if (token_type !== 'bearer') throw new GatewayError('login_failed', 'token: token_type is not Bearer');
    // It travels in header fields, here and perhaps to an upstream (RFC 6749 §A.12).
    if (!/^[\x21-\x7e]+$/.test(access_token)) throw new Error('token: access_token has signs that no token has');
  }

  async function checkTokens(
    server: AuthorizationServer,
    expected: ExpectedCallback,
    response: Response,
    signal: AbortSignal,
  ) {
    const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: expected.nonce,
      requireIdToken: true,
    });
    assertUsable(result);
    const id_token = result.id_token as string;
    const idToken = await verifyIdToken(id_token, client_id, {
      ...verification(signal),
      access_token: result.access_token,
    });
    return { tokens: toTokenSet(result, id_token, result.refresh_token), idToken };
  }

  /** The new ID token once it is checked; undefined where there is none, or no keys to check it with. */
  async function checkRenewed({ id_token, access_token }: Renewed, sub: string): Promise<string | undefined> {
    if (id_token === undefined) return undefined;
    try {
      const idToken = await verifyIdToken(id_token, client_id, { ...verification(), access_token });
      if (idToken.sub !== sub) throw new GatewayError('login_failed', 'refresh: the ID token is another subject’s');
      return id_token;
    } catch (error) {
      // The old refresh token is dead already: to throw the new one away would sign the user out. Nothing of the
      // unchecked ID token is used, and whose the access token is userinfo says each time.
      if (error instanceof GatewayError && error.code === 'provider_unavailable') return undefined;
      throw error;
    }
  }

  return {
    async authorizationUrl({ state, nonce, code_verifier, extra, extraScope }) {
      const { authorization_endpoint } = await metadata.load();
      const url = new URL(authorization_endpoint as string);
      const parameters = {
        ...extra,
        client_id,
        redirect_uri,
        response_type: 'code',
        scope: extraScope === undefined ? config.scope : `${config.scope} ${extraScope}`,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    async exchangeCode(callback, expected, signal) {
      const server = await metadata.load(signal);
      let response: Response;
      try {
        // The library takes an empty one for none; it is another issuer's, like any that is not ours (RFC 9207 §2.4).
        if (callback.get('iss') === '') throw new GatewayError('login_failed', 'authorize: iss is another issuer');
        const parameters = oauth.validateAuthResponse(server, client, callback, expected.state);
        response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          clientAuth,
          parameters,
          redirect_uri,
          expected.code_verifier,
          options(signal),
        );
      } catch (error) {
        if (error instanceof oauth.AuthorizationResponseError) throw authorizationFault(error);
        throw toLoginFault('token', error);
      }
      try {
        return await checkTokens(server, expected, response, signal);
      } catch (error) {
        throw toLoginFault('token', error);
      }
    },

    async refresh(refresh_token, previousIdToken, sub) {
      const server = await metadata.load();
      const response = await oauth.refreshTokenGrantRequest(server, client, clientAuth, refresh_token, options());
      const result = await oauth.processRefreshTokenResponse(server, client, response);
      assertUsable(result);
      const id_token = await checkRenewed(result, sub);
      // RFC 6749 §6: without a new refresh token the old one stays in use.
      return toTokenSet(result, id_token ?? previousIdToken, result.refresh_token ?? refresh_token);
    },

    async userinfo(access_token, sub, signal) {
      const { userinfo_endpoint } = await metadata.load(signal);
      if (!userinfo_endpoint) return undefined;
      const response = await ask(fetch, userinfo_endpoint, signal, `Bearer ${access_token}`);
      // Nobody has registered us for a signed answer (OIDC Core §5.3.2).
      if (response.status === 200 && response.headers.get('content-type')?.toLowerCase().includes('jwt')) {
        throw new GatewayError('login_failed', 'userinfo: a JWT instead of JSON');
      }
      const claims = await readObject(response);
      // Without one the answer makes no sense; with another it is somebody else's.
      if (typeof claims['sub'] !== 'string') throw new Error('userinfo: sub is missing');
      if (claims['sub'] !== sub) throw new GatewayError('login_failed', 'userinfo: sub is another subject');
      return claims;
    },

    async revoke(token, token_type_hint) {
      const server = await metadata.load();
      if (!server.revocation_endpoint) return;
      const response = await oauth.revocationRequest(server, client, clientAuth, token, {
        ...options(),
        additionalParameters: { token_type_hint },
      });
      await oauth.processRevocationResponse(response);
    },

    ...createEndSession({ config, metadata, keys }),

    async verifyLogoutToken(logoutToken, network) {
      // As for ID tokens, where oauth4webapi looks (Back-Channel Logout 1.0 §2.6).
      const { id_token_signing_alg_values_supported: supported } = await metadata.load();
      const algorithms = Array.isArray(supported) ? supported : ['RS256'];
      const context = { issuer, keys, now, algorithms, isTrustedChannel: false, isLogoutToken: true, network };
      return verifyLogoutToken(logoutToken, client_id, context);
    },

    introspect: createIntrospectionCall({ config, metadata, fetch, now }),
  };
}

/** RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6: what the authorization endpoint answered instead of a code. */
function authorizationFault(error: oauth.AuthorizationResponseError): GatewayError {
  if (error.error === 'access_denied') return new GatewayError('login_denied', 'access_denied', { cause: error });
  return toLoginFault('authorize', error);
}
