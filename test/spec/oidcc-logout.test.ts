// The OpenID Foundation's relying-party logout modules, by their own names: RP-initiated and back-channel.
// OpenID Connect RP-Initiated Logout 1.0; OpenID Connect Back-Channel Logout 1.0.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { beginLogin, isSignedIn, logIn, pathOf } from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import { type Lie, payloadOf, signRaw, tell } from './hostile.ts';

const SAME_ORIGIN = { headers: { 'sec-fetch-site': 'same-origin' } };

async function signedIn(harness: Harness) {
  const browser = harness.browser();
  await logIn(harness, browser);
  expect(await isSignedIn(browser)).toBe(true);
  return browser;
}

/** Signs out; the address ZITADEL sends the browser back to. */
async function signOut(harness: Harness, path = '/auth/logout') {
  const browser = await signedIn(harness);
  const toProvider = new URL(locationOf(await browser.navigate(path, SAME_ORIGIN)));
  const back = await harness.zitadel.fetch(toProvider);
  expect(back.status).toBe(302);
  return { browser, toProvider, back: new URL(locationOf(back)) };
}

describe('oidcc-client-test-rp-init-logout', () => {
  it('rp-init-logout: id_token_hint, client_id, registered address and state; the way back ends it', async () => {
    const harness = createHarness();
    const { browser, toProvider, back } = await signOut(harness);
    const parameters = Object.fromEntries(toProvider.searchParams);
    expect(Object.keys(parameters).sort()).toEqual(['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state']);
    expect(JSON.parse(payloadOf(parameters['id_token_hint'] ?? ''))).toMatchObject({ sub: SEED.users.user });
    expect(parameters['client_id']).toBe(SEED.webClientId);
    expect(parameters['state']).toMatch(/^[\w-]{43,}$/);
    expect(parameters['post_logout_redirect_uri']).toBe(`${ORIGIN}/auth/logout/callback`);
    expect(back.searchParams.get('state')).toBe(parameters['state']);
    expect((await browser.navigate(back.href)).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it.each([
    ['other-state', (url: URL) => url.searchParams.set('state', 'somebody-elses')],
    ['no-state', (url: URL) => url.searchParams.delete('state')],
  ])(
    'rp-init-logout-%s: finished all the same, without a loop; nothing is echoed, nobody is sent on',
    async (_name, change) => {
      const harness = createHarness();
      const { browser, back } = await signOut(harness, '/auth/logout?return_to=/bye');
      const honest = back.href;
      change(back);
      const response = await browser.navigate(back.href);
      expect([response.status, response.headers.get('location')]).toEqual([200, null]);
      expect(pathOf(await browser.navigate(honest))).toBe('/bye');
      expect(await response.text()).not.toContain('somebody-elses');
      expect(await isSignedIn(browser)).toBe(false);
    },
  );
});

/** ZITADEL ends the session over there and says so; the gateway's answer to the notice. */
async function notify(harness: Harness, lie: Lie = {}) {
  const browser = await signedIn(harness);
  tell(harness, 'logoutToken', lie);
  harness.clock.now += 60;
  harness.zitadel.terminateUserSessions('user');
  await harness.zitadel.backChannel.settled();
  const [delivery] = harness.zitadel.backChannel.deliveries;
  const again = await harness.app.request(`${ORIGIN}/auth/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: delivery?.logoutToken ?? '' }),
  });
  const { status, headers } = again;
  const body: unknown = await again.json();
  harness.clock.now += 31;
  return {
    statuses: delivery?.statuses,
    repeated: { status, headers, body },
    stillSignedIn: await isSignedIn(browser),
  };
}

/** Why notices were refused. */
function reasonsOf(harness: Harness): unknown[] {
  return harness.events.flatMap((event) =>
    'path' in event && event.path === '/auth/backchannel-logout' ? [event.reason] : [],
  );
}

describe('oidcc-client-test-rp-frontchannel', () => {
  it('rp-frontchannel-rpinitlogout, -opinitlogout: there is no such endpoint, and a sid in an address ends nothing', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    let sid = '';
    harness.zitadel.tamper.idToken = (claims, header) => {
      sid = claims['sid'];
      return { claims, header };
    };
    await logIn(harness, browser);
    const query = new URLSearchParams({ iss: ISSUER, sid });
    for (const path of ['/auth/frontchannel-logout', '/auth/logout', '/auth/logout/callback']) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' };
      await harness.browser().navigate(`${path}?${query}`, { headers });
      await browser.navigate(`${path}?${query}`, { headers });
    }
    await harness.advance(31);
    expect(sid).not.toBe('');
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('oidcc-client-test-rp-backchannel', () => {
  it('rp-backchannel-rpinitlogout: accepted with an unknown claim, 200, no-store', async () => {
    const harness = createHarness();
    const { statuses, repeated, stillSignedIn } = await notify(harness, { claims: { unheard_of: { a: 1 } } });
    expect(statuses).toEqual([200]);
    expect(repeated.headers.get('cache-control')).toBe('no-store');
    expect(stillSignedIn).toBe(false);
  });

  it.each<[string, Lie, string]>([
    ['alg-none', { header: { alg: 'none', kid: undefined } }, 'JWT: alg is not allowed'],
    ['wrong-iss', { claims: { iss: 'https://zitadel.testINVALID' } }, 'JWT: iss is another issuer'],
    ['wrong-aud', { claims: { aud: ['249703852243222581INVALID'] } }, 'JWT: aud is somebody else'],
    ['no-event', { claims: { events: undefined } }, 'logout token: the logout event is missing'],
    [
      'wrong-event',
      { claims: { events: { 'http://schemas.openid.net/event/foobar': {} } } },
      'logout token: the logout event is missing',
    ],
    ['with-nonce', { claims: { nonce: 'n-0S6' } }, 'logout token: a nonce is not allowed'],
  ])('rp-backchannel-rpinitlogout-%s: 400, and nobody is signed out', async (_name, lie, reason) => {
    const harness = createHarness();
    const { statuses, repeated, stillSignedIn } = await notify(harness, lie);
    expect(statuses).toEqual([400]);
    expect(reasonsOf(harness)).toEqual([reason, reason]);
    expect(repeated.headers.get('cache-control')).toBe('no-store');
    expect(repeated.body).toMatchObject({ error: 'invalid_request' });
    expect(stillSignedIn).toBe(true);
  });

  it('rp-backchannel-rpinitlogout-wrong-alg: an algorithm that the metadata does not name is 400', async () => {
    const harness = createHarness({ zitadel: { signingAlgorithm: 'RS256' } });
    harness.zitadel.tamper.discovery = (json) => ({ ...json, id_token_signing_alg_values_supported: ['RS256'] });
    await beginLogin(harness.browser());
    const browser = await signedIn(harness);
    await harness.zitadel.rotateKeys('ES256');
    harness.zitadel.terminateUserSessions('user');
    await harness.zitadel.backChannel.settled();
    expect(harness.zitadel.backChannel.deliveries[0]?.statuses).toEqual([400]);
    expect(reasonsOf(harness)).toEqual(['JWT: alg is not allowed']);
    harness.clock.now += 31;
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('Discovery §3: metadata whose list of algorithms is none means RS256, the one that everybody has', async () => {
    const harness = createHarness({ zitadel: { signingAlgorithm: 'RS256' } });
    harness.zitadel.tamper.discovery = (json) => ({ ...json, id_token_signing_alg_values_supported: 7 });
    const { now } = harness.clock;
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const claims = { iss: ISSUER, aud: [SEED.webClientId], sub: '1', iat: now, exp: now + 60, jti: '1', events };
    const body = new URLSearchParams({ logout_token: await signRaw(harness, {}, JSON.stringify(claims)) });
    const request = new Request(`${ORIGIN}/auth/backchannel-logout`, { method: 'POST', body });
    expect((await harness.app.fetch(request)).status).toBe(200);
  });
});
