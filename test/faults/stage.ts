// One cell of the matrix on its stage: a gateway, a visitor, and what is broken; and what must be true of the answer and afterwards.

import { expect } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { expectOwnHeaders } from '../flow/steps.ts';
import { createHarness, type Harness, SECRET } from '../support/harness.ts';
import { type Expectation, expectationOf } from './expectations.ts';
import { type Broken, breakPlace, createUpstream, type Fault, type Place, RETRY_AFTER } from './places.ts';
import { type Answer, isBearer, isSignedIn, prepare, type Visit, type Visitor } from './visits.ts';

export interface Cell {
  readonly place: Place;
  readonly fault: Fault;
  readonly visit: Visit;
}

export interface Stage {
  readonly cell: Cell;
  readonly harness: Harness;
  readonly visitor: Visitor;
  readonly broken: Broken;
  readonly secrets: readonly string[];
}

export async function stageOf(cell: Cell): Promise<Stage> {
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
export async function judge(stage: Stage, answers: Answer[]): Promise<void> {
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
