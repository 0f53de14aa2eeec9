// Everything the gateway depends on × every way in which it can break × everybody who may come meanwhile: each cell a test.
// ARCHITECTURE §3, promises 1 to 6 and 10. Cells whose place never answers wait for real deadlines, many of them at once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNot } from './expectations.ts';
import { FAULTS, type Fault, PLACES, type Place } from './places.ts';
import { type Cell, judge, type Stage, stageOf } from './stage.ts';
import { type Answer, VISITS, type Visit } from './visits.ts';

const ALL: Cell[] = PLACES.flatMap((place) =>
  FAULTS.flatMap((fault) => VISITS.map((visit) => ({ place, fault, visit }))),
);
const CELLS = ALL.filter(({ place, fault, visit }) => whyNot(place, fault, visit) === undefined);

/** The matrix as it was asked for, apart from the lists that make the cells; a signed-in navigation and a bearer token come in several kinds. */
const WANTED = {
  places: [
    ...(['discovery', 'keys', 'authorize', 'token', 'userinfo', 'introspection', 'revocation', 'end_session'] as const),
    ...(['KV read', 'KV write', 'Durable Object', 'upstream'] as const),
  ],
  faults: ['refused', 'time-out', 'reset', '429', '500', 'HTML', 'wrong JSON', '10 MB'],
  visits: [['anonymous'], ['fresh', 'stale', 'renewal'], ['XHR'], ['bearer JWT', 'bearer opaque']],
} satisfies { places: Place[]; faults: Fault[]; visits: Visit[][] };

const isPlayed = (wanted: Cell) =>
  CELLS.some(({ place, fault, visit }) => place === wanted.place && fault === wanted.fault && visit === wanted.visit);
const title = ({ place, fault, visit }: Cell) => `${place}, ${fault}: ${visit}`;

describe('the matrix', () => {
  it('has a cell or a reason for every combination that was asked for', () => {
    const missing = WANTED.places.flatMap((place) =>
      WANTED.faults.flatMap((fault) =>
        WANTED.visits
          .flat()
          .filter((visit) => whyNot(place, fault, visit) === undefined && !isPlayed({ place, fault, visit }))
          .map((visit) => title({ place, fault, visit })),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('leaves out no more than what cannot be', () => {
    const reasons = Map.groupBy(
      ALL.filter((cell) => !isPlayed(cell)),
      ({ place, fault, visit }) => whyNot(place, fault, visit) ?? 'none',
    );
    expect(Object.fromEntries([...reasons].map(([reason, cells]) => [reason, cells.length]))).toEqual({
      'only a login leads there': FAULTS.length * (VISITS.length - 1),
      'the browser shows it, nobody comes back': 3,
      'a write has no answer to be wrong': 4 * VISITS.length,
      'an object answers in values, not in bytes': 4 * VISITS.length,
      'a sign-out does not go there': FAULTS.length,
    });
  });

  it.each(CELLS.filter(({ fault }) => fault !== 'time-out').map((cell) => [title(cell), cell] as const))(
    '%s',
    async (_title, cell) => {
      const stage = await stageOf(cell);
      await judge(stage, await stage.visitor.come());
    },
  );
});

describe('what never answers', () => {
  const cells = CELLS.filter(({ fault }) => fault === 'time-out');
  const played = new Map<Cell, { stage: Stage; answers: Answer[] }>();

  beforeAll(async () => {
    const stages: Stage[] = [];
    for (const cell of cells) stages.push(await stageOf(cell));
    await Promise.all(
      stages.map(async (stage) => played.set(stage.cell, { stage, answers: await stage.visitor.come() })),
    );
  }, 120_000);
  afterAll(() => played.clear());

  it.each(cells.map((cell) => [title(cell), cell] as const))('%s', async (_title, cell) => {
    const { stage, answers } = played.get(cell) ?? {};
    if (!stage || !answers) throw new Error('not played');
    await judge(stage, answers);
  });
});
