// Hundreds of users on several isolates through sign-ins, expiries, role changes, outages, evictions, sign-outs and key
// rotations, in an order that a seed repeats; every answer is checked. Promises 1, 2, 4, 5, 6, 8.

import { describe, expect, it } from 'vitest';
import { repair } from './faults.ts';
import { Person } from './person.ts';
import { createRandom, type Random } from './random.ts';
import { World } from './world.ts';

const SEEDS = (process.env['SIMULATION_SEEDS'] ?? '1,2').split(',').map(Number);
const STEPS = Number(process.env['SIMULATION_STEPS'] ?? 130);
const USERS = 100;

/** Reasons for which a session may end here; whatever else ends one is a bug. */
const DEFINITE = [
  'logout',
  'logout_elsewhere',
  'backchannel_logout',
  'operator',
  'replaced',
  'expired',
  'idle',
  'ended_at_provider',
  'refresh_token_dead',
];

function burst(world: World, random: Random, people: readonly Person[]): Promise<unknown> {
  const tasks: Promise<unknown>[] = [];
  for (let count = 0; count < 6; count++) {
    const person = random.pick(people);
    const isAway =
      person.life === undefined || world.endOf(person.life.id) !== undefined || person.life.endedAt !== undefined;
    // Whoever signs in does nothing else meanwhile, so that it is clear whose answer is whose.
    if (isAway && random.chance(0.7)) {
      if (tasks.length === 0) return person.signIn();
      continue;
    }
    const requests = random.chance(0.1) ? 12 : 1 + random.below(3);
    for (let request = 0; request < requests; request++) {
      tasks.push(person.visit({ isBackground: random.chance(0.2), isStale: random.chance(0.1) }));
    }
    if (random.chance(0.04)) tasks.push(person.signOut());
    if (random.chance(0.02)) tasks.push(person.endOthers(people));
  }
  return Promise.all(tasks);
}

async function misfortune(world: World, random: Random, people: readonly Person[]): Promise<void> {
  const { zitadel, objects } = world.harness;
  const person = random.pick(people);
  if (random.chance(0.3)) world.changeRoles(person.userId);
  if (random.chance(0.15)) objects.evict();
  if (random.chance(0.05)) world.deploy({ rotates: random.chance(0.5) });
  if (random.chance(0.06) && world.isWell) world.breakSomething();
  if (random.chance(0.03) && (await world.operatorEnds(person.userId))) {
    for (const { life, userId } of people) if (life && userId === person.userId) life.endedAt ??= world.now;
  }
  if (random.chance(0.04)) {
    const wasWell = world.isWell;
    zitadel.terminateUserSessions(person.userId);
    await world.harness.settle();
    if (wasWell)
      for (const { life, userId } of people) if (life && userId === person.userId) life.endedAt ??= world.now;
  }
  if (random.chance(0.02)) {
    if (zitadel.findUser(person.userId).state === 'active') zitadel.deactivateUser(person.userId);
    else zitadel.activateUser(person.userId);
  }
}

describe('a simulated day', () => {
  it.each(SEEDS)(
    'seed %i: nobody is taken for another, let in after the end, or out without a reason',
    async (seed) => {
      const random = createRandom(seed);
      const world = new World(seed, random, USERS);
      // Some users have two browsers.
      const people = Array.from(
        { length: USERS * 1.5 },
        (_, index) => new Person(world, world.users[index % USERS] ?? ''),
      );
      for (const person of people) await person.signIn();
      // A few are busy, so that their sessions see much; the others come now and then.
      const busy = people.slice(0, 25);
      for (let step = 0; step < STEPS; step++) {
        await burst(world, random, random.chance(0.7) ? busy : people);
        await misfortune(world, random, random.chance(0.7) ? busy : people);
        await world.advance(random.chance(0.1) ? random.below(1500) : random.below(120));
      }
      repair(world.harness);
      await world.advance(100_000);
      await world.advance(100_000);
      for (const { reason } of world.ends()) expect(DEFINITE, world.note('an end')).toContain(reason);
      world.expectRefreshTokensUsedOnce();
      // Sessions that are over leave nothing in the stores.
      for (const { entries } of world.harness.objects.storages.values()) expect([...entries.keys()]).toEqual([]);
      const live = [...world.harness.kv.entries.values()].filter(({ expiresAt }) => expiresAt > world.now);
      expect(live).toEqual([]);
    },
    60_000,
  );
});
