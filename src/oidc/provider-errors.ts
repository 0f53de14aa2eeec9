// The one table of what ZITADEL's refusals and failures mean: definite, transient, or the operator's mistake.
// RFC 6749 §5.2; ZITADEL says `invalid_request` where the standard says `invalid_grant`, and 400 where it says 401.

import * as oauth from 'oauth4webapi';
import { GatewayError } from '../errors.ts';
import { ProviderCallError } from './provider-fetch.ts';
import { withoutSecrets } from './zitadel/without-secrets.ts';

/**
 * dead: this token or user is finished, trying again is pointless; transient: ZITADEL or the way to it is unwell;
 * operator: ZITADEL refuses the gateway itself (credentials, grant types), no visitor can help it;
 * refused: a well-formed answer that fails a check (another subject, issuer, signature), so nothing of it may be used;
 * malformed: an answer that makes no sense, from which nothing follows.
 */
export type ProviderFaultKind = 'dead' | 'transient' | 'operator' | 'refused' | 'malformed';

export interface ProviderFault {
  readonly kind: ProviderFaultKind;
  /** For the log: codes and ZITADEL's own words, never a token. */
  readonly reason: string;
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number;
}

/** ZITADEL's words for a refresh token, code or user that is finished; all come as 400 `invalid_request`. */
const DEAD_DESCRIPTION = /^Errors\.(?:OIDCSession|User|Session|AuthRequest|Token)\b/;

/** Seconds. What asks for more does not mean it, and might not even be a number that can be passed on. */
const LONGEST_WAIT = 86_400;

const OPERATOR_ERRORS = new Set(['invalid_client', 'unauthorized_client', 'invalid_scope', 'unsupported_grant_type']);

const FAILED_CHECK: ReadonlySet<unknown> = new Set([
  oauth.JSON_ATTRIBUTE_COMPARISON,
  oauth.JWT_CLAIM_COMPARISON,
  oauth.JWT_TIMESTAMP_CHECK,
  oauth.KEY_SELECTION,
]);

const NOT_AN_ANSWER: ReadonlySet<unknown> = new Set([
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.PARSE_ERROR,
  oauth.RESPONSE_IS_NOT_CONFORM,
]);

/** What an exception from a call to ZITADEL means. */
export function providerFault(error: unknown): ProviderFault {
  if (error instanceof GatewayError) {
    return { kind: error.code === 'provider_unavailable' ? 'transient' : 'refused', reason: error.message };
  }
  if (error instanceof ProviderCallError) return { kind: 'transient', reason: error.message };
  if (error instanceof oauth.ResponseBodyError) return responseFault(error);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return statusFault(error.status, error.response);
  if (error instanceof oauth.AuthorizationResponseError) {
    return { kind: 'refused', reason: printable(`${error.error}: ${error.error_description ?? ''}`) };
  }
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (NOT_AN_ANSWER.has(code)) {
    if (cause instanceof Response) return statusFault(cause.status, cause);
    return { kind: 'transient', reason: printable(`${code}: ${message}`) };
  }
  return {
    kind: FAILED_CHECK.has(code) ? 'refused' : 'malformed',
    reason: printable(`${code ?? 'error'}: ${message}`),
  };
}

function responseFault(error: oauth.ResponseBodyError): ProviderFault {
  const reason = printable(`${error.status} ${error.error}: ${error.error_description ?? ''}`);
  if (error.status === 429 || error.status >= 500) return transient(reason, error.response);
  if (error.error === 'server_error' || error.error === 'temporarily_unavailable') return { kind: 'transient', reason };
  if (OPERATOR_ERRORS.has(error.error)) return { kind: 'operator', reason };
  if (error.error === 'invalid_grant') return { kind: 'dead', reason };
  if (error.error === 'invalid_request' && DEAD_DESCRIPTION.test(error.error_description ?? '')) {
    return { kind: 'dead', reason };
  }
  // Userinfo's 401 `access_denied`: the access token is no longer good.
  if (error.status === 401) return { kind: 'dead', reason };
  return { kind: 'malformed', reason };
}

function statusFault(status: number, response: Response): ProviderFault {
  const reason = `status ${status}`;
  if (status === 401) return { kind: 'dead', reason };
  // An answer that is not the endpoint's own (a proxy's HTML, a redirect, a challenge page) says nothing about the token.
  return transient(reason, response);
}

function transient(reason: string, response: Response): ProviderFault {
  const seconds = retryAfterOf(response.headers);
  return seconds > 0 && Number.isFinite(seconds)
    ? { kind: 'transient', reason, retryAfter: Math.min(Math.ceil(seconds), LONGEST_WAIT) }
    : { kind: 'transient', reason };
}

/** RFC 9110 §10.2.3: seconds, or a date, which counts from the answer's own; NaN where there is none. */
function retryAfterOf(headers: Headers): number {
  const value = headers.get('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value);
  return (Date.parse(value) - Date.parse(headers.get('date') ?? '')) / 1000;
}

/** The fault that a sign-in ends in. */
export function toLoginFault(step: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { kind, reason, retryAfter } = providerFault(error);
  const code = kind === 'transient' || kind === 'operator' ? 'provider_unavailable' : 'login_failed';
  return new GatewayError(code, `${step}: ${reason}`, { cause: error, ...(retryAfter && { retryAfter }) });
}

/** A provider's words in one short line of printable ASCII, so that no log line can be forged or flooded, and no code or token stands in it. */
function printable(text: string): string {
  return withoutSecrets(text)
    .replace(/[^ -~]+/g, '?')
    .slice(0, 200);
}
