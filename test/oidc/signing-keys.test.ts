// ZITADEL's keys: which one may have signed, how often they are asked for, and what is said while they cannot be had.
// RFC 7517 §5; OIDC Core §10.1, §10.1.1; promise 3; advisories on keys fetched for every stranger's token.

import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { ProviderFetch } from '../../src/oidc/provider-fetch.ts';
import { createSigningKeys } from '../../src/oidc/signing-keys.ts';

const key = (kid: string, more: object = {}) => ({ kty: 'RSA', kid, n: 'n', e: 'AQAB', ...more });
const header = (kid?: string) => ({ alg: 'RS256', ...(kid !== undefined && { kid }) });
const STRANGERS = { isTrustedChannel: false };
const OWN = { isTrustedChannel: true };
const LOGOUT = { isTrustedChannel: false, isLogoutToken: true };

function createBed(keys: unknown = [key('1')], jwks_uri: string | undefined = 'https://zitadel.test/keys') {
  const bed = {
    now: 1_790_000_000,
    keys,
    isAway: false,
    asked: 0,
    answer: Promise.resolve(),
    tasks: [] as Promise<unknown>[],
  };
  const fetch: ProviderFetch = async (url) => {
    bed.asked += 1;
    expect(url).toBe('https://zitadel.test/keys');
    const answer = bed.isAway ? new Response('away', { status: 503 }) : Response.json({ keys: bed.keys });
    await bed.answer;
    return answer;
  };
  const metadata = {
    load: async () => ({ issuer: 'https://zitadel.test', jwks_uri }) as never,
    reload: undefined as never,
  };
  const signingKeys = createSigningKeys({
    metadata,
    fetch,
    now: () => bed.now,
    waitUntil: (task) => bed.tasks.push(task),
  });
  return Object.assign(bed, { signingKeys, find: signingKeys.find, settle: () => Promise.allSettled(bed.tasks) });
}

const NO_KEY: unknown[] = [];

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

describe('promise 3: what is known serves on', () => {
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
