// What must hold for every claim, every header name and every cookie header that anybody can think of.
// Design §4.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerValue } from '../../src/identity/header-value.ts';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';
import { withoutOwnCookies } from '../../src/proxy/own-cookies.ts';
import { compileUpstreamRequest } from '../../src/proxy/upstream-request.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.stringMatching(/^[ ,%a-c]*$/),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'ä', ' ') }),
);

describe('a header value', () => {
  it('is printable ASCII without blanks at its ends, and decodes to the claim', () => {
    fc.assert(
      fc.property(text, (claim) => {
        const value = headerValue(claim);
        fc.pre(claim !== '');
        expect(value).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
        expect(decodeURIComponent(value as string)).toBe(claim.toWellFormed());
      }),
    );
  });

  it('of a list decodes item by item', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2 }), (claim) => {
        const value = headerValue(claim) as string;
        expect(new Headers({ a: value }).get('a')?.split(',').map(decodeURIComponent)).toEqual(
          claim.map((item) => item.toWellFormed()),
        );
      }),
    );
  });
});

describe('a reserved name', () => {
  const config = { upstream: { origin: 'http://app.internal', basePath: '' }, isSecure: true, upstreamSecrets: [] };
  const build = compileUpstreamRequest(config, compileReservedNames({ identityHeaders: { 'X-Staff': 'sub' } }));
  const extras = { requestId: 'r', traceparent: 't', identityHeaders: [], consumesAuthorization: false };
  const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const sign = fc.constantFrom('', '-', '_', '.', '!', '~', "'", '__', '-_');
  const reserved = fc.constantFrom(
    'x forwarded user',
    'x forwarded roles',
    'remote user',
    'x staff',
    'x real ip',
    'x original url',
    'x gateway secret',
    'forwarded',
    'x http method override',
  );

  it('gets through in no spelling', () => {
    fc.assert(
      fc.property(
        reserved,
        fc.array(sign, { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (words, signs, isUpper, isCgi) => {
          const spelled = `${isCgi ? 'HTTP_' : ''}${words
            .split(' ')
            .map((word, index) => word + signs[index])
            .join('')}`;
          const headers = new Headers({ [isUpper ? spelled.toUpperCase() : spelled]: 'evil', 'x-kept': '1' });
          const sent = build({ url: 'https://a.example/', headers }, {}, extras).headers;
          expect([...sent.values()]).not.toContain('evil');
          expect(sent.get('x-kept')).toBe('1');
          for (const name of sent.keys()) expect(fold(name).replace(/^http/, '')).not.toBe(fold(words));
        },
      ),
    );
  });
});

describe('a cookie header', () => {
  const base = '__Host-postern';
  const blank = fc.constantFrom('', ' ', '  ', '\t');
  const own = fc
    .tuple(blank, fc.constantFrom('', '.0', '-login.x', '.1'), blank)
    .map(([a, b, c]) => `${a}${base}${b}${c}=SECRET`);
  const value = fc.stringMatching(/^[a-zA-Z0-9!#$%&'()*+./:<=>?@[\]^_`{|}~" -]{0,12}$/);
  const other = fc
    .tuple(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,8}$/), value)
    .map(([name, content]) => `${name}=${content.trim()}`);

  it('never leaks ours and never loses others', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(own, other)), (cookies) => {
        const kept = withoutOwnCookies(cookies.join('; '), base);
        expect(kept ?? '').not.toMatch(/SECRET|postern/i);
        expect(kept ?? '').toBe(cookies.filter((cookie) => !cookie.includes(base)).join('; '));
      }),
    );
  });

  it('never leaks ours, however it is joined to others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(own, other, fc.string()), fc.constantFrom(';', ',', '; ', ', ', ';;', ' , '))),
        (pieces) => {
          const kept = withoutOwnCookies(pieces.flat().join(''), base) ?? '';
          expect(
            kept
              .split(/[;,]/)
              .map((pair) => pair.trim())
              .filter((pair) => pair.startsWith(base)),
          ).toEqual([]);
        },
      ),
    );
  });
});
