// What can go wrong behind the gateway, where, and when it did: one board that switches faults on and remembers them.
// The same list as test/faults, on real connections.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What takes most memory comes early: the allocator keeps what was needed once, and whether that grows is the question. */
const FAULTS = ['10 MB', 'refused', 'time-out', 'reset', '429', '500', 'HTML', 'wrong JSON', 'slow'] as const;
export type Fault = (typeof FAULTS)[number];

/** Endpoints of ZITADEL's, and ZITADEL and KV as a whole. */
export type Place =
  | 'ZITADEL'
  | 'keys'
  | 'token'
  | 'userinfo'
  | 'introspection'
  | 'revocation'
  | 'KV'
  | 'KV read'
  | 'KV write'
  | 'upstream';

const WHOLE: Partial<Record<Place, Place>> = {
  keys: 'ZITADEL',
  token: 'ZITADEL',
  userinfo: 'ZITADEL',
  introspection: 'ZITADEL',
  revocation: 'ZITADEL',
  'KV read': 'KV',
  'KV write': 'KV',
};

export interface Cell {
  readonly place: Place;
  readonly fault: Fault;
}

/** A fault that is or was switched on, in milliseconds of `performance.now()`. */
export interface Span extends Cell {
  readonly from: number;
  readonly to: number;
  /** How many requests met it. */
  hits: number;
}

/** Each fault at each place; the place changes from cell to cell, so that one recovers while another is broken. */
export function createRota(): Cell[] {
  // What a session needs comes first: the rest is time enough to see a role change (promise 5).
  const places: Place[] = [
    'token',
    'userinfo',
    'KV',
    'KV read',
    'ZITADEL',
    'upstream',
    'introspection',
    'keys',
    'KV write',
    'revocation',
  ];
  return FAULTS.flatMap((fault) => places.map((place) => ({ place, fault }))).filter(isPossible);
}

function isPossible({ place, fault }: Cell): boolean {
  // KV as a whole can only be away: wrong answers are tried for reads alone, since a write has no answer that could be wrong.
  if (place === 'KV') return fault === 'refused';
  return place !== 'KV write' || !['HTML', 'wrong JSON', '10 MB'].includes(fault);
}

export interface FaultBoard {
  /** What breaks this place now, by itself or with the server that it is part of; for a request that is broken by it. */
  meet(place: Place): Fault | undefined;
  switchOn(cell: Cell): void;
  switchOff(): void;
  /** Whether one of these places was broken within that time, in one of these ways; any way where none are named. */
  touched(places: readonly Place[], from: number, to: number, faults?: readonly Fault[]): boolean;
  /** Spans that reach into that time. */
  spans(from: number, to: number): Span[];
}

export function createFaultBoard(): FaultBoard {
  const past: Span[] = [];
  let present: Span | undefined;
  const isPart = (place: Place, broken: Place) => place === broken || WHOLE[place] === broken;
  const within = (from: number, to: number) =>
    [...past, ...(present ? [present] : [])].filter((span) => span.from <= to && span.to >= from);
  return {
    meet(place) {
      if (!present || !isPart(place, present.place)) return undefined;
      present.hits += 1;
      return present.fault;
    },
    switchOn(cell) {
      present = { ...cell, from: performance.now(), to: Number.POSITIVE_INFINITY, hits: 0 };
    },
    switchOff() {
      if (present) past.push({ ...present, to: performance.now() });
      present = undefined;
    },
    touched: (places, from, to, faults) =>
      within(from, to).some(
        ({ place: broken, fault }) =>
          places.some((place) => isPart(place, broken)) && (faults === undefined || faults.includes(fault)),
      ),
    spans: within,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Seconds; as ZITADEL says it in its 429. */
export const RETRY_AFTER = 2;
/** Milliseconds. */
const SLOWNESS = 1_500;
const SIZE = 10 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ' ');
const HTML = '<!doctype html><title>Bad gateway</title><h1>Oops</h1>';

/** Answers with a fault. `work` does what was asked: before an answer that breaks off, and after a delay, but for no other fault. */
export async function answerBroken(
  fault: Fault,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  work: () => Promise<Answer>,
): Promise<void> {
  const json = { 'Content-Type': 'application/json' };
  switch (fault) {
    case 'refused':
      incoming.socket.destroy();
      return;
    case 'time-out':
      incoming.resume();
      return;
    case 'reset':
      return cutShort(await work(), outgoing);
    case '429':
      outgoing.writeHead(429, { 'Retry-After': String(RETRY_AFTER) }).end('Too Many Requests');
      return;
    case '500':
      outgoing.writeHead(500, { 'Content-Type': 'text/plain' }).end('at Object.fail (/srv/zitadel.go:1)');
      return;
    case 'HTML':
      outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end(HTML);
      return;
    case 'wrong JSON':
      outgoing.writeHead(200, json).end('{"access_token": "tru');
      return;
    case '10 MB':
      outgoing.writeHead(200, json);
      return writeMegabytes(outgoing);
    case 'slow':
      await sleep(SLOWNESS);
      return answerWhole(await work(), outgoing);
  }
}

export function answerWhole({ status, headers, body }: Answer, outgoing: ServerResponse): void {
  outgoing.writeHead(status, { ...headers, 'Content-Length': body.length }).end(body);
}

/** Half of what was announced, and then nothing more. */
function cutShort({ status, headers, body }: Answer, outgoing: ServerResponse): void {
  outgoing.writeHead(status, { ...headers, 'Content-Length': body.length + 2 });
  outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => outgoing.destroy());
}

function writeMegabytes(outgoing: ServerResponse): Promise<void> {
  const chunks = Array.from({ length: SIZE / CHUNK.length }, () => CHUNK);
  return pipeline(Readable.from(chunks), outgoing);
}
