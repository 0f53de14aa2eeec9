// The management API of the stand-in: finds the method, knows the caller, runs it, and answers in the right spelling.
// Version 2 by Connect and REST, version 1 by REST.

import { ConnectionReset } from '../faults.ts';
import type { Exchange, Instance } from '../instance.ts';
import { json } from '../respond.ts';
import type { User } from '../store.ts';
import { assertAdministrator, authenticateCaller } from './caller.ts';
import { CONNECT_METHODS, OPEN_METHODS } from './connect.ts';
import { type ApiCall, type ApiControl, apiControl } from './control.ts';
import { ApiFault, connectError, restError } from './errors.ts';
import { MANAGEMENT_METHODS } from './management.ts';
import { OWN_METHODS } from './own.ts';
import { REST_METHODS } from './rest.ts';
import { type Body, compact } from './wire.ts';

interface Found {
  readonly name: string;
  readonly isConnect: boolean;
  /** For callers without any role of an administrator too; they get to see less. */
  readonly isOpen: boolean;
  readonly status: number;
  readonly run: (caller: User, body: Body, issuer: string) => object | Promise<object>;
}

const SERVICE = /^\/(zitadel\.[\w.]+\/\w+)$/;
const GATEWAY_KNOWS_NO_SUCH = new ApiFault('not_found', 'Not Found');

/** Undefined for what is not the API's business. */
export function createApi(instance: Instance): (exchange: Exchange) => Promise<Response | undefined> {
  return async (exchange) => {
    const { request, url } = exchange;
    const isConnect = SERVICE.test(url.pathname);
    if (!isConnect && !/^\/(?:v2|(?:management|auth|admin)\/v1)\//.test(url.pathname)) return undefined;
    const control = apiControl(instance.written);
    const found = findMethod(instance, control, request.method, url.pathname);
    const call: ApiCall = {
      name: found?.name ?? `${request.method} ${url.pathname}`,
      body: await readBody(request),
      status: 0,
    };
    control.calls.push(call);
    const response = found ? await runMethod(instance, exchange, found, call) : answerUnknown(control, url.pathname);
    call.status = response.status;
    return dress(instance, response, isConnect);
  };
}

/** The two ways in put different things on their answers. */
function dress({ nextId }: Instance, response: Response, isConnect: boolean): Response {
  const { headers } = response;
  const isGateway = !isConnect && response.ok;
  headers.set('vary', isGateway ? 'Origin, Cookie' : 'Origin');
  headers.set('x-request-id', nextId());
  headers.set('x-robots-tag', 'none');
  if (isGateway) headers.append('set-cookie', 'zitadel.quota.exhausted=; Path=/; Max-Age=0; SameSite=Lax');
  return response;
}

function findMethod(instance: Instance, control: ApiControl, method: string, pathname: string): Found | undefined {
  const lacksNew = control.lacks !== 'nothing';
  const procedure = SERVICE.exec(pathname)?.[1];
  if (procedure !== undefined) {
    const known = CONNECT_METHODS[procedure];
    if (!known || lacksNew || method !== 'POST') return undefined;
    const isOpen = OPEN_METHODS.includes(procedure);
    return {
      name: procedure,
      isConnect: true,
      isOpen,
      status: 200,
      run: (caller, body) => known(instance, caller, body),
    };
  }
  const isV2 = pathname.startsWith('/v2/');
  const known = [...REST_METHODS, ...MANAGEMENT_METHODS, ...OWN_METHODS].find(
    (each) => each.method === method && each.path.test(pathname),
  );
  if (!known || (known.isNew && lacksNew) || (isV2 && control.lacks === 'version-2')) return undefined;
  const path = known.path.exec(pathname)?.slice(1) ?? [];
  return {
    name: `${method} ${pathname}`,
    isConnect: false,
    isOpen: known.isOpen ?? false,
    status: known.status ?? 200,
    run: (caller, body, issuer) => known.run(instance, caller, { body, path, issuer }),
  };
}

async function readBody(request: Request): Promise<unknown> {
  const text = request.method === 'GET' ? '' : await request.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

async function runMethod(instance: Instance, exchange: Exchange, found: Found, call: ApiCall): Promise<Response> {
  const control = apiControl(instance.written);
  const interruption = control.interrupt(call);
  const respond = found.isConnect ? connectError : restError;
  try {
    if (interruption === 'before') throw new ApiFault('internal', 'Errors.Internal', 'TEST-0ff');
    const caller = await authenticateCaller(instance, exchange);
    if (!found.isOpen) assertAdministrator(instance, caller);
    if (call.body === undefined) throw new ApiFault('invalid_argument', 'proto: syntax error');
    const answer = json(compact(await found.run(caller, call.body, exchange.issuer)), found.status);
    if (interruption === 'after') throw new ConnectionReset();
    return answer;
  } catch (cause) {
    if (cause instanceof ApiFault) return respond(cause, control.translate);
    throw cause;
  }
}

const KNOWN_SERVICES = new Set(Object.keys(CONNECT_METHODS).map((procedure) => procedure.split('/')[0]));

/** A method that its service lacks is not found in plain text; everything else falls through to the REST gateway. */
function answerUnknown({ lacks, lackAnswer, translate }: ApiControl, pathname: string): Response {
  const procedure = SERVICE.exec(pathname)?.[1];
  if (lackAnswer === 'unimplemented') {
    const fault = new ApiFault('unimplemented', 'Method Not Implemented');
    return procedure === undefined ? restError(fault, translate) : connectError(fault, translate);
  }
  if (lacks === 'nothing' && KNOWN_SERVICES.has(procedure?.split('/')[0] ?? '')) {
    return new Response('404 page not found\n', {
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  }
  return restError(GATEWAY_KNOWS_NO_SUCH, translate);
}
