// The whole gateway in process, with people signed in: what a case begins with. A stage serves many cases, and a new one is built where
// a case has ended somebody's session or turned the clock.

import type { Route } from '../../../src/config/schema.ts';
import type { RequestEvent } from '../../../src/observability/request-event.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createHarness, echo, type Harness, ORIGIN, SECRET } from '../../support/harness.ts';

export type PersonName = 'user' | 'admin' | 'staff';
export const NAMES: readonly PersonName[] = ['user', 'admin', 'staff'];

export interface Person {
  readonly name: PersonName;
  readonly sub: string;
  readonly sid: string;
  readonly email: string;
  readonly roles: readonly string[];
  /** As a Cookie header. */
  readonly cookies: string;
  readonly jwt: string;
  readonly opaque: string;
  /** The identity fields that the application gets. */
  readonly identity: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly harness: Harness;
  readonly routes: readonly Route[];
  readonly people: ReadonlyMap<PersonName, Person>;
  /** What the application answers. */
  upstream(request: Request): Response | Promise<Response>;
  served: number;
}

export const START = 1_790_000_000;
/** Seconds; longer than any case lasts. */
const LONG = 1_000_000;
export const OPERATOR_SECRET = 'operator-5f1c9b3e7a2d4860917a6e3f9a1c7e5b';
export const UPSTREAM_SECRET = 'upstream-8a2e4d70c6b19f3580e7d2a4c6b8f013';
/** Of the application's own answers and requests; everything that says who somebody is. */
export const IDENTITY_FIELDS = [
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-name',
  'x-forwarded-roles',
  'x-big',
];

const ENV = {
  ZITADEL_API_CLIENT_ID: SEED.apiClientId,
  ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
  OPERATOR_SECRET,
  UPSTREAM_SECRET,
  SESSION_SECRET: SECRET,
  IDENTITY_HEADERS: {
    'X-Forwarded-User': 'sub',
    'X-Forwarded-Email': 'email',
    'X-Forwarded-Name': 'name',
    'X-Forwarded-Roles': 'roles',
    'X-Big': 'metadata.big',
  },
  IDENTITY_MAX_BYTES: 16_000,
  ROUTES: [
    { path: '/public/*', access: 'public', cors: ['https://other.example'] },
    { path: '/closed/*', access: 'deny' },
    { path: '/admin/*', roles: ['admin'] },
    { path: '/staff/x*/y', roles: ['staff', 'admin'], claims_max_age: 60 },
    { path: '/api/*', credentials: ['bearer'], cors: ['https://other.example'] },
    { path: '/step/*', amr: ['mfa'], max_age: 600 },
    { path: '/tokens/*', forward_access_token: true, forward_id_token: true },
    { path: '/strip/*', strip_prefix: true, methods: ['GET', 'POST'] },
    { path: '/watched/*', access: 'public', mode: 'report' },
  ],
};

/** Cases that one stage serves: what they leave behind (logins under way, kept forms) is bounded. */
const MOST_SERVED = 200;

/** One for each target, so that none depends on what another has done. */
export function createStages(): () => Promise<Stage> {
  let stage: Stage | undefined;
  return async () => {
    if (!stage || isSpent(stage)) stage = await createStage();
    stage.served += 1;
    stage.upstream = echo;
    stage.harness.events.length = 0;
    stage.harness.received.length = 0;
    return stage;
  };
}

export async function createStage(): Promise<Stage> {
  const harness = createHarness({
    env: ENV,
    startAt: START,
    zitadel: { lifetimes: { accessToken: 601 } },
    upstream: (request) => stage.upstream(request),
  });
  const people = new Map<PersonName, Person>();
  const stage: Stage = { harness, routes: harness.gateway.config.routes, people, upstream: echo, served: 0 };
  // Longer than one cookie, so that it comes in chunks.
  harness.zitadel.findUser('staff').metadata.set('big', 'Größe '.repeat(600));
  for (const name of NAMES) people.set(name, await signIn(harness, name));
  await harness.settle();
  return stage;
}

async function signIn(harness: Harness, name: PersonName): Promise<Person> {
  const browser = harness.browser();
  const answer = await harness.signIn(browser, name, '/page');
  const { headers } = (await answer.json()) as { headers: Record<string, string> };
  const sub = SEED.users[name];
  const cookies = await browser.cookies();
  const user = harness.zitadel.findUser(name);
  return {
    name,
    sub,
    sid: [...harness.zitadel.sessions.sso.values()].find(({ userId }) => userId === sub)?.sid ?? '',
    email: 'email' in user ? user.email : '',
    roles: (headers['x-forwarded-roles'] ?? '').split(','),
    cookies: [...cookies].map(([cookie, value]) => `${cookie}=${value}`).join('; '),
    jwt: await harness.zitadel.mintAccessToken({ sub: name, jwt: true, lifetime: LONG }),
    opaque: await harness.zitadel.mintAccessToken({ sub: name, lifetime: LONG }),
    identity: Object.fromEntries(IDENTITY_FIELDS.flatMap((field) => (headers[field] ? [[field, headers[field]]] : []))),
  };
}

function isSpent(stage: Stage): boolean {
  const isTurned = stage.harness.clock.now !== START || stage.served >= MOST_SERVED;
  return isTurned || NAMES.some((name) => !isStanding(stage, name));
}

/** Whether the session that the person began the case with has ended. */
export function isStanding({ harness, people }: Stage, name: PersonName): boolean {
  const records = harness.objects.storageOf(`user:${people.get(name)?.sub}`).list<object>('session/');
  return records.length > 0 && records.every(([, record]) => !('ended' in record) && !('replacedUntil' in record));
}

export function personOf({ people }: Stage, name: PersonName): Person {
  const person = people.get(name);
  if (!person) throw new Error(`nobody is called ${name}`);
  return person;
}

export function lastEvent({ events }: Harness): RequestEvent | undefined {
  return events.filter((event): event is RequestEvent => event.event === 'request').at(-1);
}

export const BROWSER = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'same-origin',
} as const;

export function requestTo(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Request {
  return new Request(ORIGIN + path, { ...init, redirect: 'manual' });
}
