// Durations and flags.
// ARCHITECTURE §1: durations are seconds, a positive whole number or its digits.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf } from './environment.ts';

describe('durations', () => {
  it.each([
    ['SESSION_DURATION', 'sessionDuration'],
    ['SESSION_MAX_DURATION', 'sessionMaxDuration'],
    ['CLAIMS_MAX_AGE', 'claimsMaxAge'],
    ['REVOCATION_MAX_AGE', 'revocationMaxAge'],
  ] as const)('%s is a number of seconds or its digits', (variable, property) => {
    expect(configOf({ [variable]: 4000 })[property]).toBe(4000);
    expect(configOf({ [variable]: '4000' })[property]).toBe(4000);
  });

  it.each([
    0,
    -1,
    1.5,
    '0',
    '-1',
    '1.5',
    '1h',
    '1e3',
    ' 5',
    true,
    null,
    [],
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e10,
  ])('refuse %j', (CLAIMS_MAX_AGE) => {
    expect(issueOf({ CLAIMS_MAX_AGE }).variable).toBe('CLAIMS_MAX_AGE');
  });

  it('SESSION_MAX_DURATION is at least SESSION_DURATION', () => {
    expect(issueOf({ SESSION_DURATION: 600, SESSION_MAX_DURATION: 599 }).wanted).toContain('SESSION_DURATION');
    expect(configOf({ SESSION_DURATION: 600, SESSION_MAX_DURATION: 600 }).sessionMaxDuration).toBe(600);
  });

  it('SESSION_MAX_DURATION by default too', () => {
    expect(issueOf({ SESSION_DURATION: 86_400 })).toMatchObject({ variable: 'SESSION_MAX_DURATION', found: '43200' });
  });
});

describe('REWRITE_MANIFEST', () => {
  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
  ])('takes %j', (REWRITE_MANIFEST, expected) => {
    expect(configOf({ REWRITE_MANIFEST }).rewriteManifest).toBe(expected);
  });

  it.each(['yes', 1, 'TRUE', null])('refuses %j', (REWRITE_MANIFEST) => {
    expect(issueOf({ REWRITE_MANIFEST }).wanted).toBe('true or false');
  });
});
