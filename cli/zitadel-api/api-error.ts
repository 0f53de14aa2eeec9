// What ZITADEL says no with, in the spellings of Connect and of the REST gateway, made into one.
// Texts are translated into the server's language; the id in brackets behind them is what counts.

import { CommandError } from '../support/failure.ts';
import type { Call } from './call.ts';
import { type Json, parseJson, readList, readText } from './json.ts';

export type ApiErrorKind =
  | 'missing-method'
  | 'exists'
  | 'gone'
  | 'unchanged'
  | 'forbidden'
  | 'unauthenticated'
  | 'busy'
  | 'blocked-address'
  | 'initialised'
  | 'other';

export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  readonly kind: ApiErrorKind;

  constructor(kind: ApiErrorKind, message: string, hints: readonly string[]) {
    super(message, { hints });
    this.kind = kind;
  }
}

export const isApiError = (cause: unknown, ...kinds: readonly ApiErrorKind[]): cause is ApiError =>
  cause instanceof ApiError && kinds.includes(cause.kind);

const HINTS: Readonly<Partial<Record<ApiErrorKind, readonly string[]>>> = {
  forbidden: [
    'the service account needs the role Org Owner in its organisation (ZITADEL console: Organisation, Administrators)',
  ],
  unauthenticated: ['the token or key is expired, deleted, or of another instance'],
  busy: ['ZITADEL limits requests or is not well just now: try again in a minute'],
};

const KINDS: Readonly<Record<string, ApiErrorKind>> = {
  // No role of an administrator at all: said with 404
  'AUTHZ-cdgFk': 'forbidden',
  // Applications, projects, user grants
  'COMMAND-1m88i': 'unchanged',
  'COMMAND-2M0fs': 'unchanged',
  'COMMAND-Rs8fy': 'unchanged',
  'PROJECT-msNebo': 'blocked-address',
  'COMMAND-EF34g': 'initialised',
};

/** `reading` names what was to be read, for whoever may not. */
export async function toApiError(call: Call, response: Response, reading?: string): Promise<ApiError> {
  const body = parseJson(await response.text());
  const kind = kindOf(response.status, body);
  const said = body ? readText(body, 'message') : '';
  const reason = said === '' ? '' : `: ${said}`;
  if (kind === 'forbidden')
    return mayNot(reading === undefined ? `do this at ZITADEL (${call.path})` : `see ${reading}`, reason);
  const message = `ZITADEL answered ${response.status} to ${call.method} ${call.path}${reason}`;
  return new ApiError(kind, message, HINTS[kind] ?? []);
}

const mayNot = (what: string, reason: string): ApiError =>
  new ApiError('forbidden', `this account may not ${what}${reason}`, HINTS.forbidden ?? []);

/** ZITADEL counts what it does not show. */
export const hiddenFrom = (hidden: number, what: string): ApiError =>
  mayNot(`see ${hidden} of ${what}`, ', so what is there can’t be told');

/** `COMMAND-1m88i` of "No changes (COMMAND-1m88i)". */
function errorIdOf(body: Json | undefined): string {
  const [detail] = readList(body, 'details');
  const inBrackets = /\(([A-Z][A-Za-z0-9]*-[^\s()]+)\)$/.exec(readText(body, 'message'))?.[1];
  return inBrackets ?? (readText(detail, 'id') || readText(detail, 'debug', 'id'));
}

/** Codes are words in Connect and numbers in gRPC. */
function kindOf(status: number, body: Json | undefined): ApiErrorKind {
  const code = body?.['code'];
  const id = errorIdOf(body);
  if (code === 'unimplemented' || code === 12 || isMissingPath(status, id)) return 'missing-method';
  const known = KINDS[id];
  if (known !== undefined) return known;
  if (code === 'already_exists' || code === 6 || status === 409) return 'exists';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'gone';
  return status === 429 || status === 502 || status === 503 ? 'busy' : 'other';
}

/** ZITADEL's own errors have an id; a server that does not know the path has none to give. */
const isMissingPath = (status: number, id: string): boolean => [404, 405, 501].includes(status) && id === '';
