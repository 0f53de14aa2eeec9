// A user's object where two things happen at once: sessions that replace each other, KV that is late, pointers that overlap.
// ARCHITECTURE §6 (UserSessions); promises 2, 4, 7.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, sessionIds } from '../session/support.ts';
import { createHarness, type Harness } from '../support/harness.ts';

const { admin } = SEED.users;

async function signedIn(harness: Harness) {
  const browser = harness.browser();
  await harness.signIn(browser, 'admin');
  return browser;
}

const objectOf = ({ gateway }: Harness) => gateway.directory.ofUser(admin);

const startOf = ({ clock }: Harness, id: string, replaces: string) => ({
  id,
  sub: admin,
  device: {},
  startedAt: clock.now,
  expiresAt: clock.now + 3600,
  identity: { sub: admin, roles: {}, claims: {} },
  claimsAt: clock.now,
  tokens: { access_token: 'a', id_token: 'i', receivedAt: clock.now, expiresAt: clock.now + 3600 },
  replaces,
});

describe('a session that the same browser has replaced', () => {
  it('is no longer listed, and serves on for a minute', async () => {
    const harness = createHarness();
    await signedIn(harness);
    const [old = ''] = await sessionIds(harness, admin);
    await objectOf(harness).begin(startOf(harness, 'b', old));
    expect(await sessionIds(harness, admin)).toEqual(['b']);
    harness.clock.now += 59;
    expect(await objectOf(harness).standing({ id: old, claimsAt: -1 })).toMatchObject({
      kind: 'good',
      isReplaced: true,
    });
    harness.clock.now += 1;
    expect(await objectOf(harness).standing({ id: old, claimsAt: -1 })).toEqual({ kind: 'ended', reason: 'replaced' });
  });

  it('is given no second minute by another sign-in', async () => {
    const harness = createHarness();
    await signedIn(harness);
    const [old = ''] = await sessionIds(harness, admin);
    await objectOf(harness).begin(startOf(harness, 'b', old));
    harness.clock.now += 50;
    await objectOf(harness).begin(startOf(harness, 'c', old));
    harness.clock.now += 10;
    expect(await objectOf(harness).standing({ id: old, claimsAt: -1 })).toEqual({ kind: 'ended', reason: 'replaced' });
  });
});

describe('a sign-in that is repeated', () => {
  it('promise 4 does not bring back the session that has been ended since', async () => {
    const harness = createHarness();
    await signedIn(harness);
    const [old = ''] = await sessionIds(harness, admin);
    await objectOf(harness).end({ id: old }, 'logout', false);
    await objectOf(harness).begin(startOf(harness, old, ''));
    expect(await objectOf(harness).standing({ id: old, claimsAt: -1 })).toEqual({ kind: 'ended', reason: 'logout' });
    expect(await sessionIds(harness, admin)).toEqual([]);
  });
});

describe('claims that are read again', () => {
  const read = async (harness: Harness, changes: Record<string, unknown>) => {
    await signedIn(harness);
    const [id = ''] = await sessionIds(harness, admin);
    harness.zitadel.tamper.userinfo = (claims) => ({ ...claims, ...changes });
    harness.clock.now += 1;
    return objectOf(harness).readClaims({ id, notBefore: harness.clock.now, claimsAt: -1 });
  };

  it('promise 5 end the session of who is no longer a member of ZITADEL_ORG_ID', async () => {
    const harness = createHarness({ env: { ZITADEL_ORG_ID: SEED.organizationId } });
    const answer = await read(harness, { 'urn:zitadel:iam:user:resourceowner:id': '249703000000000009' });
    expect(answer).toEqual({ kind: 'ended', reason: 'foreign_organization' });
  });

  it('say in the log which of them are malformed', async () => {
    const harness = createHarness();
    const claim = `urn:zitadel:iam:org:project:${SEED.projectId}:roles`;
    expect(await read(harness, { [claim]: ['admin'] })).toMatchObject({
      kind: 'read',
      claims: { identity: { roles: {} } },
    });
    expect(harness.events).toContainEqual({ event: 'malformed_claims', level: 'warn', sub: admin, claims: [claim] });
  });
});

describe('KV that is late', () => {
  it('promise 7 keeps nothing of a session that ended while it was writing', async () => {
    const harness = createHarness();
    const { kv } = harness;
    const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const put = kv.put.bind(kv);
    kv.put = async (...entry) => {
      asked.resolve();
      await held.promise;
      return put(...entry);
    };
    const browser = await signedIn(harness);
    await asked.promise;
    await browser.navigate('/auth/logout');
    expect(liveRefreshTokens(harness)).toBe(0);
    held.resolve();
    await harness.settle();
    expect(kv.writes).toHaveLength(1);
    expect(kv.entries.size).toBe(0);
  });

  it('promise 7 is not given the tokens of a session that has ended meanwhile; they are revoked from where they are', async () => {
    const harness = createHarness();
    harness.kv.faults.failWrites = true;
    await signedIn(harness);
    harness.zitadel.faults.set('revocation', { status: 503 });
    const [id = ''] = await sessionIds(harness, admin);
    await objectOf(harness).end({ id }, 'operator', false);
    await harness.settle();
    harness.kv.faults.failWrites = false;
    await harness.advance(30);
    expect([harness.kv.writes, liveRefreshTokens(harness)]).toEqual([[], 1]);
    harness.zitadel.faults.clear();
    await harness.advance(3600);
    expect([harness.kv.writes, liveRefreshTokens(harness)]).toEqual([[], 0]);
  });
});

describe('the pointer from ZITADEL’s session', () => {
  it('lasts as long as the longest session under it', async () => {
    const harness = createHarness();
    const pointer = harness.gateway.directory.ofProviderSession('sid');
    await pointer.pointTo(admin, harness.clock.now + 1000);
    await pointer.pointTo(admin, harness.clock.now + 10);
    await harness.advance(999);
    expect(await pointer.pointedTo()).toBe(admin);
    await harness.advance(1);
    expect(await pointer.pointedTo()).toBeUndefined();
  });

  it('follows who signs in under it next', async () => {
    const harness = createHarness();
    const pointer = harness.gateway.directory.ofProviderSession('sid');
    await pointer.pointTo(admin, harness.clock.now + 1000);
    await pointer.pointTo('other', harness.clock.now + 10);
    expect(await pointer.pointedTo()).toBe('other');
    await harness.advance(10);
    expect(await pointer.pointedTo()).toBeUndefined();
  });
});

describe('what is kept for a login', () => {
  it('is gone when the login’s time is over, to the second, alarm or not', async () => {
    const harness = createHarness();
    const kept = (key: string) => harness.gateway.directory.ofLogin(key);
    for (const key of ['a', 'b']) await kept(key).keep({ address: 'sealed', form: 'form' }, harness.clock.now + 10);
    harness.clock.now += 9;
    expect(await kept('a').kept()).toEqual({ address: 'sealed', hasForm: true });
    harness.clock.now += 1;
    expect(await kept('a').kept()).toBeUndefined();
    expect(await kept('b').takeForm()).toBeUndefined();
  });
});
