// Destination through the whole gateway: what is refused and how, with a session, a token, nobody, and at /auth/check.
// RFC 4918 §9.8.5 (502), §10.3; ARCHITECTURE §3.

import { beforeAll, describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import { type Harness, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { ask, createCheckHarness } from './asking.ts';

const ROUTES = [
  { path: '/admin/*', roles: ['admin'] },
  { path: '/other/*', upstream: 'https://other.internal' },
  { path: '/dav/*', strip_prefix: true },
];

let harness: Harness;
let browser: TestBrowser;
let authorization: string;
beforeAll(async () => {
  harness = createCheckHarness({ env: { ROUTES } });
  browser = harness.browser();
  await harness.signIn(browser, 'staff');
  authorization = `Bearer ${await harness.zitadel.mintAccessToken({ sub: 'staff', jwt: true })}`;
});

const TABLE = [
  ['/a', `${ORIGIN}/b`, 200, undefined],
  ['/a', `${ORIGIN}/admin/b`, 403, undefined],
  ['/a', '/%61dmin/b', 403, undefined],
  ['/a', 'https://elsewhere.example/b', 502, 'destination_elsewhere'],
  ['/a', `${UPSTREAM}/b`, 502, 'destination_elsewhere'],
  ['/a', `${ORIGIN}/other/b`, 502, 'destination_elsewhere'],
  ['/dav/a', `${ORIGIN}/b`, 502, 'destination_elsewhere'],
  ['/a', 'nowhere', 400, 'bad_request'],
  ['/a', `${ORIGIN}/b, ${ORIGIN}/c`, 400, 'bad_request'],
  ['/a', `${ORIGIN}/%zz`, 400, 'bad_request'],
] as const;

describe.each(TABLE)('MOVE of %s to %s', (path, destination, status, code) => {
  it.each([
    ['session', 'staff'],
    ['token', 'staff'],
  ])('by %s: %s', async (kind) => {
    const before = harness.received.length;
    const headers = { destination, ...(kind === 'token' && { authorization }) };
    const who = kind === 'token' ? harness.browser() : browser;
    const answer = await who.send(path, { method: 'MOVE', headers });
    expect(answer.status).toBe(status);
    expect(harness.received.length - before).toBe(status === 200 ? 1 : 0);
    if (code !== undefined) expect(await answer.json()).toMatchObject({ code });
  });

  it('at /auth/check', async () => {
    const answer = await ask(browser, { uri: path, method: 'MOVE', headers: { destination } });
    expect(answer.status).toBe(status === 200 ? 204 : 403);
  });
});

it('whoever is not signed in is told so, not where the destination leads', async () => {
  const answer = await harness.browser().send('/a', { method: 'COPY', headers: { destination: `${ORIGIN}/admin/b` } });
  expect(answer.status).toBe(401);
});

it('goes up as an address of the application, in the spelling that was judged', async () => {
  await browser.send('/dav/a', { method: 'MOVE', headers: { destination: `${ORIGIN}/dav/x/../b%20c` } });
  const sent = harness.received.at(-1);
  expect(sent?.url).toBe(`${UPSTREAM}/a`);
  expect(sent?.headers.get('destination')).toBe(`${UPSTREAM}/b%20c`);
  expect(sent?.headers.get('x-forwarded-prefix')).toBe('/dav');
});
