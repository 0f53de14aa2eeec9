// Servers drawn at random: whatever steps one takes, in whatever order, the path it ends with is a reading that was judged.
// Design §1 One request, every reading.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../src/policy/readings.ts';
import { DECODE, SERVER_STEPS } from '../policy/slow-policy.ts';

const FRAGMENTS = [
  ...['/', '/', '/', '//', '.', '..', '%2e', '%2E%2e', '%2f', '%252F', '%5c', '\\', ';v=1', ';', '%3b', '..;', '%253b'],
  ...[
    'admin',
    'Admin',
    'a',
    'x',
    '%61',
    '%2561',
    '%25',
    '%20',
    ' ',
    '%c3%a4',
    'ä',
    '%25c3%25a4',
    '%2',
    '61',
    'u0061',
    '%25ff',
  ],
];

const hostilePath = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 9 })
  .map((fragments) => `/${fragments.join('')}`);

describe('design §1: every server’s reading is among the readings', () => {
  it('for random servers and hostile paths', () => {
    const server = fc.array(fc.constantFrom(...Object.keys(SERVER_STEPS)), { maxLength: 8 });
    fc.assert(
      fc.property(hostilePath, server, server, (path, before, after) => {
        const read = readingsOf(path);
        if (!read.ok) return;
        const seen = [...before, DECODE, ...after].reduce((each, step) => SERVER_STEPS[step]?.(each) ?? each, path);
        expect(read.readings).toContain(seen);
      }),
      { numRuns: 20_000 },
    );
  });

  it('hostile paths are mostly read, not refused for their number of readings', () => {
    const paths = fc.sample(hostilePath, { numRuns: 2000, seed: 1 });
    const refused = paths.map(readingsOf).filter((read) => !read.ok && read.reason === 'too many readings');
    expect(refused.length).toBeLessThan(paths.length / 50);
  });
});

describe('issue 4: honest paths always have a reading that is what a person wrote', () => {
  const segment = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isHonest),
    fc.emailAddress().filter(isHonest),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.double({ noNaN: true }).map((amount) => `${amount} %`),
    fc.constantFrom('a+b', '100%', '50% off', 'Käse & Brot', '日本語', 'C#', 'what?', '(1)', "it's", 'naïve.txt'),
  );

  it('spaces, umlauts, +, %, e-mail addresses, dates, anything', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
        const path = `/${segments.map(encodeURIComponent).join('/')}`;
        expect(readingsOf(path)).toMatchObject({ ok: true });
        const read = readingsOf(path);
        expect(read.ok && read.readings[0]).toBe(`/${segments.join('/')}`);
      }),
      { numRuns: 5000 },
    );
  });

  /** Written as text it says nothing to a decoder, and climbs nowhere. */
  function isHonest(text: string): boolean {
    return text.isWellFormed() && !/%[0-9a-f]{2}|%u|[/\\;\p{Cc}]|^[.\s]*$/iu.test(text);
  }
});
