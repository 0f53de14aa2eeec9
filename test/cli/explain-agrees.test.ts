// `explain` and the worker are asked the same: whatever the configuration, the method, the address and the visitor, what the one says
// the other does. ARCHITECTURE §2, §3.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, explainRequest } from '../../cli/explain/explanation.ts';
import { createQuestion } from '../../cli/explain/question.ts';
import { endpointPath, folderOf, pathOf } from '../../src/endpoints/catalogue.ts';
import type { RequestEvent } from '../../src/observability/request-event.ts';
import type { Caller } from '../../src/policy/judge.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { type Configuration, configuration, type Question, question } from './explain-questions.ts';

const CONFIGURATIONS = 50;
const QUESTIONS = 40;

const MANNERS = {
  navigation: {
    accept: 'text/html',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-site': 'none',
  },
  other: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
} as const;

interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller | undefined;
}

function createStage({ callback, postLogout, takesBearer, secrets, rules }: Configuration): Harness {
  const harness = createHarness({
    env: {
      ZITADEL_CALLBACK_URL: ORIGIN + callback,
      ...(postLogout !== undefined && {
        ZITADEL_POST_LOGOUT_URL: ORIGIN + postLogout.replace('FOLDER', folderOf(callback)),
      }),
      ...(secrets && {
        OPERATOR_SECRET: 'operator-5f1c9b3e7a2d4860917a6e3f9a1c7e5b',
        UPSTREAM_SECRET: 'upstream-8a2e4d70c6b19f3580e7d2a4c6b8f013',
      }),
      ...(!takesBearer && { ZITADEL_PROJECT_ID: '' }),
      ROUTES: rules.map((each) => (takesBearer ? each : withoutCredentials(each))),
    },
  });
  harness.zitadel.webApplication.redirectUris = [ORIGIN + callback];
  return harness;
}

const withoutCredentials = (each: Configuration['rules'][number]) => {
  const { credentials: _, ...rest } = each as { credentials?: unknown };
  return rest;
};

/** What somebody brings along, and what the gateway by itself makes of it. */
async function prove(harness: Harness, who: string): Promise<Proof> {
  if (who === 'nobody') return { headers: {}, caller: undefined };
  const [, user] = /^token of (.*)/.exec(who) ?? [];
  return user === undefined ? proveBySession(harness, who) : proveByToken(harness, user);
}

/** By `explain`'s clock, which stands at 0. */
function agedBy(now: number, caller: Caller | undefined): Caller | undefined {
  return caller?.auth_time === undefined ? caller : { ...caller, auth_time: caller.auth_time - now };
}

async function proveByToken({ zitadel, gateway }: Harness, user: string) {
  const authorization = `Bearer ${await zitadel.mintAccessToken({ sub: user, jwt: true })}`;
  const judged = await gateway.bearerTokens.judge(authorization, { maxAge: undefined, network: undefined });
  const unknown: Caller = { via: 'bearer', identity: { sub: user, roles: {}, claims: {} }, amr: [] };
  return { headers: { authorization }, caller: judged.kind === 'caller' ? judged.caller : unknown };
}

async function proveBySession(harness: Harness, user: string) {
  const browser = harness.browser();
  await harness.signIn(browser, user, endpointPath(harness.gateway.config, 'login'), { mfa: user === 'admin' });
  const cookie = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
  const opened = await harness.gateway.visitorSessions.open(cookie, { countsAsActivity: false });
  if (opened.kind !== 'active') throw new Error(`${user} is not signed in`);
  const { identity, auth_time, amr } = opened.visit.session;
  const caller: Caller = { via: 'session', identity, auth_time, amr };
  return { headers: { cookie }, caller };
}

/** As `explain` puts it. */
async function ask(harness: Harness, url: string, method: string, headers: Record<string, string>): Promise<Answer> {
  const request = new Request(url, { headers, method: method === 'TRACE' ? 'GET' : method, redirect: 'manual' });
  // Request itself refuses this method; the wire does not.
  if (method === 'TRACE') Object.defineProperty(request, 'method', { value: 'TRACE' });
  const response = await harness.app.fetch(request);
  await harness.settle();
  return requestEvent(harness)?.upstream_status === undefined ? response.status : 'pass';
}

function requestEvent({ events }: Harness): RequestEvent | undefined {
  return events.filter((event): event is RequestEvent => event.event === 'request').at(-1);
}

async function compare(harness: Harness, asked: Question, proofs: Map<string, Proof>): Promise<void> {
  const { method, place, way, host, who } = asked;
  const { config } = harness.gateway;
  const path = place.name ? pathOf(config, place.name) : (place.path ?? config.endpoints + place.below);
  const target = way(path.startsWith('/') ? path : `/${path}`);
  const answers: Partial<Record<keyof typeof MANNERS, Answer>> = {};
  for (const manner of ['navigation', 'other'] as const) {
    const proof = proofs.get(who) ?? (await prove(harness, who));
    proofs.set(who, proof);
    const url = `https://${host ?? new URL(ORIGIN).host}${target}`;
    const form = method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' };
    answers[manner] = await ask(harness, url, method, { ...proof.headers, ...MANNERS[manner], ...form });
    // Whoever has signed out has to sign in again before the next question.
    if (requestEvent(harness)?.endpoint === 'logout') proofs.delete(who);
    harness.events.length = 0;
  }
  const { caller } = proofs.get(who) ?? (await prove(harness, who));
  const explained = explainRequest(config, {
    ...createQuestion(method, target, {}),
    host,
    who: agedBy(harness.clock.now, caller),
  });
  expect({ ...explained.answers, method, target, host, who }).toEqual({ ...answers, method, target, host, who });
}

it(`explain answers what the worker answers, ${CONFIGURATIONS * QUESTIONS} questions`, async () => {
  await fc.assert(
    fc.asyncProperty(
      configuration,
      fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS }),
      async (given, questions) => {
        const harness = createStage(given);
        const proofs = new Map<string, Proof>();
        for (const who of ['user', 'staff', 'admin']) proofs.set(who, await prove(harness, who));
        // Long enough ago for a step-up by max_age, and not for fresh claims.
        harness.clock.now += 200;
        for (const asked of questions) await compare(harness, asked, proofs);
      },
    ),
    { seed: 18, numRuns: CONFIGURATIONS, endOnFailure: true },
  );
}, 120_000);
