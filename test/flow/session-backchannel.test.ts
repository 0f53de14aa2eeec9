// Back-channel logout: which sessions a logout token ends, and that it counts once. Back-Channel Logout 1.0 §2.4 to §2.7.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';

const { admin } = SEED.users;

type Claims = Record<string, unknown>;

/** Two sessions of one user in two browsers; ZITADEL ends the first, with the claims of its logout token changed. */
async function endFirst(change: (claims: Claims) => Claims, options: { wait?: number } = {}) {
  const harness = createHarness({ zitadel: { backChannelRetryDelays: [] } });
  for (const browser of [harness.browser(), harness.browser()]) await harness.signIn(browser, 'admin');
  await harness.advance(options.wait ?? 60);
  harness.zitadel.tamper.logoutToken = (claims, header) => ({ claims: change(claims), header });
  const [first] = [...harness.zitadel.sessions.sso.values()];
  harness.zitadel.terminateSession(first?.sid ?? '');
  await harness.settle();
  return { harness, left: (await sessionIds(harness, admin)).length };
}

const statuses = ({ zitadel }: Harness) => zitadel.backChannel.deliveries.map(({ statuses: all }) => all.at(-1));

describe('a logout token', () => {
  it.each<[string, (claims: Claims) => Claims, number]>([
    ['with sub and sid ends that session', (claims) => claims, 1],
    ['with sid only ends that session', ({ sub: _sub, ...claims }) => claims, 1],
    ['with sub only ends all of that user’s', ({ sid: _sid, ...claims }) => claims, 0],
    ['with another user’s sub ends none', (claims) => ({ ...claims, sub: SEED.users.user }), 2],
    ['with an unknown sid ends none', (claims) => ({ ...claims, sid: 'V1_unknown' }), 2],
    ['with only an unknown sid ends none', ({ sub: _sub, ...claims }) => ({ ...claims, sid: 'V1_unknown' }), 2],
    ['from before the sessions began ends none', (claims) => ({ ...claims, iat: Number(claims['iat']) - 120 }), 2],
  ])('%s, and the answer is 200', async (_, change, left) => {
    const ended = await endFirst(change);
    expect(ended.left).toBe(left);
    expect(statuses(ended.harness)).toEqual([200]);
  });

  it('whose iat ZITADEL has set back by one ends a session that began in the same second', async () => {
    expect((await endFirst((claims) => claims, { wait: 0 })).left).toBe(1);
  });

  it('counts once: the second time is 400, and sessions begun since are not touched', async () => {
    const { harness } = await endFirst(({ sid: _sid, ...claims }) => claims);
    await harness.advance(10);
    await harness.signIn(harness.browser(), 'admin');
    const [{ logoutToken = '' } = {}] = harness.zitadel.backChannel.deliveries;
    const body = new URLSearchParams({ logout_token: logoutToken });
    const answer = await harness.app.fetch(
      new Request('https://app.example.com/auth/backchannel-logout', { method: 'POST', body }),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await sessionIds(harness, admin)).toHaveLength(1);
  });

  it('under a key that could not be had just now is repeated by ZITADEL, whoever asked for the key in vain', async () => {
    const harness = createHarness({ zitadel: { backChannelRetryDelays: [] } });
    const { zitadel, app } = harness;
    await harness.signIn(harness.browser(), 'admin');
    const header = Buffer.from('{"alg":"RS256","kid":"invented"}').toString('base64url');
    const body = new URLSearchParams({ logout_token: `${header}.e30.AAAA` });
    const target = 'https://app.example.com/auth/backchannel-logout';
    expect((await app.fetch(new Request(target, { method: 'POST', body }))).status).toBe(400);
    // Past the next key, which is published ahead.
    await zitadel.rotateKeys();
    await zitadel.rotateKeys();
    zitadel.faults.set('keys', { status: 500 });
    expect((await harness.signIn(harness.browser(), 'user')).status).toBe(503);
    const [session] = [...zitadel.sessions.sso.values()];
    zitadel.terminateSession(session?.sid ?? '');
    await harness.settle();
    expect(statuses(harness)).toEqual([503]);
  });

  describe('under a key that is newer than ours, whatever a stranger has asked about', () => {
    const invented = (count: number) =>
      `${Buffer.from(JSON.stringify({ alg: 'RS256', kid: `invented-${count}` })).toString('base64url')}.e30.AAAA`;

    async function post({ app }: Harness, logout_token: string) {
      const body = new URLSearchParams({ logout_token });
      return app.fetch(new Request(`${ORIGIN}/auth/backchannel-logout`, { method: 'POST', body }));
    }
    const send = async (harness: Harness, token: string) => (await post(harness, token)).status;

    async function askAs(stranger: 'logout' | 'bearer', harness: Harness, count: number) {
      if (stranger === 'logout') return send(harness, invented(count));
      const headers = { authorization: `Bearer ${invented(count)}` };
      return (await harness.app.fetch(new Request(`${ORIGIN}/echo`, { headers }))).status;
    }

    /** Past the next key, which is published ahead. */
    async function rotateUnannounced({ zitadel }: Harness) {
      await zitadel.rotateKeys();
      await zitadel.rotateKeys();
    }

    it.each([
      ['logout', 1],
      ['logout', 15],
      ['bearer', 1],
      ['bearer', 40],
    ] as const)('as a %s token, %i times: it ends the session', async (stranger, times) => {
      const harness = createHarness({ zitadel: { backChannelRetryDelays: [] } });
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      for (let count = 0; count < times; count++) await askAs(stranger, harness, count);
      await rotateUnannounced(harness);
      harness.zitadel.terminateSession([...harness.zitadel.sessions.sso.keys()][0] ?? '');
      await harness.settle();
      expect(statuses(harness)).toEqual([200]);
      expect(await sessionIds(harness, admin)).toEqual([]);
    });

    it('a flood of logout tokens delays it: 503, and ZITADEL comes again', async () => {
      const harness = createHarness({ zitadel: { backChannelRetryDelays: [] } });
      await harness.signIn(harness.browser(), 'admin');
      const answers = new Set<number>();
      for (let count = 0; count < 40; count++) answers.add(await askAs('logout', harness, count));
      expect([...answers]).toEqual([400, 503]);
      // The time until the next fetch, not the page's usual ten seconds.
      expect((await post(harness, invented(40))).headers.get('retry-after')).toBe('3');
      await rotateUnannounced(harness);
      harness.zitadel.terminateSession([...harness.zitadel.sessions.sso.keys()][0] ?? '');
      await harness.settle();
      expect(statuses(harness)).toEqual([503]);
      harness.clock.now += 18;
      const [{ logoutToken = '' } = {}] = harness.zitadel.backChannel.deliveries;
      expect(await send(harness, logoutToken)).toBe(200);
      expect(await sessionIds(harness, admin)).toEqual([]);
    });
  });

  it('that overtakes the sign-in it is meant for ends it as it begins', async () => {
    const harness = createHarness();
    const object = harness.gateway.directory.ofUser(admin);
    await object.takeLogoutNotice({
      sid: 'V1_1',
      iat: harness.clock.now - 1,
      exp: harness.clock.now + 900,
      jti: 'early',
    });
    const now = harness.clock.now;
    const tokens = { access_token: 'a', id_token: 'i', receivedAt: now, expiresAt: now + 600 };
    const identity = { sub: admin, roles: {}, claims: {} };
    const times = { startedAt: now, expiresAt: now + 3600, claimsAt: now };
    for (const sid of ['V1_1', 'V1_2'])
      await object.begin({ id: `session-${sid}`, sub: admin, sid, device: {}, identity, tokens, ...times });
    expect(await sessionIds(harness, admin)).toEqual(['session-V1_2']);
  });
});
