// `explain` and the worker are asked the same: whatever the configuration, the method, the site, the address and the visitor, what the one says
// the other does. ARCHITECTURE §2, §3.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, explainAt } from '../../cli/explain/explanation.ts';
import { createQuestion } from '../../cli/explain/question.ts';
import { compileConfigs } from '../../src/config/resolve-sites.ts';
import { endpointPath, folderOf, pathOf } from '../../src/endpoints/catalogue.ts';
import type { RequestEvent } from '../../src/observability/request-event.ts';
import type { Caller } from '../../src/policy/judge.ts';
import { signInAt } from '../sites/bed.ts';
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

function createStage({ callback, postLogout, takesBearer, secrets, rules, sites }: Configuration): Harness {
  const rulesOf = (given: readonly unknown[]) => given.map((each) => (takesBearer ? each : withoutCredentials(each)));
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
      ROUTES: rulesOf(rules),
      ...(sites && {
        SITES: sites.map((site) => ({
          ...site,
          ...('routes' in site && { routes: rulesOf(site.routes as readonly unknown[]) }),
        })),
      }),
    },
  });
  const { webApplication } = harness.zitadel;
  webApplication.redirectUris = [
    ORIGIN,
    'https://wiki.example.com',
    'https://shop.example.net:8443',
    'https://fixed.apps.example.com',
    'https://other.example.com',
    'https://other.example.com:81',
  ].map((origin) => origin + callback);
  return harness;
}

const withoutCredentials = (each: unknown) => {
  const { credentials: _, ...rest } = each as { credentials?: unknown };
  return rest;
};

/** What somebody brings along, and what the gateway by itself makes of it, at a site. */
async function prove(harness: Harness, who: string, host: string): Promise<Proof> {
  if (who === 'nobody') return { headers: {}, caller: undefined };
  const [, user] = /^token of (.*)/.exec(who) ?? [];
  return user === undefined ? proveBySession(harness, who, host) : proveByToken(harness, user, host);
}

/** By `explain`'s clock, which stands at 0. */
function agedBy(now: number, caller: Caller | undefined): Caller | undefined {
  return caller?.auth_time === undefined ? caller : { ...caller, auth_time: caller.auth_time - now };
}

async function proveByToken({ zitadel, gatewayAt }: Harness, user: string, host: string) {
  const { bearerTokens, config } = gatewayAt(host);
  // A site may count another project.
  const aud = config.audience.length > 0 ? { aud: [...config.audience] } : {};
  const authorization = `Bearer ${await zitadel.mintAccessToken({ sub: user, jwt: true, ...aud })}`;
  const judged = await bearerTokens.judge(authorization, { maxAge: undefined, network: undefined });
  const unknown: Caller = { via: 'bearer', identity: { sub: user, roles: {}, claims: {} }, amr: [] };
  return { headers: { authorization }, caller: judged.kind === 'caller' ? judged.caller : unknown };
}

async function proveBySession(harness: Harness, user: string, host: string) {
  const gateway = harness.gatewayAt(host);
  const browser = harness.browser();
  const { origin } = gateway.config;
  await signInAt(harness, browser, `${origin}${endpointPath(gateway.config, 'login')}`, user, user === 'admin');
  const cookie = await browser.jar.getCookieString(origin);
  const opened = await gateway.visitorSessions.open(cookie, { countsAsActivity: false });
  if (opened.kind !== 'active') throw new Error(`${user} is not signed in at ${origin}`);
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
  const url = new URL(`https://${host ?? new URL(ORIGIN).host}`);
  const { config } = compileConfigs(harness.sites)(url.host);
  // Of a host that is no site’s, whoever comes is somebody of the first site’s.
  const site = new URL(config.origin).host;
  const key = `${who} at ${site}`;
  const path = place.name ? pathOf(config, place.name) : (place.path ?? config.endpoints + place.below);
  const target = way(path.startsWith('/') ? path : `/${path}`);
  const answers: Partial<Record<keyof typeof MANNERS, Answer>> = {};
  for (const manner of ['navigation', 'other'] as const) {
    const proof = proofs.get(key) ?? (await prove(harness, who, site));
    proofs.set(key, proof);
    const form = method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' };
    answers[manner] = await ask(harness, `${url.origin}${target}`, method, {
      ...proof.headers,
      ...MANNERS[manner],
      ...form,
    });
    // Whoever has signed out has to sign in again before the next question.
    if (requestEvent(harness)?.endpoint === 'logout') proofs.delete(key);
    harness.events.length = 0;
  }
  const { caller } = proofs.get(key) ?? (await prove(harness, who, site));
  const explained = explainAt(harness.sites, {
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
        const { host } = new URL(ORIGIN);
        for (const who of ['user', 'staff', 'admin']) proofs.set(`${who} at ${host}`, await prove(harness, who, host));
        // Long enough ago for a step-up by max_age, and not for fresh claims.
        harness.clock.now += 200;
        for (const asked of questions) await compare(harness, asked, proofs);
      },
    ),
    { seed: 18, numRuns: CONFIGURATIONS, endOnFailure: true },
  );
}, 120_000);
