// What ZITADEL says no with, in the spellings of Connect and of the REST gateway, made into one.

import { CommandError } from '../support/failure.ts';
import type { Call } from './call.ts';
import { isJson, type Json, readList, readText } from './json.ts';

export type ApiErrorKind =
  | 'missing-method'
  | 'exists'
  | 'unchanged'
  | 'forbidden'
  | 'unauthenticated'
  | 'busy'
  | 'other';

export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  readonly kind: ApiErrorKind;

  constructor(kind: ApiErrorKind, message: string, hints: readonly string[]) {
    super(message, { hints });
    this.kind = kind;
  }
}

const HINTS: Readonly<Partial<Record<ApiErrorKind, readonly string[]>>> = {
  forbidden: [
    'the service account needs the role Org Owner in its organisation (ZITADEL console: Organisation, Administrators)',
  ],
  unauthenticated: ['the token or key is expired, deleted, or of another instance'],
  busy: ['ZITADEL limits requests or is not well just now: try again in a minute'],
};

export async function toApiError(call: Call, response: Response): Promise<ApiError> {
  const body = parse(await response.text());
  const kind = kindOf(response.status, body);
  const said = body ? readText(body, 'message') : '';
  const message = `ZITADEL answered ${response.status} to ${call.method} ${call.path}${said === '' ? '' : `: ${said}`}`;
  return new ApiError(kind, message, HINTS[kind] ?? []);
}

function parse(text: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isJson(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Codes are words in Connect and numbers in gRPC. */
function kindOf(status: number, body: Json | undefined): ApiErrorKind {
  const code = body?.['code'];
  if (isMissingMethod(status, body)) return 'missing-method';
  if (code === 'already_exists' || code === 6 || status === 409) return 'exists';
  if (errorKey(body) === 'Errors.NoChangesFound') return 'unchanged';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  return status === 429 || status === 502 || status === 503 ? 'busy' : 'other';
}

/** ZITADEL's own errors carry a detail; a server that does not know the method has none to give. */
function isMissingMethod(status: number, body: Json | undefined): boolean {
  const code = body?.['code'];
  if (code === 'unimplemented' || code === 12) return true;
  return (status === 404 || status === 405 || status === 501) && readList(body, 'details').length === 0;
}

function errorKey(body: Json | undefined): string {
  const detail = readList(body, 'details')[0];
  return readText(detail, 'message') || readText(detail, 'debug', 'message');
}
