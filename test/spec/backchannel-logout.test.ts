// POST /auth/backchannel-logout, requirement by requirement: OpenID Connect Back-Channel Logout 1.0 §2.4 to §2.8.

import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { signJwt } from '../../stand-in/keys.ts';
import { SEED } from '../../stand-in/seed.ts';
import type { Json } from '../../stand-in/tamper.ts';
import { expectOwnHeaders, isSignedIn, lastFault, logIn } from '../flow/steps.ts';
import { createHarness, type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import { strangersKey } from './hostile.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const TARGET = `${ORIGIN}/auth/backchannel-logout`;

async function sessionOf(harness: Harness, user = 'user') {
  const browser = harness.browser();
  let sid = '';
  harness.zitadel.tamper.idToken = (claims, header) => {
    sid = claims['sid'];
    return { claims, header };
  };
  await logIn(harness, browser, { user });
  return { browser, sid };
}

let serial = 0;

async function mint(harness: Harness, changes: Json = {}, header: Json = {}): Promise<string> {
  const { privateKey, kid, alg } = await harness.zitadel.webKeys.active();
  const { now } = harness.clock;
  serial += 1;
  const claims = {
    iss: ISSUER,
    aud: [SEED.webClientId],
    sub: SEED.users.user,
    iat: now,
    exp: now + 120,
    jti: `jti-${serial}`,
    events: { [EVENT]: {} },
    ...changes,
  };
  return signJwt(claims, { alg, kid, typ: 'JWT', ...header }, privateKey);
}

function post(harness: Harness, body: string | URLSearchParams, headers: Record<string, string> = {}) {
  return harness.app.request(TARGET, { method: 'POST', body, headers });
}

const notify = (harness: Harness, logout_token: string) => post(harness, new URLSearchParams({ logout_token }));

/** After everywhere has heard of it. */
async function stillSignedIn(harness: Harness, browser: Awaited<ReturnType<typeof sessionOf>>['browser']) {
  await harness.advance(31);
  return isSignedIn(browser);
}

/** `reason`: the failed check as the log names it, so that a test passes for its own reason only. */
async function expectRefused(reason: string, changes: Json, header?: Json): Promise<void> {
  const harness = createHarness();
  const { browser } = await sessionOf(harness);
  harness.clock.now += 60;
  const response = await notify(harness, await mint(harness, changes, header));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  expectOwnHeaders(response);
  expect(harness.events.findLast(({ event }) => event === 'request')).toMatchObject({ reason });
  expect(await stillSignedIn(harness, browser)).toBe(true);
}

describe('§2.6 validation', () => {
  it.each<[string, Json, string]>([
    ['iss missing', { iss: undefined }, 'JWT: iss is another issuer'],
    ['aud missing', { aud: undefined }, 'JWT: aud is somebody else'],
    ['aud of a sibling', { aud: [SEED.apiClientId] }, 'JWT: aud is somebody else'],
    ['iat missing', { iat: undefined }, 'JWT: iat is missing'],
    ['iat in the future', { iat: 1_790_009_999 }, 'JWT: claim iat lies in the future'],
    ['iat as a string', { iat: '1790000000' }, 'JWT: claim iat is not a time'],
    ['exp missing', { exp: undefined }, 'JWT: exp is missing'],
    ['exp past', { exp: 1_790_000_000 - 60, iat: 1_790_000_000 - 180 }, 'JWT: expired'],
    ['exp beyond reason', { exp: 1e15 }, 'JWT: claim exp is not a time'],
    ['jti missing', { jti: undefined }, 'logout token: jti is missing'],
    ['jti a number', { jti: 7 }, 'logout token: jti is missing'],
    ['neither sub nor sid', { sub: undefined }, 'logout token: neither sub nor sid'],
    ['sub a list', { sub: [SEED.users.user] }, 'logout token: sub is not a string'],
    ['sub empty', { sub: '' }, 'logout token: sub is not a string'],
    ['sid a number', { sid: 7 }, 'logout token: sid is not a string'],
    ['events a list', { events: [EVENT] }, 'logout token: the logout event is missing'],
    ['events a string', { events: EVENT }, 'logout token: the logout event is missing'],
    ['the event null', { events: { [EVENT]: null } }, 'logout token: the logout event is missing'],
    ['the event a list', { events: { [EVENT]: [] } }, 'logout token: the logout event is missing'],
    ['nonce empty, but there', { nonce: '' }, 'logout token: a nonce is not allowed'],
    ['nonce null, but there', { nonce: null }, 'logout token: a nonce is not allowed'],
  ])('%s: 400', (_name, changes, reason) => expectRefused(reason, changes));

  it('signed by a stranger: 400', async () => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    const { privateKey } = await strangersKey();
    const { kid } = await harness.zitadel.webKeys.active();
    harness.clock.now += 60;
    const { now } = harness.clock;
    const claims = {
      iss: ISSUER,
      aud: SEED.webClientId,
      sub: SEED.users.user,
      iat: now,
      exp: now + 60,
      jti: 'x',
      events: { [EVENT]: {} },
    };
    const forged = await signJwt(claims, { alg: 'RS256', kid, typ: 'logout+jwt' }, privateKey);
    expect((await notify(harness, forged)).status).toBe(400);
    expect(await stillSignedIn(harness, browser)).toBe(true);
  });

  it.each(['at+jwt', 'dpop+jwt', 'secevent+jwt'])('typ %s: 400', (typ) =>
    expectRefused('logout token: the token is of another kind', {}, { typ }),
  );
  it.each(['logout+jwt', 'JWT', undefined])('typ %s is taken', async (typ) => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    harness.clock.now += 60;
    expect((await notify(harness, await mint(harness, {}, { typ }))).status).toBe(200);
    expect(await stillSignedIn(harness, browser)).toBe(false);
  });

  it('an ID token, an access token, an opaque token, nonsense: 400', async () => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    harness.clock.now += 60;
    const idToken = await mint(harness, { events: undefined, nonce: 'n', azp: SEED.webClientId });
    const accessToken = await harness.zitadel.mintAccessToken({ sub: 'user', jwt: true });
    const opaque = await harness.zitadel.mintAccessToken({ sub: 'user' });
    for (const token of [idToken, accessToken, opaque, 'nonsense', '...', 'a.b.c']) {
      expect((await notify(harness, token)).status).toBe(400);
    }
    expect(await stillSignedIn(harness, browser)).toBe(true);
  });

  it('encrypted: 400, since nobody has registered this client for it', async () => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    harness.clock.now += 60;
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const encrypted = await new CompactEncrypt(Buffer.from(await mint(harness)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(secret);
    expect((await notify(harness, encrypted)).status).toBe(400);
    expect(await stillSignedIn(harness, browser)).toBe(true);
  });

  it('a jti counts once', async () => {
    const harness = createHarness();
    await sessionOf(harness);
    harness.clock.now += 60;
    const token = await mint(harness);
    expect((await notify(harness, token)).status).toBe(200);
    expect((await notify(harness, token)).status).toBe(400);
  });
});

describe('§2.5 the request', () => {
  it('GET: 405', async () => {
    const response = await createHarness().app.request(`${TARGET}?logout_token=x`);
    expect(response.status).toBe(405);
  });

  it.each<[string, (token: string) => [string | URLSearchParams, Record<string, string>]]>([
    ['JSON', (token) => [JSON.stringify({ logout_token: token }), { 'content-type': 'application/json' }]],
    ['plain text', (token) => [`logout_token=${token}`, { 'content-type': 'text/plain' }]],
    [
      'two tokens',
      (token) => [
        `logout_token=${token}&logout_token=${token}`,
        { 'content-type': 'application/x-www-form-urlencoded' },
      ],
    ],
    ['no token', () => [new URLSearchParams(), {}]],
    ['an empty token', () => [new URLSearchParams({ logout_token: '' }), {}]],
    ['a megabyte', (token) => [new URLSearchParams({ logout_token: token, filler: 'x'.repeat(1_000_000) }), {}]],
  ])('%s: 400', async (_name, build) => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    harness.clock.now += 60;
    expect((await post(harness, ...build(await mint(harness)))).status).toBe(400);
    expect(await stillSignedIn(harness, browser)).toBe(true);
  });

  it('a token in the query beside an empty form is not read', async () => {
    const harness = createHarness();
    const token = await mint(harness);
    const response = await harness.app.request(`${TARGET}?logout_token=${token}`, {
      method: 'POST',
      body: new URLSearchParams(),
    });
    expect(response.status).toBe(400);
  });
});

describe('§2.7 what ends', () => {
  it('by sub alone: all of the user’s sessions, nobody else’s, and the refresh tokens are revoked', async () => {
    const harness = createHarness();
    const [one, two, other] = [await sessionOf(harness), await sessionOf(harness), await sessionOf(harness, 'staff')];
    harness.clock.now += 60;
    expect((await notify(harness, await mint(harness))).status).toBe(200);
    await harness.advance(31);
    expect([await isSignedIn(one.browser), await isSignedIn(two.browser), await isSignedIn(other.browser)]).toEqual([
      false,
      false,
      true,
    ]);
    await harness.advance(60);
    expect(harness.zitadel.calls.revocation).toBe(2);
  });

  it('by sid alone: that session', async () => {
    const harness = createHarness();
    const [one, two] = [await sessionOf(harness), await sessionOf(harness)];
    harness.clock.now += 60;
    expect((await notify(harness, await mint(harness, { sub: undefined, sid: one.sid }))).status).toBe(200);
    expect(await stillSignedIn(harness, one.browser)).toBe(false);
    expect(await isSignedIn(two.browser)).toBe(true);
  });

  it('by both: both must match', async () => {
    const harness = createHarness();
    const { browser, sid } = await sessionOf(harness);
    harness.clock.now += 60;
    await notify(harness, await mint(harness, { sub: SEED.users.staff, sid }));
    await notify(harness, await mint(harness, { sid: `${sid}0` }));
    expect(await stillSignedIn(harness, browser)).toBe(true);
    expect((await notify(harness, await mint(harness, { sid }))).status).toBe(200);
    expect(await stillSignedIn(harness, browser)).toBe(false);
  });

  it('an old iat ends no session that began after it', async () => {
    const harness = createHarness();
    const token = await mint(harness, { exp: harness.clock.now + 900 });
    harness.clock.now += 60;
    const { browser } = await sessionOf(harness);
    expect((await notify(harness, token)).status).toBe(200);
    expect(await stillSignedIn(harness, browser)).toBe(true);
  });

  it('nobody there: 200, since the session is over either way', async () => {
    const harness = createHarness();
    expect((await notify(harness, await mint(harness))).status).toBe(200);
    expect((await notify(harness, await mint(harness, { sub: undefined, sid: '1' }))).status).toBe(200);
  });
});

describe('§2.8 when nothing can be judged, ZITADEL is made to ask again', () => {
  it.each(['keys', 'discovery'] as const)('%s away: 503', async (endpoint) => {
    const harness = createHarness();
    harness.zitadel.faults.set(endpoint, { status: 500 });
    const response = await notify(harness, await mint(harness));
    expect(response.status).toBe(503);
    expect(lastFault(harness).fault).toBe('provider_unavailable');
  });

  it('the sessions’ store away: 503, and the same token works later', async () => {
    const harness = createHarness();
    const { browser } = await sessionOf(harness);
    harness.clock.now += 10;
    const token = await mint(harness);
    harness.objects.isDown = true;
    expect((await notify(harness, token)).status).toBe(503);
    harness.objects.isDown = false;
    expect((await notify(harness, token)).status).toBe(200);
    expect(await stillSignedIn(harness, browser)).toBe(false);
  });
});
