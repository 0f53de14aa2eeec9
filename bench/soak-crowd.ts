// Everybody who comes during a soak: so many connections, each with its next request as soon as it has its answer.

import { setTimeout as sleep } from 'node:timers/promises';
import { createFigures, type Figures } from './soak-figures.ts';
import { Person } from './soak-person.ts';
import { type Delivery, hasManyRoles, OPERATOR_SECRET } from './soak-stage.ts';
import { type Stolen, useStolen } from './soak-stolen.ts';
import { createApiClients, visitAsStranger } from './soak-strangers.ts';
import { keepStreamsOpen } from './soak-streams.ts';
import { pick, type World } from './soak-world.ts';

/** Of these connections so many may be signing in: those wait for ZITADEL, and the others are to keep the gateway busy. */
const SIGN_INS_AT_ONCE = 0.4;
const STREAMS = 12;
/** Entries that the stand-in keeps of each kind; it forgets nothing by itself. */
const KEPT_AT_ZITADEL = 10_000;

type Step = (person: Person) => Promise<void> | void;

/** How often each comes, of somebody who is signed in. */
const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [50, (person) => person.click()],
  [16, (person) => person.script()],
  [3, (person) => person.openPage()],
  [4, (person) => person.useToken()],
  [2, (person) => person.useOldTab()],
  [2, (person) => person.lookAtOwnPages()],
  [1.5, (person) => person.upload()],
  [1, (person) => person.download()],
  [6, (person) => person.enterStaffRoom()],
  [1, (person) => person.changeRole()],
  [2, (person) => person.hangUp()],
  [3, (person) => person.signOut()],
  [1, (person) => person.endAtZitadel()],
  [0.1, (person) => person.nap()],
];

export interface Crowd {
  readonly figures: Figures;
  noticeTaken(delivery: Delivery): void;
  tokensCutShort(sub: string): void;
  /** Comes until it is `stop`ped. */
  start(): void;
  stop(): Promise<void>;
}

export function createCrowd(world: World, subs: readonly string[], connections: number): Crowd {
  const figures = createFigures();
  const stolen: Stolen[] = [];
  const people = new Map(subs.map((sub) => [sub, new Person(sub, world, figures, stolen)]));
  const idle = [...people.values()];
  // The tokens of those with ninety roles are longer than a header of 16 KB.
  const callApi = createApiClients(
    world,
    subs.filter((sub) => !hasManyRoles(sub)),
  );
  const running: Promise<unknown>[] = [];
  let isOver = false;
  let signingIn = 0;

  /** Looks at a few idle people, and takes the first one who fits. */
  function take(fits: (person: Person) => boolean): Person | undefined {
    for (let attempt = 0; attempt < 8; attempt++) {
      const at = Math.floor(Math.random() * idle.length);
      const person = idle[at];
      if (!person || person.awayUntil > performance.now() || !fits(person)) continue;
      idle[at] = idle.at(-1) as Person;
      idle.pop();
      return person;
    }
    return undefined;
  }

  async function act(): Promise<void> {
    const mayEnter = signingIn < connections * SIGN_INS_AT_ONCE;
    const person = take(({ session }) => session !== undefined || mayEnter);
    if (!person) return visitAsStranger(world);
    try {
      if (person.session) return await pickStep()(person);
      signingIn += 1;
      await person.signIn().finally(() => signingIn--);
    } finally {
      idle.push(person);
    }
  }

  async function come(): Promise<void> {
    while (!isOver) {
      const chance = Math.random();
      if (chance < 0.1) await visitAsStranger(world);
      else if (chance < 0.2) await callApi();
      else if (chance < 0.21) await useStolen(world, stolen, figures);
      else await act();
    }
  }

  /** What an operator's tools ask every few seconds. */
  async function watchOver(): Promise<void> {
    const headers = { Authorization: `Bearer ${OPERATOR_SECRET}`, Accept: '*/*' };
    while (!isOver) {
      const metrics = await world.client.send('/auth/metrics', { headers });
      if (metrics.status !== 200) world.judge.complainOf('metrics are told to the operator', metrics);
      const ready = await world.client.send('/auth/ready', { headers });
      const places = ['ZITADEL', 'keys', 'token', 'userinfo', 'KV read', 'upstream'] as const;
      const isExplained = world.board.touched(places, ready.from - 10_000, ready.to);
      if (ready.status !== 200 && !(ready.status === 503 && isExplained))
        world.judge.complainOf('ready while everything answers', ready);
      await sleep(3_000);
    }
  }

  async function tidyZitadel(): Promise<void> {
    while (!isOver) {
      for (const map of Object.values(world.zitadel.sessions)) {
        for (const key of map.keys()) {
          if (map.size <= KEPT_AT_ZITADEL) break;
          map.delete(key);
        }
      }
      await sleep(1_000);
    }
  }

  return {
    figures,
    noticeTaken: ({ sub, sid }) => people.get(sub)?.noticeTaken(sid),
    tokensCutShort: (sub) => people.get(sub)?.renewalCutShort(),
    start() {
      running.push(...Array.from({ length: connections }, come), watchOver(), tidyZitadel());
      const circle = {
        take: () => take(({ session }) => session !== undefined),
        give: (person: Person) => {
          figures.connectionsKeptOpen += 1;
          idle.push(person);
        },
      };
      running.push(keepStreamsOpen(world, STREAMS, circle, () => isOver));
    },
    async stop() {
      isOver = true;
      await Promise.all(running);
    },
  };
}

const TOTAL = STEPS.reduce((sum, [weight]) => sum + weight, 0);

function pickStep(): Step {
  let left = Math.random() * TOTAL;
  for (const [weight, step] of STEPS) {
    left -= weight;
    if (left < 0) return step;
  }
  return pick(STEPS)[1];
}
