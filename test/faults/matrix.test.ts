// Everything the gateway depends on × every way in which it can break × everybody who may come meanwhile: each cell a test.
// ARCHITECTURE §3, promises 1 to 6 and 10. Cells whose place never answers wait for real deadlines, many of them at once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { expectOwnHeaders } from '../flow/steps.ts';
import { createHarness, type Harness, SECRET } from '../support/harness.ts';
import { type Expectation, expectationOf, whyNot } from './expectations.ts';
import {
  type Broken,
  breakPlace,
  createUpstream,
  FAULTS,
  type Fault,
  PLACES,
  type Place,
  RETRY_AFTER,
} from './places.ts';
import { type Answer, isBearer, isSignedIn, prepare, VISITS, type Visit, type Visitor } from './visits.ts';

interface Cell {
  readonly place: Place;
  readonly fault: Fault;
  readonly visit: Visit;
}

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

interface Stage {
  readonly cell: Cell;
  readonly harness: Harness;
  readonly visitor: Visitor;
  readonly broken: Broken;
  readonly secrets: readonly string[];
}

async function stageOf(cell: Cell): Promise<Stage> {
  const { place, fault, visit } = cell;
  const upstream = createUpstream();
  const isLate = fault === 'time-out';
  const harness = createHarness({
    upstream: upstream.answer,
    env: {
      ...(isLate && place === 'upstream' && { ROUTES: [{ path: '/*', timeout: 1 }] }),
      ...(visit === 'bearer opaque' && {
        ZITADEL_API_CLIENT_ID: SEED.apiClientId,
        ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
      }),
    },
    zitadel: { lifetimes: visit === 'renewal' ? { accessToken: 601 } : {} },
    // Longer than healthy answers take on the slowest machine; only what never answers is waited for.
    ...(isLate && { providerDeadline: 2_000 }),
  });
  const secrets = [SECRET, SEED.apiClientSecret, 'upstream.internal'];
  harness.zitadel.tamper.tokenResponse = (json) => {
    secrets.push(json.access_token, json.refresh_token, json.id_token);
    return json;
  };
  const visitor = await prepare(harness, visit, place, fault);
  return { cell, harness, visitor, broken: breakPlace(harness, upstream, place, fault), secrets };
}

function expectAnswer({ cell, secrets }: Stage, answer: Answer, expected: Expectation): void {
  const { place, fault, visit } = cell;
  const { status, headers, body } = answer;
  expect(expected.status).toContain(status);
  expect(body === undefined).toBe(expected.breaksOff === true);
  const isUpstreams = place === 'upstream' && status !== 502 && status !== 504;
  if (!isUpstreams) expect(status).not.toBe(500);
  const told = [...headers].filter(([name]) => name !== 'set-cookie' && name !== 'location');
  for (const secret of secrets) expect((body ?? '') + JSON.stringify(told)).not.toContain(secret);
  if (status === 503) {
    const wait = Number(headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(Number.isInteger(wait)).toBe(true);
    // What ZITADEL asks for is passed on to whoever has to wait for ZITADEL.
    const isTold =
      fault === '429' && (visit === 'anonymous' || visit === 'bearer opaque') && place !== 'Durable Object';
    if (isTold && ['token', 'userinfo', 'introspection'].includes(place)) expect(wait).toBe(RETRY_AFTER);
  }
  if (status < 400 || isUpstreams) return;
  const isProgram = visit === 'XHR' || isBearer(visit);
  if (isProgram) {
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(body ?? '')).toMatchObject({
      status,
      code: expect.any(String),
      request_id: headers.get('x-request-id'),
    });
  } else {
    expect(headers.get('content-type')).toContain('text/html');
    expectOwnHeaders(answer as unknown as Response);
  }
}

async function expectAftermath(stage: Stage, expected: Expectation): Promise<void> {
  const { cell, harness, visitor } = stage;
  const { visit } = cell;
  if (visit === 'anonymous' && cell.place !== 'upstream' && !expected.status.includes(200)) {
    expect(
      [...(await visitor.browser.cookies()).keys()].filter((name) => /^__Host-postern(\.\d+)?$/.test(name)),
    ).toEqual([]);
  }
  if (visit === 'sign-out') expect((await visitor.browser.fetch('/page')).status).toBe(401);
  const ended = () => harness.events.filter(({ event }) => event === 'session_ended');
  const isKept = isSignedIn(visit) && expected.session !== 'kept or one sign-in';
  if (isKept) expect(ended()).toEqual([]);
  if (visit === 'sign-out') {
    if (expected.revoked) await expectRevoked(harness);
    return;
  }
  // Longer than anybody is left alone after a failure, and as long as claims may be old.
  await harness.advance(301);
  const again = await visitor.comeAgain();
  await harness.settle();
  const mayHaveEnded = [200, visit === 'XHR' ? 401 : 302];
  expect(isKept || !isSignedIn(visit) ? [200] : mayHaveEnded).toContain(again.status);
  expect(ended().length).toBeLessThanOrEqual(isKept ? 0 : 1);
  if (!isKept) return;
  const event = harness.events.findLast(({ event }) => event === 'request');
  expect(event).toMatchObject({ claims: 'read', sub: SEED.users.user });
}

async function expectRevoked(harness: Harness): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) await harness.advance(60);
  const done = harness.zitadel.calls.list.filter(({ endpoint, status }) => endpoint === 'revocation' && status === 200);
  expect(done.length).toBeGreaterThan(0);
}

/** While it is broken, and after. */
async function judge(stage: Stage, answers: Answer[]): Promise<void> {
  const { cell, harness, broken } = stage;
  const { place, fault, visit } = cell;
  const expected = expectationOf(place, fault, visit);
  for (const answer of visit === 'anonymous' ? answers.slice(-1) : answers) expectAnswer(stage, answer, expected);
  expect(broken.asked()).toBeLessThanOrEqual(expected.asked);
  // A cell whose place was never asked would show nothing.
  if (expected.asked > 0) expect(broken.asked()).toBeGreaterThan(0);
  broken.mend();
  await harness.settle();
  await expectAftermath(stage, expected);
}

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
