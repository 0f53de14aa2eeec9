// Errors of the management API in its two spellings: Connect's, and that of the REST gateway in front of gRPC.
// Connect protocol, "Error Codes"; google.rpc.Status as JSON.

import { json } from '../respond.ts';

const CODES = {
  invalid_argument: { number: 3, status: 400 },
  not_found: { number: 5, status: 404 },
  already_exists: { number: 6, status: 409 },
  permission_denied: { number: 7, status: 403 },
  // Not 412: ZITADEL's gateway maps it so.
  failed_precondition: { number: 9, status: 400 },
  unimplemented: { number: 12, status: 501 },
  internal: { number: 13, status: 500 },
  unauthenticated: { number: 16, status: 401 },
} as const;

export type ApiCode = keyof typeof CODES;

export class ApiFault extends Error {
  readonly code: ApiCode;
  /** `QUERY-Dfbg2`; the gateway's own errors have none. */
  readonly id: string | undefined;
  readonly key: string;

  constructor(code: ApiCode, key: string, id?: string) {
    super(id === undefined ? key : `${key} (${id})`);
    this.code = code;
    this.key = key;
    this.id = id;
  }
}

export function connectError({ code, key, id, message }: ApiFault): Response {
  const detail = { type: 'zitadel.v1.ErrorDetail', value: btoa(`${id}${key}`), debug: { id, message: key } };
  return json({ code, message, ...(id !== undefined && { details: [detail] }) }, CODES[code].status);
}

export function restError({ code, key, id, message }: ApiFault): Response {
  const { number, status } = CODES[code];
  const detail = { '@type': 'type.googleapis.com/zitadel.v1.ErrorDetail', id, message: key };
  return json({ code: number, message, details: id === undefined ? [] : [detail] }, status);
}
