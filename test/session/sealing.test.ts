// Sealed texts, their keys, and how they lie in cookies. ARCHITECTURE §6 (Cookie); RFC 7516; RFC 6265bis §5.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOwnCookies } from '../../src/session/cookies.ts';
import { createKeyring } from '../../src/session/keyring.ts';
import { deletedCookies, fitsCookies, joinChunks, sealedCookies } from '../../src/session/sealed-cookie.ts';
import { BoundedMap } from '../../src/shared/isolate/bounded-map.ts';
import { OTHER_SECRET, SECRET } from '../support/harness.ts';

const BASE = '__Host-postern';
const NONE = new Map<string, string>();

/** What a browser holds after these Set-Cookie values. */
function stored(lines: readonly string[], before: ReadonlyMap<string, string> = NONE): Map<string, string> {
  const cookies = new Map(before);
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('Max-Age=0')) cookies.delete(name);
    else cookies.set(name, value);
  }
  return cookies;
}

describe('the keyring', () => {
  it('seals with the first key and unseals with all', async () => {
    const sealed = await createKeyring([SECRET]).seal('session', { a: 1 });
    expect(await createKeyring([SECRET]).unseal('session', sealed)).toEqual({
      kind: 'ok',
      value: { a: 1 },
      isOldKey: false,
    });
    expect(await createKeyring([OTHER_SECRET, SECRET]).unseal('session', sealed)).toMatchObject({
      kind: 'ok',
      isOldKey: true,
    });
    expect(await createKeyring([OTHER_SECRET]).unseal('session', sealed)).toEqual({ kind: 'foreign' });
  });
  it('never gives one purpose’s text for another, nor one salt’s', async () => {
    const keyring = createKeyring([SECRET]);
    const salted = await keyring.seal('tokens', 'x', Uint8Array.of(1, 2, 3));
    expect(await keyring.unseal('tokens', salted)).toEqual({ kind: 'foreign' });
    expect(await keyring.unseal('tokens', salted, Uint8Array.of(1, 2, 4))).toEqual({ kind: 'foreign' });
    expect(await keyring.unseal('form', await keyring.seal('session', 'x'))).toEqual({ kind: 'foreign' });
  });
  it('any changed character makes it foreign, whatever it is', async () => {
    const keyring = createKeyring([SECRET]);
    const sealed = await keyring.seal('session', { sub: 'user' });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sealed.length - 1),
        fc.constantFrom('A', 'b', '-', '.', '~', ' '),
        async (at, character) => {
          const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
          const opened = await keyring.unseal('session', changed);
          // The last character of base64url may differ in bits that carry nothing.
          const isSame = changed === sealed || opened.kind === 'ok';
          expect(isSame ? 'ok' : opened.kind).not.toBe('newer');
          if (opened.kind === 'ok') expect(opened.value).toEqual({ sub: 'user' });
        },
      ),
      { numRuns: 200 },
    );
  });
  it('takes no text of any kind for ours, and throws at none', async () => {
    const keyring = createKeyring([SECRET]);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.stringMatching(/^[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*$/)),
        async (text) => {
          expect(await keyring.unseal('session', text)).toEqual({ kind: 'foreign' });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('chunks', () => {
  it('of any text fit 4,096 bytes with their names, and give it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 17_000 }), (length) => {
        const sealed = 'x'.repeat(length);
        fc.pre(fitsCookies(BASE, sealed));
        const cookies = stored(sealedCookies(BASE, sealed, 100, NONE));
        for (const [name, value] of cookies) expect(name.length + value.length).toBeLessThanOrEqual(4096);
        expect(cookies.size).toBeLessThanOrEqual(4);
        expect(joinChunks(cookies, BASE)).toBe(sealed);
      }),
    );
  });
  it('beyond 16 KB there are none', () => {
    expect(fitsCookies(BASE, 'x'.repeat(16_384))).toBe(false);
    expect(fitsCookies(BASE, 'x'.repeat(16_300))).toBe(true);
  });
  it('of answers that overtake each other, a chunk left behind does no harm', () => {
    const long = sealedCookies(BASE, 'l'.repeat(12_000), 100, NONE);
    const short = sealedCookies(BASE, 's'.repeat(7_000), 100, NONE);
    expect(joinChunks(stored(short, stored(long)), BASE)).toBe('s'.repeat(7_000));
    expect(joinChunks(stored(long, stored(short)), BASE)).toBe('l'.repeat(12_000));
  });
  it('are no session when one is missing, or when the first does not say how many', () => {
    const cookies = stored(sealedCookies(BASE, 'x'.repeat(12_000), 100, NONE));
    for (const name of cookies.keys()) {
      const others = new Map([...cookies].filter(([other]) => other !== name));
      expect(joinChunks(others, BASE)).toBeUndefined();
    }
    expect(joinChunks(new Map([[`${BASE}.0`, 'abc']]), BASE)).toBeUndefined();
    expect(joinChunks(new Map([[`${BASE}.0`, '9~abc']]), BASE)).toBeUndefined();
  });
  it('and the whole cookie replace each other', () => {
    const chunked = stored(sealedCookies(BASE, 'x'.repeat(9_000), 100, NONE));
    const whole = stored(sealedCookies(BASE, 'small', 100, chunked), chunked);
    expect([...whole]).toEqual([[BASE, 'small']]);
    const again = stored(sealedCookies(BASE, 'x'.repeat(9_000), 100, whole), whole);
    expect([...again.keys()]).toEqual([`${BASE}.0`, `${BASE}.1`, `${BASE}.2`]);
    expect(stored(deletedCookies(BASE, again), again).size).toBe(0);
  });
  it('of other cookies of the gateway’s are none of these', () => {
    const present = new Map([
      [`${BASE}-tx-1`, 'a'],
      [`${BASE}.x`, 'b'],
      [`${BASE}.0`, 'c'],
    ]);
    expect(deletedCookies(BASE, present)).toHaveLength(1);
  });
});

describe('the Cookie header', () => {
  it.each([
    ['a=1; __Host-postern=x; b=2', 'x'],
    ['__Host-postern=x; __Host-postern=y', 'x'],
    ['a=1,__Host-postern=x', undefined],
    ['a=1, __Host-postern=x; b=2', undefined],
    [',__Host-postern=x', undefined],
    ['a="1,__Host-postern=x"', undefined],
    ['a,__Host-postern=x; __Host-postern=y', 'y'],
    ['a=1,2; __Host-postern=x', 'x'],
    ['__Host-postern=x, a=1', 'x'],
    ['__Host-postern=x,__Host-postern=y', 'x'],
    ['__Host-postern,=x', undefined],
    ['\u00a0__Host-postern=x', undefined],
    ['__host-postern=x', undefined],
    ['__Host-postern', undefined],
  ])('%j gives %j', (header, value) => expect(parseOwnCookies(header, BASE).get(BASE)).toBe(value));
});

describe('the memory of an isolate', () => {
  it('is bounded by weight, and forgets what was set longest ago', () => {
    const map = new BoundedMap<string, string>(10, (value) => value.length);
    for (const key of ['a', 'b', 'c']) map.set(key, key.repeat(4));
    expect([map.size, map.get('a'), map.get('b')]).toEqual([2, undefined, 'bbbb']);
    map.set('b', 'BBBB');
    map.set('d', 'dddd');
    expect([map.get('b'), map.get('c')]).toEqual(['BBBB', undefined]);
    map.set('e', 'far too long a value');
    expect(map.size).toBe(0);
    // What was thrown out and never there weighs nothing
    for (const key of ['d', 'e', 'f']) map.delete(key);
    for (const key of ['g', 'h']) map.set(key, key.repeat(5));
    expect(map.size).toBe(2);
  });
});
