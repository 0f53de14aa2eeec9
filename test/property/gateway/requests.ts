// Any request at all: any method, path, header fields, cookies and body, by anybody. Answered in a declared way, as whoever brought the proof.
// ARCHITECTURE §3, §4; promises 9 and 10.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { slowDecision } from '../../policy/slow-policy.ts';
import { ISSUER, ORIGIN } from '../../support/harness.ts';
import { BASE } from '../generate/cookies.ts';
import { fields, toHeaders } from '../generate/fields.ts';
import { applySteps, asFieldValue, mutated, stepsWith } from '../generate/text.ts';
import { createTarget } from '../target.ts';
import type { Person, PersonName, Stage } from './stage.ts';
import * as stages from './stage.ts';

const ENDPOINTS = [
  ...['login', 'callback', 'logout', 'logout/callback', 'backchannel-logout', 'userinfo', 'profile', 'check', 'jwks'],
  ...['client.js', 'done', 'done.js', 'resubmit', 'resubmit.js', 'operator/sessions', 'metrics', 'health', 'ready', ''],
].map((name) => `/auth/${name}`);
const PATHS = [
  ...[
    '/',
    '/page?a=b',
    '/public/a',
    '/closed/a',
    '/admin/a',
    '/staff/x1/y',
    '/api/a',
    '/step/a',
    '/tokens/a',
    '/strip/a',
  ],
  ...['/watched/a', '/.well-known/oauth-protected-resource', '/public/..%2fadmin/a', '/AUTH/userinfo', '//public/a'],
  ...ENDPOINTS,
  ...[
    '/auth/login?return_to=/page&prompt=login&organization=1',
    '/auth/callback?code=a&state=b',
    '/auth/resubmit?form=a.b',
  ],
  ...['/auth/logout?return_to=/page', '/auth/logout/callback?state=a', '/auth/operator/sessions?sub=1&id=2'],
];
const WORDS = [
  ...PATHS,
  '%2f',
  '..',
  ';',
  '%00',
  '%25',
  '?',
  '#',
  '=',
  '&',
  'return_to=https://evil.example',
  'state=',
];
const FORMS = [
  ...['return_to=/page', 'csrf=a.b.c', 'session=others', 'logout_token=a.b.c', 'logout_token=a&logout_token=b'],
  ...['postern-form=a.b.c\r\n', 'a=b&c=d', '{"a":1}', ''],
];
const TYPES = [
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json',
  'x',
];

const steps = (words: readonly string[]) => fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, stepsWith(words));
const name = fc.constantFrom<PersonName>(...stages.NAMES);

const recipe = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'),
  path: fc.oneof(fc.constantFrom(...PATHS), mutated(PATHS, WORDS)),
  origin: fc.constantFrom(ORIGIN, ORIGIN, ORIGIN, ORIGIN, ORIGIN, 'https://other.example', 'http://app.example.com'),
  /** Whose cookies, one after the other. */
  cookies: fc.oneof(fc.array(name, { maxLength: 1 }), fc.array(name, { maxLength: 2 })),
  cookieSteps: steps([BASE, '.0', '.1', '; ', ', ', '=', '2~', '3~']),
  bearer: fc.option(
    fc.record({ of: name, kind: fc.constantFrom('jwt', 'opaque', 'operator', 'basic'), steps: steps(['.']) }),
    {
      nil: undefined,
      freq: 2,
    },
  ),
  manner: fc.constantFrom('browser', 'browser', 'script', 'nothing'),
  fields,
  secret: fc.constantFrom('', '', 'right', 'wrong'),
  body: fc.option(fc.record({ type: fc.constantFrom(...TYPES), text: mutated(FORMS) }), { nil: undefined }),
  later: fc.oneof({ arbitrary: fc.constant(0), weight: 12 }, fc.constantFrom(61, 301, 700, 3_700, 50_000)),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer Value> ? Value : never;

const MANNERS: Readonly<Record<string, Record<string, string>>> = {
  browser: stages.BROWSER,
  script: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
  nothing: {},
};

function createRequest(given: Recipe, stage: Stage): Request | undefined {
  const { method, path, origin, cookies, cookieSteps, bearer, manner, fields, secret, body } = given;
  const url = URL.parse(origin + (path.startsWith('/') ? path : `/${path}`));
  if (!url || url.origin !== origin) return undefined;
  const headers = toHeaders(fields.filter(([field]) => !/cookie|authorization|secret/i.test(field)));
  for (const [field, value] of Object.entries(MANNERS[manner] ?? {})) headers.set(field, value);
  const all = cookies.map((each) => stages.personOf(stage, each).cookies).join('; ');
  if (all !== '') headers.set('cookie', asFieldValue(applySteps(all, cookieSteps)));
  if (bearer) headers.set('authorization', asFieldValue(applySteps(authorizationOf(bearer, stage), bearer.steps)));
  if (secret !== '') headers.set('x-gateway-secret', secret === 'right' ? stages.UPSTREAM_SECRET : 'wrong');
  if (body) headers.set('content-type', body.type);
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
  if (hasBody) headers.set('content-length', String(Buffer.byteLength(body.text)));
  return new Request(url, { method, headers, ...(hasBody && { body: body.text }), redirect: 'manual' });
}

function authorizationOf({ kind, of }: NonNullable<Recipe['bearer']>, stage: Stage): string {
  if (kind === 'operator') return `Bearer ${stages.OPERATOR_SECRET}`;
  if (kind === 'basic') return 'Basic YTpi';
  return `Bearer ${stages.personOf(stage, of)[kind as 'jwt' | 'opaque']}`;
}

/** Whose identity may show: whose cookies or token came, in whatever state. */
function present({ cookies, bearer }: Recipe): ReadonlySet<PersonName> {
  return new Set([...cookies, ...(bearer && /jwt|opaque/.test(bearer.kind) ? [bearer.of] : [])]);
}

function assertForwarded(request: Request, forwarded: Request, given: Recipe, stage: Stage): void {
  const { headers } = forwarded;
  const event = stages.lastEvent(stage.harness);
  // Readiness asks the application by itself, in nobody's name.
  if (event?.endpoint === 'ready') {
    assert.deepEqual([...headers], []);
    return;
  }
  assert.doesNotMatch(headers.get('cookie') ?? '', /(^|[;,]\s*)__Host-postern/i);
  assert.equal(headers.get('x-gateway-secret'), stages.UPSTREAM_SECRET);
  const sub = headers.get('x-forwarded-user');
  const person = [...present(given)].map((each) => stages.personOf(stage, each)).find((each) => each.sub === sub);
  assert(sub === null || person, `${sub} has brought no proof`);
  for (const field of stages.IDENTITY_FIELDS) {
    const [told, expected = null] = [headers.get(field), person?.identity[field]];
    // A token says less than the session of the same person.
    assert(
      told === expected || (told === null && event?.credentials === 'bearer'),
      `${field}: ${told}, not ${expected}`,
    );
  }
  const { pathname } = new URL(request.url);
  if (event?.decision === 'preflight' || pathname.length > 60) return;
  const who = person && { roles: person.roles, amr: ['pwd'] };
  assert.equal(slowDecision(stage.routes, request.method, pathname, who), 'allow', `${request.method} ${pathname}`);
}

function assertOwn(response: Response): void {
  const { headers } = response;
  assert.equal(headers.get('cache-control'), 'no-store');
  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  if (isPage) assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
  for (const line of headers.getSetCookie()) assert(line.startsWith(BASE) && line.includes('; HttpOnly'), line);
  const location = headers.get('location');
  if (location !== null) assert([ORIGIN, ISSUER].includes(URL.parse(location)?.origin ?? ''), location);
}

function assertNobodyElse(said: string, given: Recipe, stage: Stage): void {
  const others = stages.NAMES.filter((each) => !present(given).has(each)).map((each) => stages.personOf(stage, each));
  // The upstream repeats what the visitor sent, so only marks that the visitor did not send prove a mix-up.
  const marks = ({ sub, email }: Person) => [sub, email, encodeURIComponent(email)];
  for (const other of others) for (const mark of marks(other)) assert(!said.includes(mark), `${other.name}: ${mark}`);
}

const app = createTarget({
  name: 'app',
  promise:
    'any request is answered in a declared way, with nobody’s identity but that of whose proof it brought, unaltered',
  runs: 250,
  // Cryptography, pages, the stand-in and the log are all in it.
  budget: 600,
  given: recipe,
  ready: stages.createStages(),
  async holds(given, stage) {
    const { harness } = stage;
    const request = createRequest(given, stage);
    if (!request) return;
    const isolate = harness.isolate();
    harness.clock.now += given.later;
    const response = await isolate.fetch(request.clone() as Request);
    const text = await response.text();
    await harness.settle();
    const event = stages.lastEvent(harness);
    assert(response.status !== 500 && event?.fault !== 'internal', JSON.stringify(event));
    assert.match(response.headers.get('x-request-id') ?? '', /^[\w-]{20,}$/);
    assert(harness.received.length <= 1);
    for (const forwarded of harness.received) assertForwarded(request, forwarded, given, stage);
    if (harness.received.length === 0) assertOwn(response);
    const fieldsSaid = [...response.headers].map(([field, value]) => `${field}: ${value}`).join('\n');
    if (given.bearer?.kind !== 'operator') assertNobodyElse(text + fieldsSaid, given, stage);
  },
});

export const requestTargets = [app];
