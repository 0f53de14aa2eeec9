// The contract of a user's object: what it knows of sessions, over whichever stores. ARCHITECTURE §6 (UserSessions).

import { describe, expect, it, vi } from 'vitest';
import { digestName } from '../../src/session/kv-store.ts';
import { tokenKey } from '../../src/user-object/token-store.ts';
import { idToken, type StoresUnderTest, sessionStart } from './stores.ts';

/** `name` gives a user of one test's own. */
export function describeUserObject(kind: string, stores: () => StoresUnderTest, name: () => string): void {
  const standingOf = (user: string, id: string) => stores().open(user).standing({ id, claimsAt: 1e12 });

  describe(`a user’s object ${kind}`, () => {
    it('knows a session that has begun, once, and none that has not', async () => {
      const user = name();
      const begin = sessionStart(`s-${user}`, stores().now());
      await Promise.all([stores().open(user).begin(begin), stores().open(user).begin(begin)]);
      expect(await standingOf(user, `s-${user}`)).toMatchObject({ kind: 'good' });
      expect(await standingOf(user, 'other')).toEqual({ kind: 'ended', reason: 'unknown' });
      expect(await stores().open(user).list()).toHaveLength(1);
    });

    it('one hundred readings at once, at expiry, are one refresh and one question to userinfo', async () => {
      const user = name();
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      await stores().advance(700);
      const before = stores().providerCalls();
      const query = { id: `s-${user}`, notBefore: stores().now() - 5, claimsAt: 0 };
      const answers = await Promise.all(Array.from({ length: 100 }, () => stores().open(user).readClaims(query)));
      expect(new Set(answers.map(({ kind: answer }) => answer))).toEqual(new Set(['read']));
      const after = stores().providerCalls();
      expect([after.refresh - before.refresh, after.userinfo - before.userinfo]).toEqual([1, 1]);
    });

    it('holds tokens in KV, sealed, one entry a session, and gives them back', async () => {
      const user = name();
      const prefix = (await tokenKey(`s-${user}`, 1)).replace(/1$/, '');
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      await stores().advance(700);
      expect(
        await stores()
          .open(user)
          .tokens({ id: `s-${user}` }),
      ).toMatchObject({
        kind: 'tokens',
        access_token: expect.stringMatching(/^renewed/),
      });
      await stores().advance(1);
      const keys = (await stores().kv.keys()).filter((key) => key.startsWith(prefix));
      expect(keys).toEqual([`${prefix}2`]);
      expect(await stores().kv.get(keys[0] ?? '')).not.toMatch(/access-token|renewed/);
    });

    it('a tombstone stays over an eviction, and nothing revives the session', async () => {
      const user = name();
      const begin = sessionStart(`s-${user}`, stores().now());
      await stores().open(user).begin(begin);
      const before = stores().providerCalls().revoke;
      expect(
        await stores()
          .open(user)
          .end({ id: `s-${user}` }, 'logout', true),
      ).toMatchObject({
        ended: 1,
        id_token: idToken(1),
      });
      await stores().evict(user);
      await stores().open(user).begin(begin);
      expect(await standingOf(user, `s-${user}`)).toEqual({ kind: 'ended', reason: 'logout' });
      expect(stores().providerCalls().revoke).toBe(before + 1);
    });

    it('the alarm revokes what others ended', async () => {
      const user = name();
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      await stores()
        .open(user)
        .begin(sessionStart(`t-${user}`, stores().now()));
      const before = stores().providerCalls().revoke;
      await stores()
        .open(user)
        .end({ allExcept: `s-${user}` }, 'operator', false);
      await expect
        .poll(
          () =>
            stores()
              .advance(1)
              .then(() => stores().providerCalls().revoke),
          { timeout: 5000 },
        )
        .toBe(before + 1);
      expect(await standingOf(user, `s-${user}`)).toMatchObject({ kind: 'good' });
      expect(await standingOf(user, `t-${user}`)).toEqual({ kind: 'ended', reason: 'operator' });
    });

    it('what was replaced ends with its successor, over an eviction', async () => {
      const user = name();
      const [first, second] = [`1-${user}`, `2-${user}`];
      await stores().open(user).begin(sessionStart(first, stores().now()));
      await stores().advance(1);
      const again = sessionStart(second, stores().now(), { replaces: first, askedAt: stores().now() });
      expect(await stores().open(user).begin(again)).toBe('begun');
      expect(await standingOf(user, first)).toMatchObject({ kind: 'good', isReplaced: true });
      // Another callback that left before.
      const late = sessionStart(`3-${user}`, stores().now(), { replaces: first, askedAt: stores().now() });
      expect(await stores().open(user).begin(late)).toBe('overtaken');
      await stores().evict(user);
      await stores().open(user).end({ id: second }, 'operator', false);
      expect(await standingOf(user, first)).toEqual({ kind: 'ended', reason: 'operator' });
    });

    it('a session that another user’s has replaced ends at once', async () => {
      const user = name();
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      const replacement = { id: `s-${user}`, successor: 'another user’s', askedAt: stores().now() };
      expect(await stores().open(user).replace(replacement)).toBe('begun');
      expect(await standingOf(user, `s-${user}`)).toEqual({ kind: 'ended', reason: 'replaced' });
      expect(await stores().open(user).replace(replacement)).toBe('begun');
      expect(
        await stores()
          .open(user)
          .replace({ ...replacement, successor: 'a third' }),
      ).toBe('overtaken');
    });

    it('an object that wakes up finds the end that was noted while it was away, and takes the note', async () => {
      const user = name();
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      await stores().kv.put(await digestName('ended', `s-${user}`), 'logout', 600);
      expect(await standingOf(user, `s-${user}`)).toMatchObject({ kind: 'good' });
      await stores().evict(user);
      expect(await standingOf(user, `s-${user}`)).toEqual({ kind: 'ended', reason: 'logout' });
      await vi.waitFor(async () => expect(await stores().kv.get(await digestName('ended', `s-${user}`))).toBeNull());
    });

    it('a login is told of the latest sign-in, over an eviction', async () => {
      const login = name();
      const note = (id: string, at: number) => ({ id, at: stores().now() + at, sub: 'user' });
      for (const [id, at] of [
        ['a', 0],
        ['b', 1],
        ['c', 0],
      ] as const) {
        await stores().open(login).noteSignIn(note(id, at));
      }
      await stores().evict(login);
      expect(await stores().open(login).notedSignIn()).toEqual(note('b', 1));
    });

    it('a logout token counts once, and ends what it names', async () => {
      const user = name();
      await stores()
        .open(user)
        .begin(sessionStart(`s-${user}`, stores().now()));
      await stores()
        .open(user)
        .begin(sessionStart(`t-${user}`, stores().now()));
      const notice = { sid: `sid-s-${user}`, iat: stores().now(), exp: stores().now() + 900, jti: 'one' };
      expect(await stores().open(user).takeLogoutNotice(notice)).toBe('taken');
      await stores().evict(user);
      expect(await stores().open(user).takeLogoutNotice(notice)).toBe('replayed');
      expect(await standingOf(user, `s-${user}`)).toEqual({ kind: 'ended', reason: 'backchannel_logout' });
      expect(await standingOf(user, `t-${user}`)).toMatchObject({ kind: 'good' });
    });

    it('a sid points to its user until the session’s end', async () => {
      const sid = `sid:${name()}`;
      expect(await stores().open(sid).pointedTo()).toBeUndefined();
      await stores()
        .open(sid)
        .pointTo('user', stores().now() + 100);
      expect(await stores().open(sid).pointedTo()).toBe('user');
    });
  });
}
