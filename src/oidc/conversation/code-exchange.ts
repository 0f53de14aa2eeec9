// From the callback's parameters to tokens: the answer is ours, the code is exchanged, every token is checked.
// OIDC Core §3.1.2.5 to §3.1.3.7; RFC 6749 §4.1; RFC 7636 §4.5; RFC 9207 §2.4.

import type { AuthorizationServer } from 'oauth4webapi';
import * as oauth from 'oauth4webapi';
import { GatewayError } from '../../errors.ts';
import { toLoginFault } from '../provider-errors.ts';
import { type IdTokenClaims, verifyIdToken } from '../tokens/id-token.ts';
import { assertChecked, TokenRefused } from '../tokens/token-refusal.ts';
import type { Parties } from './parties.ts';
import { assertUsable, type TokenSet, toTokenSet } from './token-set.ts';

export interface ExpectedCallback {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
}

export interface ExchangedCode {
  readonly tokens: TokenSet;
  readonly idToken: IdTokenClaims;
}

/** Code → tokens, all checked. Throws `login_failed`, `login_denied` or `provider_unavailable`; a refusal's tag is the cause. */
export type ExchangeCode = (
  callback: URLSearchParams,
  expected: ExpectedCallback,
  signal: AbortSignal,
) => Promise<ExchangedCode>;

export function createExchangeCode(parties: Parties): ExchangeCode {
  const { config, metadata, client, clientAuth, now, callOptions, idTokenContext } = parties;

  function validate(server: AuthorizationServer, callback: URLSearchParams, state: string): URLSearchParams {
    // The library takes an empty one for none; it is another issuer's, like any that is not ours (RFC 9207 §2.4).
    if (callback.get('iss') === '') {
      throw new TokenRefused({ of: 'authorization_response', problem: 'other_issuer', iss: '' });
    }
    return oauth.validateAuthResponse(server, client, callback, state);
  }

  async function checkTokens(server: AuthorizationServer, nonce: string, response: Response, signal: AbortSignal) {
    const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    assertUsable(result);
    const { access_token, refresh_token } = result;
    const id_token = result.id_token as string;
    const context = { ...idTokenContext(signal), access_token };
    const idToken = assertChecked(await verifyIdToken(id_token, config.client_id, context));
    return { tokens: toTokenSet(result, now(), { id_token, refresh_token }), idToken };
  }

  return async (callback, { state, nonce, code_verifier }, signal) => {
    const server = await metadata.load(signal);
    try {
      const parameters = validate(server, callback, state);
      const options = callOptions(signal);
      const { redirect_uri } = config;
      const exchange = oauth.authorizationCodeGrantRequest;
      const response = await exchange(server, client, clientAuth, parameters, redirect_uri, code_verifier, options);
      return await checkTokens(server, nonce, response, signal);
    } catch (error) {
      throw exchangeFault(error);
    }
  };
}

/** RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6: the authorization endpoint may have answered something else instead of a code. */
function exchangeFault(error: unknown): GatewayError {
  if (!(error instanceof oauth.AuthorizationResponseError)) return toLoginFault('token', error);
  if (error.error === 'access_denied') return new GatewayError('login_denied', 'access_denied', { cause: error });
  return toLoginFault('authorize', error);
}
