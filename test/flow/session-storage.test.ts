// Where a session's tokens are, and what a leak of one store gives away. ARCHITECTURE §6; promise 7.

import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/session/keyring.ts';
import { createTokenStore } from '../../src/user-object/token-store.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createShortLived, noted, storm } from '../session/support.ts';
import { createHarness, type Harness, OTHER_SECRET, SECRET } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn } from './steps.ts';

const { admin } = SEED.users;

/** Everything that ZITADEL has handed out in this test. */
function allTokens(harness: Harness): string[] {
  const issued: string[] = [];
  harness.zitadel.tamper.tokenResponse = (json) => {
    issued.push(json.access_token, json.refresh_token, json.id_token);
    return json;
  };
  return issued;
}

const dumpKv = ({ kv }: Harness) => JSON.stringify([...kv.entries]);
const dumpObjects = ({ objects }: Harness) =>
  JSON.stringify([...objects.storages].map(([name, { entries }]) => [name, ...entries]));

describe('promise 7: a leak of one store is not a leak of tokens', () => {
  it('neither cookie, KV nor object holds a token that can be read', async () => {
    const harness = createShortLived();
    const tokens = allTokens(harness);
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.kv.faults.failWrites = true;
    await harness.advance(700);
    await storm(browser, 1);
    await harness.settle();
    const dumps = [dumpKv(harness), dumpObjects(harness), JSON.stringify([...(await browser.cookies())])];
    expect(tokens.length).toBe(6);
    expect(dumps[1]).toContain('unwritten');
    for (const dump of dumps) for (const token of tokens) expect(dump).not.toContain(token);
  });

  it('KV together with SESSION_SECRET opens nothing: every key they give is tried', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.settle();
    const keyring = createKeyring([SECRET]);
    const [entry] = [...harness.kv.entries];
    const [key = '', { value = '' } = {}] = entry ?? [];
    const salts = ['', key, key.split('/')[1] ?? '', admin, '0'.repeat(64)].map((text) =>
      new TextEncoder().encode(text),
    );
    for (const salt of [undefined, ...salts]) {
      for (const purpose of ['tokens', 'session', 'confirm'] as const) {
        expect(await keyring.unseal(purpose, value, salt)).toEqual({ kind: 'foreign' });
      }
    }
    // With the object's half it opens, so the test above tries the right thing.
    const record = [...(harness.objects.storages.get(`user:${admin}`)?.entries.values() ?? [])][0] as {
      secret: string;
    };
    const store = createTokenStore(harness.kv as unknown as KVNamespace, keyring);
    expect(await store.unseal(value, record.secret)).toMatchObject({
      kind: 'ok',
      value: { refresh_token: expect.any(String) },
    });
  });

  it('the object alone, while KV refuses, does not open its own copy either', async () => {
    const harness = createHarness();
    harness.kv.faults.failWrites = true;
    await harness.signIn(harness.browser(), 'admin');
    const record = [...(harness.objects.storages.get(`user:${admin}`)?.entries.values() ?? [])][0] as {
      secret: string;
      unwritten: { sealed: string };
    };
    const store = createTokenStore(harness.kv as unknown as KVNamespace, createKeyring([OTHER_SECRET, record.secret]));
    expect(await store.unseal(record.unwritten.sealed, record.secret)).toEqual({ kind: 'foreign' });
  });

  it('a KV key tells no session id and no user', async () => {
    const harness = createHarness();
    await harness.signIn(harness.browser(), 'admin');
    await harness.settle();
    const [{ id = '' } = {}] = await harness.gateway.directory.ofUser(admin).list();
    for (const key of harness.kv.entries.keys()) {
      expect(key).not.toContain(id);
      expect(key).not.toContain(admin);
      expect(key.length).toBeLessThan(100);
    }
  });
});

describe('KV', () => {
  it('each key is written once, has a time to live, and the generation before is deleted', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    for (let round = 0; round < 10; round++) {
      await harness.advance(500);
      await storm(browser, 20);
      await harness.settle();
      expect(harness.kv.entries.size).toBe(1);
    }
    const keys = harness.kv.writes.map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(5);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { expiresAt } of harness.kv.entries.values()) {
      expect(expiresAt - harness.clock.now).toBeLessThanOrEqual(43_200 + 86_400);
    }
  });

  it('a KV that fails and comes back gets each key at most once a second, and keeps no stale generation', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.settle();
    for (let round = 0; round < 40; round++) {
      harness.kv.faults.failWrites = round % 3 !== 0;
      await harness.advance(97);
      expect(await storm(browser, 5)).toEqual([200, 200, 200, 200, 200]);
      await harness.settle();
    }
    harness.kv.faults.failWrites = false;
    await harness.advance(20);
    const stamps = harness.kv.writes.map(({ key, at }) => `${key} ${at}`);
    expect(new Set(stamps).size).toBe(stamps.length);
    expect(harness.kv.entries.size).toBeLessThanOrEqual(2);
    expect(noted(harness, 'session_ended')).toEqual([]);
  });

  it.each([0, 700])(
    'a read that lags behind its write ends no session, even when that write came %i seconds late',
    async (late) => {
      const harness = createShortLived({ env: { CLAIMS_MAX_AGE: 20 } });
      const browser = harness.browser();
      harness.kv.faults.failWrites = late > 0;
      await harness.signIn(browser, 'admin');
      await harness.advance(late);
      Object.assign(harness.kv.faults, { failWrites: false, lag: 60 });
      await harness.advance(20);
      for (let round = 0; round < 6; round++) {
        expect(await storm(browser, 2)).toEqual([200, 200]);
        await harness.advance(25);
      }
      expect(noted(harness, 'session_ended')).toEqual([]);
    },
  );

  it('reads that fail or lag end no session; what is gone for good ends it, with its reason', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.kv.faults.failReads = true;
    await harness.advance(301);
    expect(await storm(browser, 2)).toEqual([200, 200]);
    harness.kv.faults.failReads = false;
    harness.kv.entries.clear();
    await harness.advance(301);
    expect(await storm(browser, 1)).toEqual([401]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'tokens_lost' }]);
  });
});

describe('a sign-in that the object cannot keep', () => {
  it('is a 503 that leaves no live token behind', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const callback = await callbackFor(harness, await beginLogin(browser));
    harness.objects.isDown = true;
    expect((await comeBack(browser, callback)).status).toBe(503);
    await harness.settle();
    expect(harness.zitadel.calls.revocation).toBe(1);
    harness.objects.isDown = false;
    expect(await isSignedIn(browser)).toBe(false);
  });
});
