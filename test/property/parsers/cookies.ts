// The Cookie header: what of it is ours, what of it the application gets, and a sealed text in chunks.
// RFC 6265bis §4.2, §5.7; ARCHITECTURE §4, §6.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutOwnCookies } from '../../../src/proxy/own-cookies.ts';
import { parseOwnCookies } from '../../../src/session/cookies.ts';
import { fitsCookies, joinChunks, sealedCookies } from '../../../src/session/sealed-cookie.ts';
import { BASE, cookieHeader, SEALED } from '../generate/cookies.ts';
import { createTarget } from '../target.ts';

const ownCookies = createTarget({
  name: 'cookies',
  promise:
    'ours are found as a plain reading of the header finds them, nothing behind a comma is ours, and no other passes for one',
  runs: 2_000,
  given: cookieHeader,
  holds(header) {
    const found = parseOwnCookies(header, BASE);
    const plain = new Map<string, string>();
    for (const piece of header.split(';')) {
      const [pair = ''] = piece.split(',', 1);
      const [name = '', ...value] = pair.split('=');
      const isOurs = withoutBlanks(name).startsWith(BASE) && pair.includes('=');
      if (isOurs && !plain.has(withoutBlanks(name))) plain.set(withoutBlanks(name), withoutBlanks(value.join('=')));
    }
    assert.deepEqual([...found], [...plain]);
  },
});

/** Character by character, so that the model costs what the header is long. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && ' \t'.includes(text[start] as string)) start++;
  while (end > start && ' \t'.includes(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

/** Whatever some parser skips before a name: blanks and what is no ASCII, quotes, a nameless cookie's sign. */
function passesForOurs(pair: string): boolean {
  const start = pair.search(/[!#-&(-<>-~]/);
  return start !== -1 && pair.slice(start, start + BASE.length).toLowerCase() === BASE.toLowerCase();
}

const othersCookies = createTarget({
  name: 'cookies-upstream',
  promise: 'the application gets none of ours, in no spelling a parser could take for ours, and every other as it came',
  runs: 2_000,
  given: cookieHeader,
  holds(header) {
    const kept = withoutOwnCookies(header, BASE, false) ?? '';
    for (const pair of kept.split(/[;,]/)) assert(!passesForOurs(pair), pair);
    const others = header.split(/[;,]/).filter((pair) => !passesForOurs(pair));
    const keptPairs = new Set(kept.split(/[;,]/));
    for (const pair of others) {
      const isKept = keptPairs.has(pair) || keptPairs.has(pair.replace(/^[ \t]+/, '')) || pair.trim() === '';
      assert(isKept, `lost: ${JSON.stringify(pair)}`);
    }
  },
});

const browsersCookies = createTarget({
  name: 'cookies-of-a-browser',
  promise:
    'a comma in a browser’s cookie is a byte of its value: no cookie is made of it, and no sealed value goes up behind it',
  runs: 2_000,
  given: cookieHeader,
  holds(header) {
    const kept = withoutOwnCookies(header, BASE, true) ?? '';
    for (const pair of kept.split(';')) assert(!passesForOurs(pair.split(',', 1)[0] ?? ''), pair);
    for (const part of kept.split(/[;,]/)) assert(!(passesForOurs(part) && part.includes(SEALED)), part);
    const others = header.split(';').filter((pair) => !pair.split(',').some(passesForOurs));
    for (const pair of others) assert(kept.includes(withoutBlanks(pair)), `lost: ${JSON.stringify(pair)}`);
    const known = new Set([...namesOf(header), '']);
    for (const name of namesOf(kept)) assert(known.has(name), `made: ${name}`);
  },
});

function namesOf(header: string): string[] {
  return header.split(';').map((pair) => withoutBlanks(pair.split(/[=,]/, 1)[0] ?? ''));
}

const honestPair = fc
  .tuple(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,8}$/), fc.stringMatching(/^[!-:<-~]{0,12}$/))
  .map((pair) => pair.join('='));
const ownPair = fc.constantFrom('', '.0', '-tx-0a', '-logout').map((end) => `${BASE}${end}=OURS`);

const honestCookies = createTarget({
  name: 'cookies-honest',
  promise: 'what browsers send of others’ cookies reaches the application byte for byte and in order',
  given: fc.array(fc.oneof(ownPair, honestPair), { maxLength: 8 }),
  holds(pairs) {
    const others = pairs.filter((pair) => !pair.startsWith(BASE)).join('; ');
    assert.equal(withoutOwnCookies(pairs.join('; '), BASE, true) ?? '', others);
  },
});

/** What a browser that obeys has after these Set-Cookie lines. */
function store(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('Max-Age=0;')) jar.delete(name);
    else jar.set(name, value);
  }
}

const sealedText = fc
  .tuple(fc.stringMatching(/^[\w.-]{1,40}$/), fc.integer({ min: 1, max: 450 }))
  .map(([piece, times]) => piece.repeat(times))
  .filter((text) => fitsCookies(BASE, text));

const chunks = createTarget({
  name: 'cookie-chunks',
  promise: 'of two sealed texts that overtake each other a browser sends back one, or nothing, never a mixture',
  given: fc.record({
    first: sealedText,
    second: sealedText,
    header: cookieHeader,
    lost: fc.subarray([0, 1, 2, 3], { maxLength: 2 }),
    isOvertaken: fc.boolean(),
  }),
  holds({ first, second, header, lost, isOvertaken }) {
    const jar = parseOwnCookies(header, BASE);
    for (const name of [...jar.keys()]) if (/^__Host-postern(\.[0-3])?$/.test(name)) jar.delete(name);
    const before = new Map(jar);
    const [a, b] = [first, second].map((text) => sealedCookies(BASE, text, 60, before)) as [string[], string[]];
    store(jar, a);
    assert.equal(joinChunks(jar, BASE), first);
    // Both answers belong to requests that were sent before either arrived.
    store(jar, isOvertaken ? b : sealedCookies(BASE, second, 60, jar));
    for (const index of lost) jar.delete(`${BASE}.${index}`);
    const joined = joinChunks(jar, BASE);
    if (lost.length === 0 && !isOvertaken) assert.equal(joined, second);
    assert(joined === undefined || joined === first || joined === second, `neither of them: ${joined}`);
  },
});

export const cookieTargets = [ownCookies, othersCookies, browsersCookies, honestCookies, chunks];
