// What the gateway depends on, and the ways in which each can go wrong. A broken place counts how often it was asked.

import type { UserSessionsApi } from '../../src/user-object/api.ts';
import { PATHS } from '../../stand-in/discovery.ts';
import { echo, type Harness } from '../support/harness.ts';

export const ENDPOINTS = [
  'discovery',
  'keys',
  'token',
  'userinfo',
  'introspection',
  'revocation',
  'end_session',
] as const;
export const PLACES = [...ENDPOINTS, 'authorize', 'KV read', 'KV write', 'Durable Object', 'upstream'] as const;
export type Place = (typeof PLACES)[number];

export const FAULTS = [
  'refused',
  'time-out',
  'reset',
  '429',
  '500',
  'HTML',
  'wrong JSON',
  'other JSON',
  '10 MB',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Seconds; as ZITADEL says it in its 429. */
export const RETRY_AFTER = 7;
export const HTML = '<!doctype html><title>Bad gateway</title><h1>Oops</h1>';
const SIZE = 10 * 1024 * 1024;
const CHUNK = new Uint8Array(64 * 1024).fill(0x20);

export interface Broken {
  asked(): number;
  mend(): unknown;
}

const never = <T>() => new Promise<T>(() => undefined);

/** `work` does what was asked; an answer that breaks off comes after it. */
export async function answerWrong(fault: Fault, work: () => Promise<Response> | Response): Promise<Response> {
  const json = { 'content-type': 'application/json' };
  switch (fault) {
    case 'refused':
      throw new TypeError('fetch failed: connection refused');
    case 'time-out':
      return never();
    case 'reset':
      return cutShort(await work());
    case '429':
      return new Response('Too Many Requests', { status: 429, headers: { 'retry-after': String(RETRY_AFTER) } });
    case '500':
      return new Response('at Object.fail (/srv/zitadel.go:1)', { status: 500 });
    case 'HTML':
      return new Response(HTML, { headers: { 'content-type': 'text/html' } });
    case 'wrong JSON':
      return new Response('{"access_token": "tru', { headers: json });
    case 'other JSON':
      return new Response('{"unexpected":[null]}', { headers: json });
    case '10 MB':
      return new Response(megabytes(), { headers: json });
  }
}

async function cutShort(whole: Response): Promise<Response> {
  const bytes = new Uint8Array(await whole.arrayBuffer());
  const half = new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2))),
    pull: (controller) => controller.error(new TypeError('terminated: connection reset')),
  });
  return new Response(half, { status: whole.status, headers: whole.headers });
}

function megabytes(): ReadableStream {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(CHUNK);
      sent += CHUNK.length;
      if (sent >= SIZE) controller.close();
    },
  });
}

/** The application behind the gateway; `fault` is set by what breaks it. */
export function createUpstream() {
  const upstream = {
    fault: undefined as Fault | undefined,
    asked: 0,
    answer(request: Request): Promise<Response> | Response {
      if (upstream.fault === undefined) return echo(request);
      upstream.asked += 1;
      return answerWrong(upstream.fault, () => echo(request));
    },
  };
  return upstream;
}

export type TestUpstream = ReturnType<typeof createUpstream>;

export function breakPlace(harness: Harness, upstream: TestUpstream, place: Place, fault: Fault): Broken {
  switch (place) {
    case 'upstream':
      upstream.fault = fault;
      return { asked: () => upstream.asked, mend: () => Object.assign(upstream, { fault: undefined }) };
    case 'KV read':
    case 'KV write':
      return breakKv(harness, place, fault);
    case 'Durable Object':
      return breakObjects(harness, fault);
    case 'authorize':
      // The visitor's browser goes there: what comes of it is the callback's address, see visits.ts.
      return { asked: () => 0, mend: () => undefined };
    default:
      return breakEndpoint(harness, place, fault);
  }
}

function breakEndpoint({ zitadel }: Harness, endpoint: (typeof ENDPOINTS)[number], fault: Fault): Broken {
  const { fetch } = zitadel;
  let asked = 0;
  zitadel.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).pathname !== PATHS[endpoint]) return fetch(request);
    asked += 1;
    return answerWrong(fault, () => fetch(request));
  };
  return { asked: () => asked, mend: () => Object.assign(zitadel, { fetch }) };
}

function breakKv({ kv }: Harness, place: 'KV read' | 'KV write', fault: Fault): Broken {
  const whole = { get: kv.get.bind(kv), put: kv.put.bind(kv), delete: kv.delete.bind(kv) };
  let asked = 0;
  const fail = async (work: () => Promise<unknown>): Promise<never> => {
    asked += 1;
    if (fault === 'time-out') return never();
    if (fault === 'reset') await work();
    throw new Error(`KV failed: ${fault}`);
  };
  if (place === 'KV write') {
    kv.put = (...given) => fail(() => whole.put(...given));
    kv.delete = (...given) => fail(() => whole.delete(...given));
  } else {
    kv.get = async (key) => {
      const isAnswer = fault === 'HTML' || fault.endsWith('JSON') || fault === '10 MB';
      if (!isAnswer) return fail(() => whole.get(key));
      asked += 1;
      return (await answerWrong(fault, () => new Response(''))).text();
    };
  }
  return { asked: () => asked, mend: () => Object.assign(kv, whole) };
}

function breakObjects({ objects }: Harness, fault: Fault): Broken {
  const open = objects.open.bind(objects);
  let asked = 0;
  objects.open = (name) =>
    new Proxy(open(name), {
      get:
        (object, method: keyof UserSessionsApi) =>
        async (...given: unknown[]) => {
          asked += 1;
          if (fault === 'time-out') return never();
          if (fault === 'reset') await (object[method] as (...given: unknown[]) => Promise<unknown>)(...given);
          throw Object.assign(new Error(`the object failed: ${fault}`), { overloaded: fault === '429' });
        },
    });
  return { asked: () => asked, mend: () => Object.assign(objects, { open }) };
}
