// Flaws of JOSE libraries, of storage, and of ZITADEL itself, as far as they could reach through a gateway that relies on them.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { asStranger, statusWith } from './bed.ts';

const bearer = async (harness: Harness, token: string, target = '/page') =>
  (await asStranger(harness, target, { headers: { authorization: `Bearer ${token}` } })).status;

const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('flaws of libraries: storage, and forms of requests', () => {
  it('(workers-oauth-provider 0.6–0.8.3) a KV that takes nothing costs nobody the login, and nothing a 500', async () => {
    const harness = createHarness();
    harness.kv.faults.failWrites = true;
    const browser = harness.browser();
    expect((await harness.signIn(browser, 'admin')).status).toBe(200);
    for (const type of ['', ';', 'application/', 'multipart/form-data', 'multipart/form-data; boundary=', '\u00ff'])
      for (const path of ['/auth/backchannel-logout', '/auth/logout', '/auth/profile']) {
        const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
        expect(
          (await browser.send(path, { method: 'POST', body: 'x', headers })).status,
          `${path} ${type}`,
        ).toBeLessThan(500);
      }
  });
});

describe('flaws of JOSE libraries', () => {
  const hostile: [string, string][] = [
    [
      'CVE-2022-36083',
      `${encode('{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647,"p2s":"AAAA"}')}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
    ],
    [
      'GO-2023-2334',
      `${encode('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":99999999,"p2s":"AAAA"}')}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
    ],
    [
      'CVE-2024-28176',
      `${encode('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')}..AAAAAAAAAAAAAAAA.${'A'.repeat(9_000)}.AAAAAAAAAAAAAAAAAAAAAA`,
    ],
    ['CVE-2024-28180', `${encode('{"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}')}.AAAA.AAAA.AAAA.AAAA`],
    ['CVE-2025-27144', '.'.repeat(9_000)],
    ['CVE-2025-30204', `a${'.'.repeat(9_000)}b`],
    ['CVE-2026-34986', `${encode('{"alg":"A128KW","enc":"A128GCM"}')}....`],
  ];
  it.each(hostile)('%s a cookie or token with such a flaw is no session and no proof', async (_id, text) => {
    const harness = createHarness();
    expect(await statusWith(harness, `__Host-postern=${text}`)).toBe(401);
    expect([400, 401]).toContain(await bearer(harness, text));
    expect(harness.received).toEqual([]);
  });
});

describe('flaws of ZITADEL', () => {
  it('CVE-2026-27840 a truncated token is another token, also right after the whole one was good', async () => {
    const env = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
    const harness = createHarness({ env });
    harness.zitadel.settings.legacyTokens = true;
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user });
    expect(await bearer(harness, token)).toBe(200);
    for (const length of [1, 2, 8, 20]) expect(await bearer(harness, token.slice(0, -length))).toBe(401);
  });

  it.each(['GHSA-93m4-mfpg-c3xf', 'CVE-2025-64101'])(
    '%s what a visitor says of hosts never reaches ZITADEL',
    async () => {
      const harness = createHarness();
      const asked: string[] = [];
      const { fetch } = harness.zitadel;
      harness.zitadel.fetch = (input, init) => {
        asked.push(JSON.stringify([...(input as Request).headers]));
        return fetch(input, init);
      };
      const headers = {
        forwarded: 'host=forged.example',
        'x-forwarded-host': 'forged.example',
        'x-zitadel-forwarded': 'host="forged.example"',
        'x-zitadel-instance-host': 'forged.example',
      };
      const browser = harness.browser();
      const location = locationOf(await browser.navigate('/page', { headers }));
      expect(location).not.toContain('forged');
      const callbackUrl = await harness.zitadel.signIn({ authorizeUrl: location, user: 'user' });
      await browser.navigate(callbackUrl, { headers: { ...headers, 'sec-fetch-site': 'cross-site' } });
      await harness.advance(301);
      await browser.fetch('/page', { headers });
      await browser.navigate('/auth/logout', { headers });
      expect(asked.length).toBeGreaterThan(4);
      for (const fields of asked) expect(fields).not.toContain('forged');
    },
  );
});
