// An OpenID provider that nobody here wrote (`oidc-provider`, certified), on loopback, and somebody who signs in at it.

import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { locationOf, TestBrowser } from './browser.ts';
import { sendHttp } from './http.ts';
import { freePort } from './worker.ts';

export const CLIENT_ID = 'gateway@example';
export const CLIENT_SECRET = 'a secret: with %+/= and "quotes" in it, 32 bytes';

export interface OpenIdProvider {
  readonly issuer: string;
  /** Grant types that succeeded, in order. */
  readonly grants: string[];
  /** How many logout notices the client took, and how many failed. */
  readonly backChannel: { taken: number; failed: number };
  revocations: number;
  browser(): TestBrowser;
  /** Signs in in this browser if nobody is there yet, consents, and returns the callback's address. */
  signIn(browser: TestBrowser, authorizeUrl: string, login: string): Promise<string>;
  /** Says yes to signing out; where the browser is sent afterwards, if anywhere. */
  signOut(browser: TestBrowser, endSessionUrl: string): Promise<Response>;
  stop(): Promise<void>;
}

/** For a gateway at `origin`. */
export async function startOpenIdProvider(origin: string): Promise<OpenIdProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${origin}/auth/callback`],
        post_logout_redirect_uris: [`${origin}/auth/logout/callback`],
        backchannel_logout_uri: `${origin}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { backchannelLogout: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => claimsOf(id) }),
    // Its own dispatcher goes to no loopback address, where everything here is.
    fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) => fetch(url, options),
    // It gives refresh tokens only after a prompt for consent, which ZITADEL does not know.
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    // Short, so that a test sees the tokens renewed.
    ttl: {
      AccessToken: 4,
      AuthorizationCode: 60,
      IdToken: 600,
      RefreshToken: 600,
      Grant: 600,
      Session: 600,
      Interaction: 600,
    },
  });
  const grants: string[] = [];
  const backChannel = { taken: 0, failed: 0 };
  const state = { revocations: 0 };
  provider.on('grant.success', ({ oidc }) => grants.push(oidc.params['grant_type'] ?? ''));
  provider.on('backchannel.success', () => (backChannel.taken += 1));
  provider.on('backchannel.error', () => (backChannel.failed += 1));
  provider.on('grant.revoked', () => (state.revocations += 1));
  const server = await new Promise<ReturnType<Provider['listen']>>((resolve) => {
    const listening = provider.listen(port, '127.0.0.1', () => resolve(listening));
  });

  return {
    issuer,
    grants,
    backChannel,
    get revocations() {
      return state.revocations;
    },
    browser: () => new TestBrowser(sendHttp, issuer),
    async signIn(browser, authorizeUrl, login) {
      let response = await browser.navigate(authorizeUrl);
      for (let step = 0; step < 12; step++) {
        if (response.status === 200) {
          response = await submit(browser, await response.text(), { login, password: 'any' });
          continue;
        }
        const target = new URL(locationOf(response), issuer);
        if (target.origin !== issuer) return target.href;
        response = await browser.navigate(target.href);
      }
      throw new Error(`the sign-in at the provider came to no end: ${response.status}`);
    },
    async signOut(browser, endSessionUrl) {
      const page = await browser.navigate(endSessionUrl);
      return submit(browser, await page.text(), { logout: 'yes' });
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function claimsOf(id: string) {
  return { sub: id, name: `Zoë ${id}`, preferred_username: id, email: `${id}@example.com`, email_verified: true };
}

/** Sends a page's form with its hidden fields and what somebody typed into the others it has. */
function submit(browser: TestBrowser, page: string, typed: Record<string, string>): Promise<Response> {
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`no form on the provider's page: ${page.slice(0, 300)}`);
  const body = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) body.set(name, /value="([^"]*)"/.exec(tag)?.[1] ?? typed[name] ?? '');
  }
  for (const [tag] of page.matchAll(/<button[^>]*name="[^"]*"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1] ?? '';
    if (Object.hasOwn(typed, name)) body.set(name, typed[name] ?? '');
  }
  return browser.navigate(action, { method: 'POST', body });
}
