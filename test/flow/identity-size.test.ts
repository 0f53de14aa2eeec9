// Somebody with very many roles: each role goes up once, and what no server takes is answered here, in words.
// docs/headers.md "How large it may be".

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { ask, createCheckHarness } from './asking.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const ASSERTION_KEY = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'x' });
const ROUTES = [
  { path: '/public/*', access: 'public' },
  { path: '/tokens/*', forward_access_token: true },
];

function giveRoles({ zitadel }: Harness, count: number): void {
  const keys = Array.from({ length: count }, (_, at) => `department-of-something-long-${1000 + at}`);
  const { roles } = zitadel.store.projects.get(SEED.projectId) ?? {};
  for (const key of keys) roles?.set(key, { displayName: key });
  for (const authorization of zitadel.store.authorizations.values())
    if (authorization.userId === SEED.users.staff) authorization.roleKeys = keys;
}

async function signedIn(count: number, env: Record<string, unknown> = {}) {
  const harness = createHarness({ env: { ROUTES, ...env } });
  giveRoles(harness, count);
  const browser = harness.browser();
  const page = await harness.signIn(browser, 'staff', '/page');
  return { harness, browser, page };
}

const headersOf = async (page: Response) => ((await page.json()) as { headers: Record<string, string> }).headers;

describe('two hundred roles', () => {
  it('go up once', async () => {
    const { page } = await signedIn(200);
    const headers = await headersOf(page);
    expect(headers['x-forwarded-roles']?.split(',')).toHaveLength(200);
    expect(headers['x-forwarded-groups']).toBeUndefined();
  });

  it('go up under another name where the application wants it', async () => {
    const { page } = await signedIn(200, { IDENTITY_HEADERS: { 'X-Forwarded-Groups': 'roles' } });
    const headers = await headersOf(page);
    expect(headers['x-forwarded-groups']?.split(',')).toHaveLength(200);
    expect(headers['x-forwarded-roles']).toBeUndefined();
  });
});

describe('more than the application’s server takes', () => {
  it('is a page with a code and a reference, and a line in the log with field, size and number; nothing goes up', async () => {
    const { harness, page } = await signedIn(300);
    expect(page.status).toBe(500);
    expect(await page.text()).toContain('identity_too_large');
    expect(harness.received).toEqual([]);
    expect(harness.events.at(-1)).toMatchObject({
      level: 'error',
      fault: 'identity_too_large',
      reason: expect.stringMatching(
        /^X-Forwarded-Roles has \d{4,5} bytes with 300 roles, and IDENTITY_MAX_BYTES is 8190$/,
      ),
    });
  });

  it('is a problem to a script, on a public route, too', async () => {
    const { harness, browser } = await signedIn(300);
    const answer = await browser.fetch('/public/x');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: 'identity_too_large' });
    expect(harness.received).toEqual([]);
  });

  it('passes, whole, where IDENTITY_MAX_BYTES says that it may', async () => {
    const { page } = await signedIn(300, { IDENTITY_MAX_BYTES: '16000' });
    expect((await headersOf(page))['x-forwarded-roles']?.split(',')).toHaveLength(300);
  });

  it.each([
    ['a signed assertion', '/page', { ASSERTION_KEY }, 'X-Identity-Assertion'],
    ['a forwarded token', '/tokens/x', { IDENTITY_MAX_BYTES: 150, IDENTITY_HEADERS: { U: 'sub' } }, 'Authorization'],
  ])('%s counts, too', async (_what, path, env, field) => {
    const { harness, browser } = await signedIn(210, env);
    expect((await browser.navigate(path)).status).toBe(500);
    expect(harness.events.at(-1)).toMatchObject({ reason: expect.stringMatching(new RegExp(`^${field} has `)) });
  });

  it('is no verdict for a proxy that asks', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    giveRoles(harness, 300);
    const browser = harness.browser();
    await harness.signIn(browser, 'staff', '/auth/profile');
    const answer = await ask(browser);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-forwarded-roles')).toBeNull();
  });

  it('is nobody’s business who has fewer, nor whoever is not known', async () => {
    const { harness, browser } = await signedIn(300);
    const other = harness.browser();
    expect((await harness.signIn(other, 'user', '/page')).status).toBe(200);
    await browser.navigate('/auth/profile');
    expect((await harness.browser().fetch('/public/x')).status).toBe(200);
  });
});
