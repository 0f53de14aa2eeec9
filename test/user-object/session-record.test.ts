// The judgements about one session's record. ARCHITECTURE §1 (durations); promises 1 and 4.

import { describe, expect, it } from 'vitest';
import {
  backoff,
  doubtfulAt,
  entomb,
  expiryOf,
  isForgettable,
  isSelected,
  nextDueAt,
  postponeRevocation,
  renewalDueAt,
  type SessionRecord,
} from '../../src/user-object/session-record.ts';

const TIMES = { sessionDuration: 3600, sessionMaxDuration: 43_200, revocationMaxAge: 30 };
const RECORD: SessionRecord = {
  id: 'a',
  sub: 'user',
  sid: 'sid-1',
  device: {},
  startedAt: 1000,
  seenAt: 1000,
  expiresAt: 44_200,
  identity: { sub: 'user', roles: {}, claims: {} },
  claimsAt: 1000,
  secret: '00',
  generation: 1,
  oldestKey: 1,
};

describe('the end by time', () => {
  it('at the object comes a quarter and one report later than the cookie’s own', () => {
    expect(expiryOf(RECORD, 1000 + 3600 + 900 + 30 + 59, TIMES)).toBeUndefined();
    expect(expiryOf(RECORD, 1000 + 3600 + 900 + 30 + 60, TIMES)).toBe('idle');
  });
  it('is absolute at expiresAt', () => {
    expect(expiryOf({ ...RECORD, seenAt: 44_199 }, 44_199, TIMES)).toBeUndefined();
    expect(expiryOf({ ...RECORD, seenAt: 44_199 }, 44_200, TIMES)).toBe('expired');
  });
  it('follows a SESSION_MAX_DURATION that has been lowered since', () => {
    expect(expiryOf({ ...RECORD, seenAt: 4600 }, 4600, { ...TIMES, sessionMaxDuration: 3600 })).toBe('expired');
  });
  it('of a replaced session comes with its grace', () => {
    expect(expiryOf({ ...RECORD, replacedUntil: 1060 }, 1059, TIMES)).toBeUndefined();
    expect(expiryOf({ ...RECORD, replacedUntil: 1060 }, 1060, TIMES)).toBe('replaced');
  });
});

describe('tokens', () => {
  const tokens = { receivedAt: 0, expiresAt: 400 };
  it('are renewed once less than a quarter of their life is left', () => expect(renewalDueAt(tokens)).toBe(300));
  it('are doubtful in the last seconds, since their life counts from before the answer', () => {
    expect(doubtfulAt(tokens)).toBe(385);
    expect(doubtfulAt({ receivedAt: 0, expiresAt: 80 })).toBe(70);
  });
});

describe('backoff', () => {
  it('goes 5, 10, 20, 40, 60, 60', () => {
    expect([0, 1, 2, 3, 4, 20].map((failures) => backoff(failures))).toEqual([5, 10, 20, 40, 60, 60]);
  });
  it('takes Retry-After where it asks for more, up to an hour', () => {
    expect([backoff(0, 3), backoff(0, 90), backoff(0, 1e9)]).toEqual([5, 90, 3600]);
  });
});

describe('a tombstone', () => {
  const ended = entomb(RECORD, 'logout', 2000);
  it('keeps no identity, says why, and asks for the revocation at once', () => {
    expect(ended).not.toHaveProperty('identity');
    expect(ended).toMatchObject({ ended: { at: 2000, reason: 'logout' }, revocation: { failures: 0, dueAt: 2000 } });
    expect(nextDueAt(ended, TIMES)).toBe(2000);
  });
  it('of a session without tokens asks for none', () => {
    const { secret: _secret, ...bare } = RECORD;
    expect(entomb(bare, 'logout', 2000)).not.toHaveProperty('revocation');
  });
  it('outlives every cookie of the session, and goes only when nothing is left to revoke', () => {
    const { revocation: _done, ...revoked } = ended;
    expect(isForgettable(ended, 1e9)).toBe(false);
    expect(isForgettable(revoked, 44_259)).toBe(false);
    expect(isForgettable(revoked, 44_260)).toBe(true);
    expect(nextDueAt(revoked, TIMES)).toBe(44_260);
  });
  it('tries the revocation again after 1, 2, 4 … 60 minutes, for a day', () => {
    let record = ended;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const next = postponeRevocation(record, 2000);
      if (next === 'given-up') throw new Error('too early');
      record = next;
      waits.push((record.revocation?.dueAt ?? 0) - 2000);
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(postponeRevocation(record, 2000 + 86_400)).toBe('given-up');
  });
});

describe('a selection', () => {
  it.each([
    [{ id: 'a' }, true],
    [{ id: 'b' }, false],
    [{ allExcept: null }, true],
    [{ allExcept: 'a' }, false],
    [{ allExcept: 'b' }, true],
    [{ sid: 'sid-1', startedBefore: 1000 }, true],
    [{ sid: 'sid-1', startedBefore: 999 }, false],
    [{ sid: 'sid-2', startedBefore: 2000 }, false],
    [{ sid: undefined, startedBefore: 2000 }, true],
  ])('%j takes the session: %s', (selection, isTaken) => expect(isSelected(RECORD, selection)).toBe(isTaken));
  it('goes by the clock of the logout token where the session knows it', () => {
    const issued = { ...RECORD, issuedAt: 940 };
    expect(isSelected(issued, { sid: 'sid-1', startedBefore: 940 })).toBe(true);
    expect(isSelected(issued, { sid: 'sid-1', startedBefore: 939 })).toBe(false);
  });
  it('by sid never takes a session without one', () => {
    const { sid: _sid, ...bare } = RECORD;
    expect(isSelected(bare, { sid: 'sid-1', startedBefore: 2000 })).toBe(false);
  });
});
