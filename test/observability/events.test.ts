// The log through a visitor's whole day: each event is one flat line, and none holds a token, a cookie, a code or a name.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, SECRET } from '../support/harness.ts';

const HOUR = 3600;

/** Signs in, works past a refresh, meets refusals and failures, signs out; what must never be in the log. */
async function live(harness: Harness): Promise<string[]> {
  const secrets: string[] = [SECRET, 'Ada', 'Moreau', 'ada@acme.example'];
  harness.zitadel.tamper.tokenResponse = (json) => {
    secrets.push(...['access_token', 'refresh_token', 'id_token'].flatMap((name) => json[name] ?? []));
    return json;
  };
  const browser = harness.browser();
  const authorizeUrl = locationOf(await browser.navigate('/?secret=in-the-query'));
  const callbackUrl = await harness.zitadel.signIn({ authorizeUrl, user: 'admin' });
  secrets.push(...new URL(callbackUrl).searchParams.values(), 'in-the-query');
  await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } });
  await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } });
  for (let hour = 0; hour < 11; hour++) {
    await harness.advance(HOUR - 60);
    await browser.navigate('/', { headers: { authorization: 'Basic dXNlcjpwYXNzd29yZA' } });
  }
  harness.zitadel.faults.set('userinfo', { status: 503 });
  await harness.advance(600);
  await browser.navigate('/');
  harness.zitadel.faults.clear();
  await browser.fetch('/', { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } });
  secrets.push('dXNlcjpwYXNzd29yZA', 'eyJhbGciOiJub25lIn0', ...(await browser.cookies()).values());
  await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
  await harness.settle();
  return secrets;
}

describe('the log', () => {
  it('holds audit events of the whole life of a session, and never a token, a cookie, a code or a name', async () => {
    const harness = createHarness();
    const secrets = await live(harness);
    expect(secrets.length).toBeGreaterThan(12);
    const lines = harness.events.map((event) => JSON.stringify(event));
    for (const secret of secrets) for (const line of lines) expect(line).not.toContain(secret);
    const names = new Set(harness.events.map(({ event }) => event));
    for (const name of ['request', 'session_began', 'refreshed', 'claims_failed', 'revocation', 'session_ended'])
      expect(names).toContain(name);
    const refusal = harness.events.find((event) => 'fault' in event && event.fault === 'invalid_token');
    expect(refusal).toMatchObject({ level: 'info', status: 401, reason: expect.any(String) });
  });

  it('names the user by sub and the session by id in each audit event', async () => {
    const harness = createHarness();
    await live(harness);
    const audits = harness.events.filter((event) => 'session' in event);
    expect(audits.length).toBeGreaterThan(3);
    for (const event of audits)
      expect(event).toMatchObject({ sub: '249703111111111111', session: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });
});
