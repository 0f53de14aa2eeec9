// W3C Trace Context §3.2: a sound trace is continued, anything else starts a new one.

import { describe, expect, it } from 'vitest';
import { nextTraceparent } from '../../src/proxy/trace-context.ts';

const randomHex = (bytes: number) => '7'.repeat(bytes * 2);
const [id, parent] = ['a1'.repeat(16), 'b2'.repeat(8)];
const isNew = `00-${'7'.repeat(32)}-${'7'.repeat(16)}-01`;

describe('traceparent', () => {
  it.each([
    [`00-${id}-${parent}-01`, '01'],
    [`00-${id}-${parent}-00`, '00'],
    [`00-${id}-${parent}-03`, '01'],
    [`01-${id}-${parent}-01-more`, '01'],
  ])('continues %s', (incoming, flags) =>
    expect(nextTraceparent(incoming, randomHex)).toBe(`00-${id}-${'7'.repeat(16)}-${flags}`),
  );

  it.each([
    null,
    '',
    'x',
    `00-${id}-${parent}-01-more`,
    `ff-${id}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${id}-${'0'.repeat(16)}-01`,
    `00-${id.toUpperCase()}-${parent}-01`,
    `00-${id}-${parent}-01, 00-${id}-${parent}-01`,
  ])('starts anew for %s', (incoming) => expect(nextTraceparent(incoming, randomHex)).toBe(isNew));
});
