// A token that names an unknown key: who may have the keys asked for, how often, and who waits for whom. OIDC Core §10.1.1.

import { describe, expect, it, vi } from 'vitest';
import { createBed, header, key, LOGOUT, NO_KEY, OWN, STRANGERS } from './keys-bed.ts';

describe('OIDC Core §10.1.1: a key that is new', () => {
  it('is found at once, whoever brings it', async () => {
    for (const channel of [OWN, STRANGERS]) {
      const bed = createBed();
      await bed.find(header('1'), channel);
      bed.keys = [key('1'), key('2')];
      expect(await bed.find(header('2'), channel)).toMatchObject([{ kid: '2' }]);
      expect(bed.asked).toBe(2);
    }
  });

  it('from the token endpoint it is asked for each time', async () => {
    const bed = createBed();
    for (const asked of [2, 3]) {
      expect(await bed.find(header('9'), OWN)).toEqual(NO_KEY);
      expect(bed.asked).toBe(asked);
    }
  });

  it.each([
    ['bearer tokens', STRANGERS],
    ['logout tokens', LOGOUT],
  ])('one after another is found, whatever a stranger has invented in between: %s', async (_name, channel) => {
    const bed = createBed();
    await bed.find(header('1'), channel);
    for (let kid = 2; kid < 8; kid++) {
      expect(await bed.find(header(`invented-${kid}`), channel)).toEqual(NO_KEY);
      bed.keys = [key('1'), key(String(kid))];
      expect(await bed.find(header(String(kid)), channel)).toMatchObject([{ kid: String(kid) }]);
    }
  });

  it('from strangers at most twenty times at once and twenty a minute; beyond that nothing is known, so nothing refused', async () => {
    const bed = createBed();
    await bed.find(header('1'), OWN);
    bed.asked = 0;
    let invented = 0;
    const flood = async () => {
      const outcomes = [];
      for (let times = 0; times < 30; times++)
        outcomes.push(await bed.find(header(`${invented++}-`), STRANGERS).catch((error) => error));
      return outcomes;
    };
    const outcomes = await flood();
    expect(bed.asked).toBe(20);
    expect(outcomes.slice(0, 20)).toEqual(Array(20).fill(NO_KEY));
    expect(outcomes.slice(20)).toMatchObject(Array(10).fill({ code: 'provider_unavailable', retryAfter: 3 }));
    for (let second = 0; second < 60; second += 3) {
      bed.now += 3;
      await flood();
    }
    expect(bed.asked).toBe(40);
  });

  it('during a flood, the next fetch that a stranger causes brings the new key for everybody', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    for (let times = 0; times < 30; times++) await bed.find(header(`${times}-`), STRANGERS).catch(() => undefined);
    bed.keys = [key('1'), key('2')];
    await expect(bed.find(header('2'), STRANGERS)).rejects.toMatchObject({
      code: 'provider_unavailable',
      retryAfter: 3,
    });
    bed.now += 3;
    expect(await bed.find(header('invented'), STRANGERS)).toEqual(NO_KEY);
    expect(await bed.find(header('2'), STRANGERS)).toMatchObject([{ kid: '2' }]);
  });

  it('logout tokens have a budget of their own, and are looked up whatever bearer tokens came', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    for (let times = 0; times < 30; times++) await bed.find(header(`${times}-`), STRANGERS).catch(() => undefined);
    await bed.find(header('2'), STRANGERS).catch(() => undefined);
    bed.keys = [key('1'), key('2')];
    expect(await bed.find(header('2'), LOGOUT)).toMatchObject([{ kid: '2' }]);
  });

  it('one stranger’s network has half of it, and uses up nobody else’s', async () => {
    for (const channel of [STRANGERS, LOGOUT]) {
      const bed = createBed();
      await bed.find(header('1'), OWN);
      const flood = { ...channel, network: '203.0.113.7' };
      for (let times = 0; times < 30; times++) await bed.find(header(`${times}-`), flood).catch(() => undefined);
      expect(bed.asked).toBe(11);
      await expect(bed.find(header('x'), flood)).rejects.toMatchObject({ code: 'provider_unavailable', retryAfter: 6 });
      bed.keys = [key('1'), key('2')];
      expect(await bed.find(header('2'), { ...channel, network: '198.51.100.1' })).toMatchObject([{ kid: '2' }]);
    }
  });

  it('keys that there are cost nothing, however many wait for one', async () => {
    const bed = createBed([]);
    for (let kid = 0; kid < 40; kid++) {
      bed.keys = [key(String(kid))];
      const questions = Array.from({ length: 30 }, () =>
        bed.find(header(String(kid)), { ...STRANGERS, network: '198.51.100.1' }),
      );
      expect(await Promise.all(questions)).toHaveLength(30);
    }
  });

  it('of a deleted key, many tokens cause one fetch in five seconds', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    for (let times = 0; times < 50; times++) {
      expect(await bed.find(header('deleted'), STRANGERS)).toEqual(NO_KEY);
    }
    expect(bed.asked).toBe(2);
    bed.now += 5;
    bed.keys = [key('1'), key('deleted')];
    expect(await bed.find(header('deleted'), STRANGERS)).toMatchObject([{ kid: 'deleted' }]);
  });

  it('who waits for a fetch that began before their key was published asks once more', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    let release = () => {};
    bed.answer = new Promise((resolve) => {
      release = resolve;
    });
    const invented = bed.find(header('invented'), STRANGERS).catch((error) => error);
    await vi.waitUntil(() => bed.asked === 2);
    // Its answer was made before the rotation.
    bed.answer = Promise.resolve();
    bed.keys = [key('1'), key('2')];
    const honest = bed.find(header('2'), STRANGERS);
    release();
    expect(await invented).toEqual(NO_KEY);
    expect(await honest).toMatchObject([{ kid: '2' }]);
    expect(bed.asked).toBe(3);
  });

  it('an answer that comes late replaces no newer one', async () => {
    const bed = createBed();
    await bed.find(header('1'), OWN);
    let release = () => {};
    bed.answer = new Promise((resolve) => {
      release = resolve;
    });
    const late = bed.find(header('invented'), STRANGERS).catch((error) => error);
    await vi.waitUntil(() => bed.asked === 2);
    bed.answer = Promise.resolve();
    bed.keys = [key('1'), key('2')];
    await bed.find(header('2'), OWN);
    release();
    expect(await late).toEqual(NO_KEY);
    const { asked } = bed;
    expect(await bed.find(header('2'), STRANGERS)).toMatchObject([{ kid: '2' }]);
    expect(bed.asked).toBe(asked);
  });

  it('many strangers at a cold start ask once, and again once for what none of them knows', async () => {
    const bed = createBed();
    await Promise.allSettled(Array.from({ length: 20 }, () => bed.find(header('9'), STRANGERS)));
    expect(bed.asked).toBe(2);
  });

  it('at a cold start that fails, strangers are bounded too', async () => {
    const bed = createBed();
    bed.isAway = true;
    for (let times = 0; times < 50; times++) {
      await expect(bed.find(header('1'), STRANGERS)).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(bed.asked).toBe(20);
  });

  it('a sign-in waits for no stranger’s question', async () => {
    const bed = createBed();
    bed.answer = new Promise(() => {});
    void bed.find(header('1'), STRANGERS);
    bed.answer = Promise.resolve();
    expect(await bed.find(header('1'), OWN)).toMatchObject([{ kid: '1' }]);
    expect(bed.asked).toBe(2);
  });

  it('while keys cannot be had, a token under an unknown one is not judged', async () => {
    const bed = createBed();
    await bed.find(header('1'), STRANGERS);
    bed.isAway = true;
    for (let times = 0; times < 2; times++) {
      await expect(bed.find(header('9'), STRANGERS)).rejects.toMatchObject({ code: 'provider_unavailable' });
      await expect(bed.find(header('9'), OWN)).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(await bed.find(header('1'), STRANGERS)).toMatchObject([{ kid: '1' }]);
    bed.isAway = false;
    await bed.signingKeys.reload();
    expect(await bed.find(header('9'), STRANGERS)).toEqual(NO_KEY);
  });
});
