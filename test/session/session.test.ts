// The judgements about a session's times. ARCHITECTURE §1 (SESSION_DURATION, SESSION_MAX_DURATION, CLAIMS_MAX_AGE).

import { describe, expect, it } from 'vitest';
import { freshness, idleExpiresAt, isActivityDue, isExpired } from '../../src/session/session.ts';

const TIMES = { sessionDuration: 3600, sessionMaxDuration: 43_200 };

describe('the cookie’s times', () => {
  const session = { seenAt: 1000, startedAt: 1000, expiresAt: 44_200 };
  it('end exactly', () => {
    expect(idleExpiresAt(session, TIMES)).toBe(4600);
    expect(isExpired(session, 4599, TIMES)).toBe(false);
    expect(isExpired(session, 4600, TIMES)).toBe(true);
    expect(isExpired({ ...session, seenAt: 44_100 }, 44_200, TIMES)).toBe(true);
    expect(isExpired({ ...session, seenAt: 4000 }, 4600, { ...TIMES, sessionMaxDuration: 3600 })).toBe(true);
  });
  it('slide in steps of a quarter', () => {
    expect(isActivityDue(1000, 1899, TIMES)).toBe(false);
    expect(isActivityDue(1000, 1900, TIMES)).toBe(true);
  });
  it('call claims fresh, ageing, stale', () => {
    expect([150, 151, 300, 301].map((age) => freshness(1000, 1000 + age, 300))).toEqual([
      'fresh',
      'ageing',
      'ageing',
      'stale',
    ]);
  });
});
