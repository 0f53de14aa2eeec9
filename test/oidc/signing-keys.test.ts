// ZITADEL's keys: which one may have signed, how often they are asked for, and what is said while they cannot be had.
// RFC 7517 §5; OIDC Core §10.1, §10.1.1; promise 3; advisories on keys fetched for every stranger's token.

import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createBed, header, key, NO_KEY, OWN, STRANGERS } from './keys-bed.ts';

describe('OIDC Core §10.1: which key', () => {
  it('the one that the token names', async () => {
    const { find } = createBed([key('1'), key('2')]);
    expect(await find(header('2'), STRANGERS)).toMatchObject([{ kid: '2' }]);
  });

  it('the only one that fits, where the token names none; of several all', async () => {
    expect(await createBed().find(header(), STRANGERS)).toMatchObject([{ kid: '1' }]);
    expect(await createBed([key('1'), key('2')]).find(header(), STRANGERS)).toHaveLength(2);
    expect(await createBed([key('1'), key('1')]).find(header('1'), STRANGERS)).toHaveLength(2);
  });

  it('RFC 7517 §5: what is no key is passed over', async () => {
    const { find } = createBed([null, 7, 'key', {}, key('1')]);
    expect(await find(header('1'), STRANGERS)).toMatchObject([{ kid: '1' }]);
  });

  it.each([['keys'], [{ 0: key('1') }], [null], [7]])('%j is no list of keys', async (keys) => {
    await expect(createBed(keys).find(header('1'), STRANGERS)).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: 'keys: no list of keys in the answer',
    });
  });

  it('metadata without jwks_uri give none', async () => {
    const bed = createBed([key('1')], '');
    await expect(bed.find(header('1'), STRANGERS)).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: 'metadata: jwks_uri is missing',
    });
    expect(bed.asked).toBe(0);
  });
});

describe('promise 6: what is known serves on', () => {
  it('keys are asked for once in five minutes, and then behind the scenes', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    bed.now += 299;
    await bed.find(header('1'), STRANGERS);
    expect(bed.asked).toBe(1);
    bed.now += 1;
    bed.keys = [key('1', { n: 'new' })];
    expect(await bed.find(header('1'), STRANGERS)).toMatchObject([{ n: 'n' }]);
    await bed.settle();
    expect(bed.asked).toBe(2);
    expect(await bed.find(header('1'), STRANGERS)).toMatchObject([{ n: 'new' }]);
    bed.now += 299;
    await bed.find(header('1'), STRANGERS);
    expect(bed.asked).toBe(2);
  });

  it('a failure leaves the old ones in use, and is followed by another try after half a minute', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    bed.now += 300;
    bed.isAway = true;
    for (let second = 0; second < 30; second++) {
      expect(await bed.find(header('1'), STRANGERS)).toMatchObject([{ kid: '1' }]);
      bed.now += 1;
    }
    await bed.settle();
    expect(bed.asked).toBe(2);
    await bed.find(header('1'), STRANGERS);
    expect(bed.asked).toBe(3);
  });

  it('a first failure is nobody’s verdict, and is not remembered', async () => {
    const bed = createBed();
    bed.isAway = true;
    await expect(bed.find(header('1'), STRANGERS)).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: 'keys: status 503',
      cause: expect.any(Error),
    });
    bed.isAway = false;
    expect(await bed.find(header('1'), STRANGERS)).toMatchObject([{ kid: '1' }]);
  });

  it('readiness asks anew, whatever is known', async () => {
    const bed = createBed();
    await bed.signingKeys.reload();
    await bed.signingKeys.reload();
    expect(bed.asked).toBe(2);
    bed.isAway = true;
    await expect(bed.signingKeys.reload()).rejects.toBeInstanceOf(GatewayError);
  });
});

describe('RP-Initiated Logout 1.0 §4: whether a key is still published', () => {
  it('is asked anew, though it was there a moment before', async () => {
    const bed = createBed([key('1'), key('2')]);
    await bed.find(header('1'), OWN);
    bed.keys = [key('2')];
    expect(await bed.signingKeys.findPublished(header('1'))).toEqual(NO_KEY);
    expect(bed.asked).toBe(2);
  });

  it('is asked at once for a key that is not known', async () => {
    const bed = createBed();
    await bed.find(header('1'), OWN);
    bed.keys = [key('3')];
    expect(await bed.signingKeys.findPublished(header('3'))).toMatchObject([{ kid: '3' }]);
    expect(await createBed().signingKeys.findPublished(header('1'))).toMatchObject([{ kid: '1' }]);
  });

  it('many who sign out at once ask once; more than twenty at a time believe what is known', async () => {
    const bed = createBed();
    await bed.find(header('1'), OWN);
    await Promise.all(Array.from({ length: 50 }, () => bed.signingKeys.findPublished(header('1'))));
    expect(bed.asked).toBe(2);
    for (let times = 0; times < 50; times++) {
      expect(await bed.signingKeys.findPublished(header('9'))).toEqual(NO_KEY);
    }
    expect(bed.asked).toBe(21);
  });

  it('while ZITADEL is away it is what is known; of nothing known, nothing', async () => {
    const bed = createBed();
    await bed.find(header('1'), OWN);
    bed.isAway = true;
    expect(await bed.signingKeys.findPublished(header('1'))).toMatchObject([{ kid: '1' }]);
    expect(await bed.signingKeys.findPublished(header('2'))).toEqual(NO_KEY);
    const cold = createBed();
    cold.isAway = true;
    expect(await cold.signingKeys.findPublished(header('1'))).toEqual(NO_KEY);
  });

  it('and so while ZITADEL takes long: nobody waits for more than two seconds', async () => {
    vi.useFakeTimers();
    try {
      const bed = createBed();
      await bed.find(header('1'), OWN);
      bed.answer = new Promise(() => {});
      const published = bed.signingKeys.findPublished(header('1'));
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await published).toMatchObject([{ kid: '1' }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
