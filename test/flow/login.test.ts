// Signing in, from the first request to the application's page.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER, ORIGIN } from '../support/harness.ts';

describe('a navigation without a session', () => {
  it('is sent to ZITADEL with PKCE S256, state and nonce', async () => {
    const harness = createHarness();
    const response = await harness.browser().navigate('/guestbook?page=2');
    expect(response.status).toBe(302);
    const url = new URL(locationOf(response));
    expect(url.origin + url.pathname).toBe(`${ISSUER}/oauth/v2/authorize`);
    const parameters = Object.fromEntries(url.searchParams);
    expect(parameters).toMatchObject({
      client_id: '249703852243222581',
      redirect_uri: `${ORIGIN}/auth/callback`,
      response_type: 'code',
      code_challenge_method: 'S256',
    });
    expect(parameters['code_challenge']).toMatch(/^[\w-]{43}$/);
    expect(parameters['state']?.length).toBeGreaterThan(40);
    expect(parameters['nonce']?.length).toBeGreaterThan(40);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('ends at the page that was asked for, with the identity in the headers', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const page = await harness.signIn(browser, 'admin', '/guestbook?page=2');
    expect(page.status).toBe(200);
    const { path, headers } = (await page.json()) as { path: string; headers: Record<string, string> };
    expect(path).toBe('/guestbook?page=2');
    expect(headers).toMatchObject({
      'x-forwarded-user': '249703111111111111',
      'x-forwarded-email': 'ada@acme.example',
      'x-forwarded-name': 'Ada Moreau',
      'x-forwarded-roles': 'admin,user',
      'x-forwarded-org': '249703000000000001',
    });
    expect(headers['cookie']).toBeUndefined();
  });
});
