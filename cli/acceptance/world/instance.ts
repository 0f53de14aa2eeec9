// The instance as its administrator has it: every call with the administrator's key, and what is made goes into the journal.
// Version 2 of ZITADEL's API: by Connect, or by REST where a service has paths.

import type { System } from '../../support/system.ts';
import { isApiError, toApiError } from '../../zitadel-api/api-error.ts';
import { type Call, connectCall, restCall } from '../../zitadel-api/call.ts';
import type { Credentials } from '../../zitadel-api/credentials.ts';
import { type Json, readText } from '../../zitadel-api/json.ts';
import { signOn } from '../../zitadel-api/sign-on.ts';
import { createTransport } from '../../zitadel-api/transport.ts';
import type { Journal, Kind } from '../journal.ts';

export interface Instance {
  readonly issuer: string;
  readonly organizationId: string;
  call(call: Call): Promise<Json>;
  rest(method: Call['method'], path: string, body?: object): Promise<Json>;
  connect(procedure: string, body: object): Promise<Json>;
}

export async function openInstance(system: System, issuer: string, credentials: Credentials): Promise<Instance> {
  const send = createTransport(system, issuer);
  const { token, organizationId } = await signOn(send, issuer, credentials, system.now());
  const call: Instance['call'] = async (asked) => {
    const { method, path, body } = asked;
    const response = await send(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'connect-protocol-version': '1',
        'x-zitadel-orgid': organizationId,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await toApiError(asked, response);
    return (await response.json()) as Json;
  };
  return {
    issuer,
    organizationId,
    call,
    rest: (method, path, body) => call(restCall(method, path, body)),
    connect: (procedure, body) => call(connectCall(procedure, body)),
  };
}

/** Makes something, and remembers it before anything else can go wrong. */
export async function make(
  journal: Journal,
  kind: Kind,
  idAt: string,
  work: () => Promise<Json>,
): Promise<{ id: string; answer: Json }> {
  const answer = await work();
  const id = readText(answer, idAt);
  await journal.add({ kind, id });
  return { id, answer };
}

const PAUSE_MS = 250;
/** Half a minute: a busy server's projections lag far behind. */
const MOST_TRIES = 120;

/** What was just made is not found at first: ZITADEL reads from projections, which lag behind. */
export async function onceThere(system: Pick<System, 'wait'>, read: () => Promise<Json>): Promise<Json> {
  for (let count = 1; ; count += 1) {
    try {
      return await read();
    } catch (cause) {
      if (count === MOST_TRIES || !isApiError(cause, 'gone')) throw cause;
      await system.wait(PAUSE_MS);
    }
  }
}

/** A new key, secret or role is refused at first, for the same reason. */
export async function onceTaken<Result>(system: Pick<System, 'wait'>, work: () => Promise<Result>): Promise<Result> {
  for (let count = 1; ; count += 1) {
    try {
      return await work();
    } catch (cause) {
      if (count === MOST_TRIES) throw cause;
      await system.wait(PAUSE_MS);
    }
  }
}

export const PERMISSION = 'zitadel.internal_permission.v2.InternalPermissionService';
export const PROJECT = 'zitadel.project.v2.ProjectService';
export const APPLICATION = 'zitadel.application.v2.ApplicationService';
export const WEB_KEY = 'zitadel.webkey.v2.WebKeyService';

/** Also those that the caller may not see. Numbers of 64 bits are text. */
export const totalOf = (answer: Json): number =>
  Number(readText(answer, 'pagination', 'totalResult') || readText(answer, 'details', 'totalResult') || 0);

/** The key that signs. */
export const isActiveKey = (key: unknown): boolean => readText(key, 'state') === 'STATE_ACTIVE';
