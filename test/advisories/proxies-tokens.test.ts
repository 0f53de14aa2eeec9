// Flaws of other reverse proxies with tokens, and answers that went to somebody else.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { asStranger, createAdminBed } from './bed.ts';

const { users } = SEED;

const withToken = async (harness: Harness, token: string, target = '/page', app = harness.app) =>
  (await app.fetch(new Request(ORIGIN + target, { headers: { authorization: `Bearer ${token}` } }))).status;

describe('flaws of proxies: tokens', () => {
  it('CVE-2022-29226 a token that is merely there proves nothing', async () => {
    const harness = createAdminBed();
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none' })}.${encode({ sub: users.admin, exp: 2_000_000_000 })}.`;
    for (const token of ['x', 'a.b.c', unsigned]) expect(await withToken(harness, token)).toBe(401);
    const foreign = await harness.zitadel.mintAccessToken({
      sub: users.admin,
      jwt: true,
      issuer: 'https://evil.example',
    });
    expect(await withToken(harness, foreign)).toBe(401);
  });

  it('GHSA-qvp4-rpmr-xwrr, CVE-2021-32701 a token remembered for one rule is judged anew for the next', async () => {
    const harness = createAdminBed();
    const token = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true });
    for (let round = 0; round < 2; round++) {
      expect(await withToken(harness, token)).toBe(200);
      expect(await withToken(harness, token, '/admin/x')).toBe(403);
    }
  });

  it('CVE-2026-33496 what one configuration remembers of a token, another does not believe', async () => {
    const harness = createAdminBed();
    const token = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true });
    expect(await withToken(harness, token)).toBe(200);
    expect(await withToken(harness, token, '/page', harness.isolate({ ZITADEL_PROJECT_ID: '1' }))).toBe(401);
  });

  it('CVE-2026-26998 an answer of ZITADEL’s without end is not read to its end', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const toProvider = await browser.navigate('/page');
    const callbackUrl = await harness.zitadel.signIn({ authorizeUrl: locationOf(toProvider), user: 'user' });
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const { fetch } = harness.zitadel;
    harness.zitadel.fetch = (input, init) =>
      new URL((input as Request).url).pathname.endsWith('/token')
        ? Promise.resolve(new Response(endless, { headers: { 'content-type': 'application/json' } }))
        : fetch(input, init);
    const answer = await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(503);
    expect(sent).toBeLessThan(2_000_000);
  });
});

describe('flaws of proxies: nobody gets another’s answer', () => {
  it('CVE-2026-71326 questions that are asked once for many never cross users', async () => {
    const harness = createHarness();
    const people = ['admin', 'staff', 'user', 'nobody'] as const;
    const browsers = await Promise.all(
      people.map(async (name) => {
        const browser = harness.browser();
        await harness.signIn(browser, name);
        return [name, browser] as const;
      }),
    );
    await harness.advance(301);
    harness.zitadel.calls.reset();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => browsers[index % 4]).map(async (entry) => {
        const [name, browser] = entry ?? browsers[0] ?? [];
        const answer = (await (await browser?.fetch('/page'))?.json()) as { headers: Record<string, string> };
        return [name && users[name], answer.headers['x-forwarded-user']];
      }),
    );
    for (const [expected, got] of answers) expect(got).toBe(expected);
    // Once for each, and nobody's answer for all.
    expect(harness.zitadel.calls.userinfo).toBe(people.length);
  });

  it('CVE-2026-71326 tokens that are judged at the same time never cross users', async () => {
    const env = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
    const harness = createHarness({ env });
    const people = ['admin', 'staff', 'user', 'nobody'] as const;
    const tokens = await Promise.all(
      [true, false].flatMap((jwt) =>
        people.map(async (name) => [users[name], await harness.zitadel.mintAccessToken({ sub: name, jwt })] as const),
      ),
    );
    const answers = await Promise.all(
      [...tokens, ...tokens].map(async ([sub, token]) => {
        const answer = await asStranger(harness, '/page', { headers: { authorization: `Bearer ${token}` } });
        return [sub, ((await answer.json()) as { headers: Record<string, string> }).headers['x-forwarded-user']];
      }),
    );
    expect(answers).toHaveLength(16);
    for (const [expected, got] of answers) expect(got).toBe(expected);
    expect(harness.zitadel.calls.introspection).toBe(4);
  });

  it('CVE-2026-33544 logins under way at the same time end each as who began them', async () => {
    const harness = createHarness();
    const people = ['admin', 'staff', 'user', 'nobody'] as const;
    await Promise.all(
      people.map(async (name) => {
        const browser = harness.browser();
        const page = await harness.signIn(browser, name, `/as/${name}`);
        const seen = (await page.json()) as { path: string; headers: Record<string, string> };
        expect([seen.path, seen.headers['x-forwarded-user']]).toEqual([`/as/${name}`, users[name]]);
      }),
    );
  });
});
