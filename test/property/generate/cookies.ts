// Cookie headers: pairs of ours, pairs that nearly are, and others, joined in every way that some client or server joins them.

import fc from 'fast-check';
import { asFieldValue, mutated } from './text.ts';

export const BASE = '__Host-postern';

const NAMES = [
  ...['', '.0', '.1', '.2', '.3', '.4', '.00', '.-1', '.1e1', '-tx-0abc', '-tx-', '-logout', 'x', '.0.0'].map(
    (end) => BASE + end,
  ),
  ...['__host-postern', '__HOST-POSTERN', '"__Host-postern', '=__Host-postern', '\u00a0__Host-postern', 'postern'],
  ...['sid', 'a', '', '__Host-other', 'x__Host-postern', '__Secure-postern'],
];
/** As long as a sealed text is at least. */
export const SEALED = `eyJhbGciOiJkaXIi..${'Ab3_-'.repeat(20)}`;
const VALUES = [
  '',
  'a',
  SEALED,
  'dark,blue',
  'dark, blue',
  `dark,${BASE}=${SEALED}`,
  `dark, ${BASE}=a`,
  '2~abc',
  '4~',
  '3~x',
  '9~x',
  '2~',
  'eyJhbGciOiJkaXIi..a.b.c',
  '"quoted"',
  'a=b',
  'OWN',
];
const BLANKS = ['', '', '', ' ', '\t', '  ', '\u00a0', ' '.repeat(3_000)];
const JOINTS = ['; ', '; ', ';', ', ', ',', ' ; ', ';;', '\t;', ';\u00a0', '; ,'];

const pair = fc
  .tuple(
    fc.constantFrom(...BLANKS),
    fc.constantFrom(...NAMES),
    fc.constantFrom(...BLANKS),
    fc.constantFrom('=', '=', '=', '', '=='),
    fc.constantFrom(...BLANKS),
    fc.constantFrom(...VALUES),
    fc.constantFrom(...BLANKS),
  )
  .map((parts) => parts.join(''));

const joined = fc
  .array(fc.tuple(pair, fc.constantFrom(...JOINTS)), { maxLength: 7 })
  .map((pairs) => pairs.flat().join(''));

/** As `Headers` give it: the blanks at its ends are gone. */
export const cookieHeader = fc
  .oneof(joined, mutated(['__Host-postern=abc; a=b', 'a=b; __Host-postern.0=2~ab; __Host-postern.1=cd'], NAMES))
  .map((text) => new Headers({ cookie: asFieldValue(text) }).get('cookie') ?? '');
