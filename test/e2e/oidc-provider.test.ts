// The built worker against an OpenID provider that nobody here wrote: sign in, stay signed in, sign out, both ways.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { CLIENT_ID, CLIENT_SECRET, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';
import { freePort, type RunningWorker, startWorker } from '../support/worker.ts';

describe('the built worker and the package oidc-provider', () => {
  let provider: OpenIdProvider;
  let worker: RunningWorker;

  beforeAll(async () => {
    const port = await freePort();
    provider = await startOpenIdProvider(`http://localhost:${port}`);
    worker = await startWorker({
      port,
      issuer: provider.issuer,
      env: {
        ZITADEL_CLIENT_ID: CLIENT_ID,
        ZITADEL_CLIENT_SECRET: CLIENT_SECRET,
        ZITADEL_PROJECT_ID: undefined,
        ZITADEL_SCOPES: 'openid profile email offline_access',
        REVOCATION_MAX_AGE: '1',
        CLAIMS_MAX_AGE: '1',
      },
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await provider?.stop();
  });

  async function signIn(login: string, path: string) {
    const [browser, atProvider] = [worker.browser(), provider.browser()];
    const authorizeUrl = locationOf(await browser.navigate(path));
    const callbackUrl = await provider.signIn(atProvider, authorizeUrl, login);
    return { browser, atProvider, callbackUrl, back: await browser.navigate(callbackUrl) };
  }

  it('signs in, with RFC 9207 iss on the way, and shows the page that was asked for', async () => {
    const { browser, callbackUrl, back } = await signIn('zoe', '/echo?a=1');
    expect(new URL(callbackUrl).searchParams.get('iss')).toBe(provider.issuer);
    expect(locationOf(back)).toBe(`${worker.origin}/echo?a=1`);
    const { headers } = (await (await browser.navigate('/echo?a=1')).json()) as { headers: Record<string, string> };
    expect(headers['x-forwarded-user']).toBe('zoe');
    expect(headers['x-forwarded-email']).toBe('zoe@example.com');
    expect(decodeURIComponent(headers['x-forwarded-name'] ?? '')).toBe('Zoë zoe');
    expect(headers).not.toHaveProperty('x-forwarded-roles');
  });

  it('refuses the answer without that iss', async () => {
    const [browser, atProvider] = [worker.browser(), provider.browser()];
    const authorizeUrl = locationOf(await browser.navigate('/'));
    const callbackUrl = new URL(await provider.signIn(atProvider, authorizeUrl, 'ida'));
    callbackUrl.searchParams.delete('iss');
    expect((await browser.navigate(callbackUrl.href)).status).toBe(400);
    expect((await browser.fetch('/auth/userinfo')).status).toBe(401);
  });

  it('says who is signed in', async () => {
    const { browser } = await signIn('uma', '/');
    const me = (await (await browser.fetch('/auth/userinfo')).json()) as Record<string, unknown>;
    expect(me).toMatchObject({ sub: 'uma', email: 'uma@example.com', preferred_username: 'uma', roles: [] });
    // This provider says when only if it was asked by max_age.
    expect(me).not.toHaveProperty('auth_time');
  });

  it('stays signed in while the tokens rotate, twice', async () => {
    const { browser } = await signIn('rita', '/');
    const refreshes = () => provider.grants.filter((grant) => grant === 'refresh_token').length;
    const before = refreshes();
    await vi.waitFor(
      async () => {
        expect((await browser.fetch('/auth/userinfo')).status).toBe(200);
        expect(refreshes()).toBeGreaterThanOrEqual(before + 2);
      },
      { timeout: 30_000, interval: 500 },
    );
  });

  it('signs out here and there, and revokes the tokens', async () => {
    const { browser, atProvider } = await signIn('otto', '/');
    const revoked = provider.revocations;
    const leaving = await browser.navigate('/auth/logout?return_to=/bye', {
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(leaving.status).toBe(303);
    expect(provider.revocations).toBeGreaterThan(revoked);
    const endSession = new URL(locationOf(leaving));
    expect(endSession.origin).toBe(provider.issuer);
    expect(endSession.searchParams.get('id_token_hint')).toBeTruthy();
    const back = await provider.signOut(atProvider, endSession.href);
    const done = await browser.navigate(locationOf(back));
    expect(locationOf(done)).toBe(`${worker.origin}/bye`);
    expect((await browser.fetch('/auth/userinfo')).status).toBe(401);
  });

  it('is signed out by the back channel', async () => {
    const { browser, atProvider } = await signIn('berta', '/');
    const { taken } = provider.backChannel;
    await provider.signOut(atProvider, `${provider.issuer}/session/end`);
    await vi.waitFor(() => expect(provider.backChannel.taken).toBe(taken + 1), { timeout: 10_000 });
    expect(provider.backChannel.failed).toBe(0);
    await vi.waitFor(async () => expect((await browser.fetch('/auth/userinfo')).status).toBe(401), { timeout: 10_000 });
  });
});
