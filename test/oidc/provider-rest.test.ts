// After a failure the provider is left alone. Promise 6; RFC 9110 §10.2.3.

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { refusal } from './refusal.ts';
import { AWAY, BUSY, createBed, DEAD, OPERATOR, PAUSED } from './session-provider-bed.ts';

describe('promise 6: after a failure ZITADEL is left alone', () => {
  it('for 1, 2, 4, 8, 15, 15 seconds', async () => {
    const bed = createBed();
    for (const seconds of [1, 2, 4, 8, 15, 15]) {
      bed.failure = AWAY;
      await bed.refresh();
      const asked = bed.asked.length;
      expect(await bed.refresh()).toEqual({ reason: PAUSED, retryAfter: seconds });
      bed.now += seconds - 0.5;
      expect(await bed.readClaims()).toEqual({ kind: 'failed', fault: { reason: PAUSED, retryAfter: 1 } });
      expect(bed.asked).toHaveLength(asked);
      bed.now += 0.5;
    }
  });

  it('and asked again as ever once it answers, whatever the question', async () => {
    for (const question of ['refresh', 'readClaims'] as const) {
      const bed = createBed();
      bed.failure = AWAY;
      await bed.refresh();
      bed.now += 1;
      await bed.refresh();
      bed.now += 2;
      bed.failure = undefined;
      await bed[question]();
      bed.failure = AWAY;
      await bed.readClaims();
      expect(await bed.refresh()).toEqual({ reason: PAUSED, retryAfter: 1 });
    }
  });

  it('for as long as it asks, an hour at most, whatever it answers meanwhile', async () => {
    const bed = createBed();
    const under = bed.readClaims();
    bed.failure = BUSY;
    await Promise.all([bed.refresh(), under]);
    bed.now += 39;
    expect(await bed.refresh()).toEqual({ reason: PAUSED, retryAfter: 1 });
    bed.now += 1;
    bed.failure = refusal(503, 'x', undefined, { 'retry-after': '86400' });
    await bed.refresh();
    bed.now += 3599;
    expect(await bed.refresh()).toEqual({ reason: PAUSED, retryAfter: 1 });
    bed.now += 1;
    bed.failure = undefined;
    expect(await bed.refresh()).toHaveProperty('access_token');
  });

  it('not for what is no failure of ZITADEL’s', async () => {
    for (const failure of [DEAD, OPERATOR, new Error('what'), new GatewayError('login_failed', 'check')]) {
      const bed = createBed();
      bed.failure = failure;
      await bed.refresh();
      await bed.readClaims();
      bed.failure = undefined;
      expect(await bed.refresh()).toHaveProperty('access_token');
    }
  });
});
