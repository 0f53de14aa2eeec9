// Whatever stands in an Authorization header: it is read without an exception, and a token is exactly what was sent.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthorization } from '../../src/oidc/authorization-header.ts';

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const b64token = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,60}$/), fc.stringMatching(/^={0,2}$/))
  .map(([body, padding]) => body + padding);
const scheme = fc.mixedCase(fc.constant('bearer'));

describe('parseAuthorization, whatever comes', () => {
  it('gives back every token as it was sent', () => {
    fc.assert(
      fc.property(scheme, b64token, (name, token) => {
        expect(parseAuthorization(`${name} ${token}`)).toEqual({ kind: 'token', token });
      }),
    );
  });

  it('never gives a token that is not one, or is not all that the header holds', () => {
    const noise = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      b64token,
      fc.constantFrom(',', ' ', '\t', 'Bearer ', '='),
    );
    fc.assert(
      fc.property(scheme, fc.array(noise, { maxLength: 4 }), (name, parts) => {
        const header = name + parts.join('');
        const parsed = parseAuthorization(header);
        if (parsed.kind !== 'token') return;
        expect(parsed.token).toMatch(TOKEN);
        expect(header.slice(name.length).replace(/^ +/, '')).toBe(parsed.token);
      }),
      { numRuns: 500 },
    );
  });

  it('never overlooks one of several header lines', () => {
    fc.assert(
      fc.property(fc.array(b64token, { minLength: 2, maxLength: 5 }), fc.constantFrom(', ', ','), (tokens, comma) => {
        const header = tokens.map((token) => `Bearer ${token}`).join(comma);
        expect(parseAuthorization(header).kind).toBe('malformed');
      }),
    );
  });

  it('takes no longer for a long header than for its length', () => {
    for (const filler of ['=', ' ', ',', 'a=', ', bearer', 'Bearer ']) {
      const header = `Bearer ${filler.repeat(Math.ceil(120_000 / filler.length))}!`;
      const started = performance.now();
      parseAuthorization(header);
      expect(performance.now() - started).toBeLessThan(200);
    }
  });
});
