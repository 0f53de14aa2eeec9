// Whatever is given as a place to return to: what comes out is a place of ours, and stays the same place when it is given again.
// ARCHITECTURE §2 `return_to`; RFC 9700 §4.11.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseReturnTo } from '../../../src/policy/return-to.ts';
import { addresses, ORIGIN } from '../../policy/build.ts';
import { mutated } from '../generate/text.ts';
import { createTarget } from '../target.ts';

const OWN = addresses(`${ORIGIN}/auth/callback`);
const PIECES = [
  ...[
    '/',
    '\\',
    '.',
    '..',
    '%2f',
    '%5c',
    '%2e',
    '%09',
    '%20',
    ' ',
    '\t',
    '\n',
    '@',
    ':',
    '?',
    '#',
    ';',
    '//',
    'https:',
  ],
  ...['evil.example', 'app.example.com', 'a', 'auth', 'login', 'javascript:', '%25', '%2561', 'ä', '[::1]'],
  ...['\u3002', '\uff0f', '%252f', 'LOGIN', 'logout', '/auth/login', '/auth/%6cogout'],
];
const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((parts) => parts.join(''));

const given = fc.oneof(
  pieces,
  pieces.map((text) => `/${text}`),
  pieces.map((text) => ORIGIN + text),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text}`),
  mutated([`${ORIGIN}/page?a=b#c`, '/page?return_to=/x', '/auth/profile', '/.//evil.example'], PIECES),
);

function decodeAll(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

const closed = createTarget({
  name: 'return-to',
  promise:
    'leads nowhere but to our own origin, as a browser reads it and decoded once or twice, and to no endpoint that goes round in a circle',
  runs: 8_000,
  given,
  holds(value) {
    const target = parseReturnTo(value, OWN);
    if (target === undefined) return;
    assert.match(target, /^\/(?![/\\])/);
    const [path = ''] = target.split(/[?#]/);
    const readings = [path, decodeAll(path), decodeAll(decodeAll(path))];
    for (const read of [target, ...readings]) assert.equal(URL.parse(read, ORIGIN)?.origin, ORIGIN, read);
    for (const read of readings) assert.doesNotMatch(read, /^\/auth\/(login|logout|callback|backchannel-logout)\/?$/i);
    assert.equal(parseReturnTo(target, OWN), target);
  },
});

const segment = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_~!$&()*+,=:@äé日'), minLength: 1, maxLength: 8 });

const honest = createTarget({
  name: 'return-to-honest',
  promise: 'keeps every honest path with its query and fragment',
  runs: 2_000,
  given: fc.record({
    segments: fc.array(segment, { minLength: 1, maxLength: 5 }),
    query: fc.webQueryParameters(),
    fragment: fc.constantFrom('', '#part'),
  }),
  holds({ segments, query, fragment }) {
    const written = `/x/${segments.map(encodeURIComponent).join('/')}?q${query}${fragment}`;
    const { href } = new URL(written, ORIGIN);
    assert.equal(parseReturnTo(href, OWN), href.slice(ORIGIN.length));
  },
});

export const returnToTargets = [closed, honest];
