// Errors of the management API in its two spellings: Connect's, and that of the REST gateway in front of gRPC.
// Connect protocol, "Error Codes"; google.rpc.Status as JSON. The text is translated; only the id in brackets stays.

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

/** Some keys have a text, and some are sent as they are. */
const ENGLISH: Readonly<Record<string, string>> = {
  'Errors.NoChangesFound': 'No changes',
  'Errors.Project.AlreadyExists': 'Project already exists on organization',
  'Errors.Project.Role.AlreadyExists': 'Role already exists',
  'Errors.Project.App.AlreadyExists': 'Application already exists',
  'Errors.User.AlreadyExists': 'User already exists',
  'Errors.User.AlreadyInitialised': 'User is already initialized',
  'Errors.User.NotFound': 'User could not be found',
  'Errors.UserGrant.AlreadyExists': 'User grant already exists',
  'Errors.UserGrant.NotChanged': 'User grant has not been changed',
  'Errors.AuthRequest.AlreadyHandled': 'Auth Request has already been handled',
};

export type Translate = (english: string) => string;

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

function readable({ key, id }: ApiFault, translate: Translate): { text: string; message: string } {
  const text = id === undefined ? key : translate(ENGLISH[key] ?? key);
  return { text, message: id === undefined ? text : `${text} (${id})` };
}

/** Two strings as a protobuf message: field 1 the id, field 2 the text. */
function encodeDetail(id: string, text: string): string {
  const field = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(value.length)]), value]);
  return Buffer.concat([field(1, Buffer.from(id)), field(2, Buffer.from(text))])
    .toString('base64')
    .replace(/=+$/, '');
}

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);

export function connectError(fault: ApiFault, translate: Translate): Response {
  const { code, id } = fault;
  const { text, message } = readable(fault, translate);
  if (id === undefined) return json({ code, message }, CODES[code].status);
  const detail = { type: 'zitadel.v1.ErrorDetail', value: encodeDetail(id, text), debug: { id, message: text } };
  return json({ code, message, details: [detail] }, CODES[code].status);
}

export function restError(fault: ApiFault, translate: Translate): Response {
  const { number, status } = CODES[fault.code];
  const { id } = fault;
  const { text, message } = readable(fault, translate);
  const detail = { '@type': 'type.googleapis.com/zitadel.v1.ErrorDetail', id, message: text };
  return json({ code: number, message, details: id === undefined ? [] : [detail] }, status);
}
