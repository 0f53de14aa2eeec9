// Strength of the secrets that the operator makes.
// ARCHITECTURE §1 SESSION_SECRET, OPERATOR_SECRET, UPSTREAM_SECRET.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf, issueOf, issuesOf, load, STRONG_SECRET } from './environment.ts';

const countedBytes = Uint8Array.from({ length: 32 }, (_, i) => i);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('SESSION_SECRET', () => {
  it.each([
    ['64 hexadecimal characters', STRONG_SECRET],
    ['capital hexadecimal characters', STRONG_SECRET.toUpperCase()],
    ['base64 of 32 bytes', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq1XvQjRmXpA='],
    ['base64url of 32 bytes', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq1XvQjRmXpA'],
    ['43 varied characters', 'kumquat Vexed: 7 jolly birds? Swim by fog!!'],
  ])('takes %s', (_what, SESSION_SECRET) => {
    expect(configOf({ SESSION_SECRET }).sessionSecrets).toHaveLength(1);
  });

  it('rotates by a comma-separated list: the first seals', () => {
    const older = STRONG_SECRET.split('').reverse().join('');
    expect(configOf({ SESSION_SECRET: `${STRONG_SECRET} , ${older}` }).sessionSecrets).toEqual([STRONG_SECRET, older]);
  });

  it('judges every entry of the list and says which', () => {
    expect(issueOf({ SESSION_SECRET: `${STRONG_SECRET},short` })).toMatchObject({
      variable: 'SESSION_SECRET, value 2',
      found: 'a value of 5 characters',
    });
    expect(issueOf({ SESSION_SECRET: `${STRONG_SECRET},` }).variable).toBe('SESSION_SECRET, value 2');
  });

  it.each([
    ['too short', '', STRONG_SECRET.slice(1)],
    ['too short', '42 characters', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq1XvQjRmXp'],
    [
      'too short',
      '64 digits, which are no 32 bytes',
      '7305918264205937184620571938462750193846275910384627519038462751',
    ],
    ['too few different', 'one character and another', `${'a'.repeat(40)}${'b'.repeat(24)}`],
    ['too few different', 'one repeated character', 'z'.repeat(64)],
    ['too few different', 'the end of a repetition', `${'f'.repeat(63)}1`],
    ['repeats', 'a repeated word', 'deadbeef01'.repeat(7)],
    ['repeats', 'half of it twice', STRONG_SECRET.slice(0, 32).repeat(2)],
    ['repeats', 'a repetition cut off', 'kW4#vQz9!tLp2'.repeat(5).slice(0, 50)],
    ['repeats', 'counted-up characters, again and again', '0123456789abcdef'.repeat(4)],
    ['counts', 'counted-up characters', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ'],
    ['counts', 'counted-down characters', 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvutsr'],
    ['counts', 'counted-up bytes in hexadecimal', hex(countedBytes)],
    ['counts', 'counted-up bytes in base64', base64(countedBytes)],
    ['placeholder', 'a placeholder', 'change-me-change-you-change-them-change-us-all-1'],
    ['placeholder', 'ZITADEL’s example', 'your-very-secret-and-strong-session-key-for-this'],
    ['placeholder', 'a sentence about itself', 'this is a Super Secret key: do not use it in production'],
    ['placeholder', 'the dummy of .dev.vars.example', 'replace-me-with-the-output-of-openssl-rand-hex-32'],
    ['placeholder', 'a placeholder in base64', base64(Buffer.from('change-me-please-or-else-7493!'.padEnd(33, 'xq')))],
  ])('refuses what is %s: %s', (reason, _what, SESSION_SECRET) => {
    expect(issueOf({ SESSION_SECRET }).wanted).toContain(reason);
  });

  it.each(['change-me', 'secret', 'your-secret-here', 'your-very-secret-and-strong-session-key', '12345678'])(
    'refuses %s',
    (SESSION_SECRET) => {
      expect(issueOf({ SESSION_SECRET }).variable).toBe('SESSION_SECRET');
    },
  );

  it('takes every 32 random bytes, in hexadecimal, base64 and base64url', () => {
    const bytes = fc.noShrink(fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(
      fc.property(bytes, () => {
        const random = crypto.getRandomValues(new Uint8Array(32));
        const forms = [hex(random), base64(random), Buffer.from(random).toString('base64url')];
        return forms.every((SESSION_SECRET) => load({ SESSION_SECRET }).ok);
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(['OPERATOR_SECRET', 'UPSTREAM_SECRET'])('%s', (variable) => {
  it('takes 32 random characters', () => {
    for (const value of [
      STRONG_SECRET.toUpperCase(),
      STRONG_SECRET.slice(0, 32),
      '9f1c6b52-7d04-4e8a-b3f6-20a5c8d7e914',
    ]) {
      expect(load({ [variable]: value }).ok).toBe(true);
    }
  });

  it.each([
    ['31 characters', STRONG_SECRET.slice(0, 31)],
    ['8 characters', STRONG_SECRET.slice(0, 8)],
    ['a well-known value', 'change-me-change-me-change-me-change-me'],
    ['a placeholder', 'my-very-own-operator-secret-of-the-year-2026'],
    ['the placeholder of .dev.vars.example', 'replace-me-with-the-output-of-openssl-rand-hex-32'],
    ['a placeholder in base64', base64(Buffer.from('change-me-please-or-else-7493!'.padEnd(33, 'xq')))],
    ['one character', 'z'.repeat(64)],
    ['repeated characters', 'ab'.repeat(20)],
    ['a repeated word', 'deadbeef01'.repeat(7)],
    ['half of it twice', STRONG_SECRET.slice(0, 32).repeat(2)],
    ['counted-up characters', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['counted-up bytes', hex(countedBytes)],
    ['counted-up digits in the groups of a UUID', '12345678-1234-1234-1234-123456789012'],
    ['a placeholder that says what it is for', 'your-32-character-upstream-key-here'],
    ['blanks inside', `${STRONG_SECRET.slice(0, 30)} ${STRONG_SECRET.slice(30)}`],
    ['a line break', `${STRONG_SECRET}\n${STRONG_SECRET.slice(3, 9)}`],
    ['letters outside ASCII', `${STRONG_SECRET}ä`],
  ])('refuses %s, and does not repeat it', (_what, value) => {
    const issue = issueOf({ [variable]: value });
    expect(issue).toMatchObject({ variable, found: `a value of ${value.length} characters` });
    expect(JSON.stringify(issue)).not.toContain(value);
  });
});

it('UPSTREAM_SECRET rotates by a comma-separated list: the first is sent', () => {
  const older = STRONG_SECRET.split('').reverse().join('');
  expect(configOf({ UPSTREAM_SECRET: `${STRONG_SECRET},${older}` }).upstreamSecrets).toEqual([STRONG_SECRET, older]);
  expect(issuesOf({ UPSTREAM_SECRET: `${STRONG_SECRET},a,b` })).toHaveLength(2);
});

it('OPERATOR_SECRET is one', () => {
  expect(configOf({ OPERATOR_SECRET: STRONG_SECRET }).operatorSecret).toBe(STRONG_SECRET);
});
