// The management API of the stand-in: finds the method, knows the caller, runs it, and answers in the right spelling.
// Version 2 by Connect and REST, version 1 by REST.

import { ConnectionReset } from '../faults.ts';
import type { Exchange, Instance } from '../instance.ts';
import { json } from '../respond.ts';
import type { User } from '../store.ts';
import { authenticateCaller } from './caller.ts';
import { CONNECT_METHODS } from './connect.ts';
import { type ApiCall, type ApiControl, apiControl } from './control.ts';
import { ApiFault, connectError, restError } from './errors.ts';
import { MANAGEMENT_METHODS } from './management.ts';
import { REST_METHODS } from './rest.ts';
import { type Body, compact } from './wire.ts';

interface Found {
  readonly name: string;
  readonly isConnect: boolean;
  readonly run: (caller: User, body: Body) => object | Promise<object>;
}

const SERVICE = /^\/(zitadel\.[\w.]+\/\w+)$/;
const GATEWAY_KNOWS_NO_SUCH = new ApiFault('not_found', 'Not Found');

/** Undefined for what is not the API's business. */
export function createApi(instance: Instance): (exchange: Exchange) => Promise<Response | undefined> {
  return async (exchange) => {
    const { request, url } = exchange;
    const isConnect = SERVICE.test(url.pathname);
    if (!isConnect && !/^\/(?:v2|management\/v1)\//.test(url.pathname)) return undefined;
    const control = apiControl(instance.store);
    const found = findMethod(instance, control, request.method, url.pathname);
    const call: ApiCall = {
      name: found?.name ?? `${request.method} ${url.pathname}`,
      body: await readBody(request),
      status: 0,
    };
    control.calls.push(call);
    const response = found ? await runMethod(instance, exchange, found, call) : answerUnknown(control, isConnect);
    call.status = response.status;
    return response;
  };
}

function findMethod(instance: Instance, control: ApiControl, method: string, pathname: string): Found | undefined {
  const lacksNew = control.lacks !== 'nothing';
  const procedure = SERVICE.exec(pathname)?.[1];
  if (procedure !== undefined) {
    const known = CONNECT_METHODS[procedure];
    if (!known || lacksNew || method !== 'POST') return undefined;
    return { name: procedure, isConnect: true, run: (caller, body) => known(instance, caller, body) };
  }
  const all = pathname.startsWith('/v2/') ? REST_METHODS : MANAGEMENT_METHODS;
  const known = all.find((each) => each.method === method && each.path.test(pathname));
  if (!known || (known.isNew && lacksNew)) return undefined;
  if (pathname.startsWith('/v2/') && control.lacks === 'version-2') return undefined;
  const path = known.path.exec(pathname)?.slice(1) ?? [];
  return {
    name: `${method} ${pathname}`,
    isConnect: false,
    run: (caller, body) => known.run(instance, caller, { body, path }),
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
  const interruption = apiControl(instance.store).interrupt(call);
  const respond = found.isConnect ? connectError : restError;
  try {
    if (interruption === 'before') throw new ApiFault('internal', 'Errors.Internal', 'TEST-0ff');
    const caller = await authenticateCaller(instance, exchange);
    if (call.body === undefined) throw new ApiFault('invalid_argument', 'proto: syntax error');
    const answer = json(compact(await found.run(caller, call.body)));
    if (interruption === 'after') throw new ConnectionReset();
    return answer;
  } catch (cause) {
    if (cause instanceof ApiFault) return respond(cause);
    throw cause;
  }
}

function answerUnknown({ lackAnswer }: ApiControl, isConnect: boolean): Response {
  if (lackAnswer === 'not-found') return restError(GATEWAY_KNOWS_NO_SUCH);
  const fault = new ApiFault('unimplemented', 'Method Not Implemented');
  return isConnect ? connectError(fault) : restError(fault);
}
