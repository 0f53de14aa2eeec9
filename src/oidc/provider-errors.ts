// The one place that says what refusals, failures and the errors of libraries mean: definite, transient, or the operator's mistake.
// RFC 6749 §5.2; ZITADEL's own words for some of it are in zitadel/error-words.ts.

import * as oauth from 'oauth4webapi';
import { GatewayError } from '../errors.ts';
import { ProviderCallError } from './provider-fetch.ts';
import { type Problem, TokenRefused } from './tokens/token-refusal.ts';
import { isCancelledByVisitor, isDeadInZitadelsWords } from './zitadel/error-words.ts';
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

/** Seconds. What asks for more does not mean it, and might not even be a number that can be passed on. */
const LONGEST_WAIT = 86_400;

/** RFC 6749 §5.2 error codes that say what is wrong with more than this one request. */
const ERROR_CODES: ReadonlyMap<unknown, ProviderFaultKind> = new Map([
  ['server_error', 'transient'],
  ['temporarily_unavailable', 'transient'],
  ['invalid_client', 'operator'],
  ['unauthorized_client', 'operator'],
  ['invalid_scope', 'operator'],
  ['unsupported_grant_type', 'operator'],
  ['invalid_grant', 'dead'],
]);

/** What oauth4webapi's error codes mean; any other is an answer that makes no sense. */
const LIBRARY_CODES: ReadonlyMap<unknown, ProviderFaultKind> = new Map([
  // a failed check
  [oauth.JSON_ATTRIBUTE_COMPARISON, 'refused'],
  [oauth.JWT_CLAIM_COMPARISON, 'refused'],
  [oauth.JWT_TIMESTAMP_CHECK, 'refused'],
  [oauth.KEY_SELECTION, 'refused'],
  // not the endpoint's own answer
  [oauth.RESPONSE_IS_NOT_JSON, 'transient'],
  [oauth.PARSE_ERROR, 'transient'],
  [oauth.RESPONSE_IS_NOT_CONFORM, 'transient'],
]);

/** What an exception from a call to ZITADEL means. */
export function providerFault(error: unknown): ProviderFault {
  if (error instanceof GatewayError) {
    return { kind: error.code === 'provider_unavailable' ? 'transient' : 'refused', reason: error.message };
  }
  if (error instanceof TokenRefused) return { kind: 'refused', reason: error.message };
  if (error instanceof ProviderCallError) return { kind: 'transient', reason: error.message };
  if (error instanceof oauth.ResponseBodyError) return responseFault(error);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return statusFault(error.status, error.response);
  if (error instanceof oauth.AuthorizationResponseError) {
    return { kind: 'refused', reason: printable(`${error.error}: ${error.error_description ?? ''}`) };
  }
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const kind = LIBRARY_CODES.get(code) ?? 'malformed';
  if (kind === 'transient' && cause instanceof Response) return statusFault(cause.status, cause);
  return { kind, reason: printable(`${code ?? 'error'}: ${message}`) };
}

function responseFault(error: oauth.ResponseBodyError): ProviderFault {
  const reason = printable(`${error.status} ${error.error}: ${error.error_description ?? ''}`);
  if (error.status === 429 || error.status >= 500) return transient(reason, error.response);
  const kind = ERROR_CODES.get(error.error);
  if (kind !== undefined) return { kind, reason };
  if (isDeadInZitadelsWords(error.error, error.error_description)) return { kind: 'dead', reason };
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

/** What jose's refusal of a signature means. */
export function signatureProblem(error: unknown): Problem {
  const { code } = error as { code?: unknown };
  return code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
    ? { problem: 'other_key' }
    : { problem: 'unverifiable', cause: error };
}

/** Of an authorization endpoint that said `access_denied`: whether the visitor wanted it so. */
export function isCancelled({ cause }: GatewayError): boolean {
  return cause instanceof oauth.AuthorizationResponseError && isCancelledByVisitor(cause.error_description);
}

/** The fault that a sign-in ends in. */
export function toLoginFault(step: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof TokenRefused) return new GatewayError('login_failed', error.message, { cause: error });
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
