// Connections that stay open during a soak: WebSockets and event streams, which must end soon after their session (promise 4).

import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Person } from './soak-person.ts';
import { SLACK, TIMES, type World } from './soak-world.ts';

interface Connection {
  /** Milliseconds of `performance.now()`; resolves when it is over. */
  readonly ended: Promise<{ readonly at: number; readonly code: number }>;
  /** Resolves with what the application said first: whose it is; undefined where nothing came of it. */
  readonly greeted: Promise<string | undefined>;
  end(): void;
}

type Open = (world: World, cookie: string) => Connection;

/** The session has ended, as the gateway closes a WebSocket for it. */
const SESSION_OVER = 4401;

const openSocket: Open = ({ client }, cookie) => {
  const origin = `http://localhost:${client.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${client.port}/socket`, {
    headers: { Cookie: cookie, Host: `localhost:${client.port}` },
    origin,
  });
  const ended = new Promise<{ at: number; code: number }>((resolve) => {
    socket.once('close', (code) => resolve({ at: performance.now(), code }));
  });
  socket.on('error', () => socket.terminate());
  socket.on('message', () => setTimeout(() => socket.readyState === WebSocket.OPEN && socket.send('more'), 500));
  const greeted = Promise.race([
    new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data)))),
    ended.then(() => undefined),
  ]);
  return { ended, greeted, end: () => socket.close() };
};

const openEvents: Open = ({ client }, cookie) => {
  let greet: (user: string | undefined) => void = () => {};
  const greeted = new Promise<string | undefined>((resolve) => (greet = resolve));
  let end = () => {};
  const ended = new Promise<{ at: number; code: number }>((resolve) => {
    const finish = () => {
      greet(undefined);
      resolve({ at: performance.now(), code: 0 });
    };
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: client.port,
        path: '/events',
        headers: { Host: `localhost:${client.port}`, Accept: 'text/event-stream', Cookie: cookie },
      },
      (incoming) => {
        incoming.on('data', (chunk) => greet(/^data: (\S+)/.exec(String(chunk))?.[1]));
        incoming.once('close', finish);
      },
    );
    outgoing.once('error', finish);
    outgoing.end();
    end = () => outgoing.destroy();
  });
  return { ended, greeted, end: () => end() };
};

/** Keeps one connection for a while; half of them see their session end. */
async function watchOne(world: World, person: Person, open: Open): Promise<void> {
  const { judge, board } = world;
  const opened = performance.now();
  const connection = open(world, person.browser.cookieHeader);
  const user = await connection.greeted;
  person.noteActivity(performance.now());
  if (user !== undefined && user !== person.sub) judge.complain('nobody gets another user’s identity', 'a connection');
  const isLeaving = Math.random() < 0.5;
  const early = await Promise.race([connection.ended, sleep(3_000 + Math.random() * 10_000).then(() => undefined)]);
  if (early) {
    const isExplained = board.touched(['upstream'], opened - 500, early.at) || person.mayBeOut(early.at);
    if (!isExplained) judge.complain('a connection stays open while its session stands', `closed with ${early.code}`);
    return;
  }
  if (!isLeaving) {
    connection.end();
    await connection.ended;
    return;
  }
  await person.signOut();
  const left = performance.now();
  const limit = TIMES.revocation * 1000 + SLACK;
  const { code } = (await Promise.race([connection.ended, sleep(limit).then(() => undefined)])) ?? {};
  const isBroken = board.touched(['upstream'], left - 500, performance.now());
  if (code === undefined)
    judge.complain('signed out means signed out on open connections too', `open after ${limit} ms`);
  else if (open === openSocket && code !== SESSION_OVER && !isBroken)
    judge.complain('a WebSocket says why it is closed', `code ${code}`);
  connection.end();
}

/** `take`: somebody who is signed in, and nobody else's meanwhile; `give` them back. */
export async function keepStreamsOpen(
  world: World,
  count: number,
  people: { take(): Person | undefined; give(person: Person): void },
  isOver: () => boolean,
): Promise<void> {
  const keepOne = async (open: Open) => {
    while (!isOver()) {
      const person = people.take();
      if (person) await watchOne(world, person, open).finally(() => people.give(person));
      else await sleep(200);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => keepOne(index % 2 === 0 ? openSocket : openEvents)));
}
