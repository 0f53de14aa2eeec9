// Cookies that somebody has copied: worth nothing soon after their session has ended (promise 4).

import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from './soak-figures.ts';
import { nonce, SLACK, type World } from './soak-world.ts';

/** Cookies of sessions that have ended, which nobody may use any more. */
export interface Stolen {
  readonly cookie: string;
  readonly worthlessFrom: number;
}

/** Somebody uses a cookie whose session has ended. */
export async function useStolen(world: World, stolen: Stolen[], figures: Figures): Promise<void> {
  const [first] = stolen;
  if (!first || first.worthlessFrom + SLACK > performance.now()) return void (await sleep(1));
  stolen.shift();
  figures.stolenCookiesTried += 1;
  const headers = { Accept: 'application/json', Cookie: first.cookie };
  const answer = await world.client.send(`/stolen?n=${nonce()}`, { headers });
  if (answer.status !== 401) world.judge.complainOf('signed out means signed out', answer);
}
