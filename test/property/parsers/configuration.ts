// The whole configuration, as an operator may mistype it: problems, never an exception; and what counts as sound makes a gateway that answers.
// ARCHITECTURE §1; promise 10.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMisconfiguredApp } from '../../../src/answer/misconfigured-app.ts';
import { formatIssue } from '../../../src/config/issues.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { fixedSites } from '../../../src/config/stored-sites.ts';
import { VARIABLES } from '../../../src/config/variables.ts';
import { type Bindings, createShared } from '../../../src/gateway.ts';
import type { NoteEvent, RequestEvent } from '../../../src/observability/request-event.ts';
import { createSiteApps } from '../../../src/sites.ts';
import { APPLICATION_KEY_FILE, ENVIRONMENT, Fetcher, STRONG_SECRET } from '../../config/environment.ts';
import { applyEdits, editsWith } from '../generate/json.ts';
import { mutated } from '../generate/text.ts';
import { createTarget } from '../target.ts';

/** A text variable of the platform has 5 KB at most, so that is what any of them can cost. */
const LONGEST = 5_000;

const ROUTES = [
  { path: '/public/*', access: 'public', cors: ['https://other.example'] },
  { path: '/admin/*', roles: ['admin'], amr: ['mfa'], max_age: 900, methods: ['GET', 'POST'] },
  { path: '/api/*', credentials: ['bearer'], unauthenticated: '401', upstream: 'service:REPORTS', strip_prefix: true },
  { path: '/a*b/c', orgs: ['1'], claims: { 'metadata.department': ['sales'] }, mode: 'report', timeout: 30 },
];

const FULL: Readonly<Record<string, unknown>> = {
  ...ENVIRONMENT,
  REPORTS: new Fetcher(),
  ZITADEL_PROJECT_ID: '249703732336418457',
  ZITADEL_AUDIENCE: '1 2',
  ZITADEL_POST_LOGIN_URL: '/home?x=y',
  SESSION_DURATION: 600,
  ROUTES,
  IDENTITY_HEADERS: { 'X-Who': 'sub', 'X-Department': 'metadata.department' },
  ROLE_MAP: '{"a":"b"}',
  SECURITY_HEADERS: { 'X-Frame-Options': false, 'Referrer-Policy': 'no-referrer' },
  BRAND_NAME: 'Guest book',
  BRAND_COLOR: '#2f5d50',
  BRAND_LOGO_URL: '/logo.svg',
  UPSTREAM_SECRET: STRONG_SECRET,
  OPERATOR_SECRET: [...STRONG_SECRET].reverse().join(''),
  ASSERTION_KEY: { kty: 'OKP', crv: 'Ed25519', d: 'a'.repeat(43), x: 'b'.repeat(43) },
};

const NAMES = [...Object.keys(VARIABLES), 'SESSIONS', 'REPORTS', 'ZITADEL_CLIENTID', '__proto__', 'path', 'roles', 'x'];
const texts = Object.values(VARIABLES).map(({ example }) => example.replace(/^"|"$/g, ''));
const text = mutated([
  ...texts,
  JSON.stringify(ROUTES),
  JSON.stringify(APPLICATION_KEY_FILE),
  'service:REPORTS',
  '5',
]).map((written) => written.slice(0, LONGEST));

const plain = Object.fromEntries(
  Object.entries(FULL).filter(([name]) => !['SESSIONS', 'USER_SESSIONS', 'REPORTS'].includes(name)),
);
const spoilt = fc
  .record({
    edits: editsWith(['*', '/admin/*', 'https://app.example.com', -1, true, ['a'], { path: '/x' }], NAMES),
    texts: fc.dictionary(fc.constantFrom(...Object.keys(VARIABLES)), text, { maxKeys: 3 }),
    kept: fc.subarray(Object.keys(plain).filter((name) => !Object.hasOwn(ENVIRONMENT, name))),
  })
  .map(({ edits, texts, kept }) => {
    const chosen = Object.fromEntries(
      Object.entries(plain).filter(([name]) => Object.hasOwn(ENVIRONMENT, name) || kept.includes(name)),
    );
    return { ...(applyEdits(chosen, edits) as object), ...texts } as Record<string, unknown>;
  });

const BROWSER = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

async function answerTo(
  env: Readonly<Record<string, unknown>>,
  events: (RequestEvent | NoteEvent)[],
): Promise<Response> {
  const loaded = loadConfig(env);
  const emit = (event: RequestEvent | NoteEvent) => void events.push(event);
  if (!loaded.ok) {
    assert(loaded.issues.length > 0);
    for (const issue of loaded.issues) assert.match(formatIssue(issue), /: found .+; wanted ./s);
    return createMisconfiguredApp(loaded.issues, emit).fetch(new Request('https://app.example.com/'));
  }
  const surroundings = {
    fetch: async () => new Response('elsewhere', { status: 404 }),
    now: () => 1_790_000_000,
    emit,
    waitUntil: () => undefined,
  };
  const shared = createShared(loaded.config, surroundings, () => {
    throw new Error('no object here');
  });
  return createSiteApps(
    fixedSites(loaded),
    env as Bindings,
    surroundings,
    shared,
  )(new Request(`${loaded.config.origin}/admin/x`, { headers: BROWSER }));
}

const configuration = createTarget({
  name: 'configuration',
  promise: 'ends in a gateway that answers, or in problems that are said',
  runs: 600,
  budget: 500,
  given: spoilt,
  async holds(changes) {
    const events: (RequestEvent | NoteEvent)[] = [];
    const env = {
      ...Object.fromEntries(Object.entries(ENVIRONMENT).slice(0, 2)),
      REPORTS: FULL['REPORTS'],
      ...changes,
    };
    const { status } = await answerTo(env, events);
    const [request] = events.filter(({ event }) => event === 'request');
    assert(status !== 500, JSON.stringify(request));
    assert([200, 302, 400, 401, 403, 404, 421, 502, 503].includes(status), `${status}: ${JSON.stringify(request)}`);
  },
});

export const configurationTargets = [configuration];
