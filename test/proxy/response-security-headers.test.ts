// The security headers that the application’s answers lack.
// ARCHITECTURE §1 SECURITY_HEADERS.

import { describe, expect, it } from 'vitest';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';
import { addresses, received } from './upstream-response-bed.ts';

describe('security headers', () => {
  const names = ['x-content-type-options', 'referrer-policy', 'x-frame-options', 'strict-transport-security'];
  const shown = (headers: Headers) => names.map((name) => headers.get(name));

  it('come where the application has none', () => {
    expect(shown(received({}))).toEqual([
      'nosniff',
      'strict-origin-when-cross-origin',
      'SAMEORIGIN',
      'max-age=31536000',
    ]);
  });

  it.each([302, 401, 404, 500, 503])('come on a %s too', (status) => {
    expect(shown(received({}, { status }))).toEqual(shown(received({})));
  });

  it('stand as the application set them', () => {
    const own = {
      'Referrer-Policy': 'unsafe-url',
      'X-Frame-Options': 'DENY',
      'Strict-Transport-Security': 'max-age=0',
      'X-Content-Type-Options': 'x',
    };
    expect(shown(received(own))).toEqual(['x', 'unsafe-url', 'DENY', 'max-age=0']);
  });

  it.each([
    'frame-ancestors *',
    "default-src 'self'; Frame-Ancestors 'none'",
    'default-src *, frame-ancestors a.example',
  ])('X-Frame-Options gives way to %s', (policy) =>
    expect(received({ 'Content-Security-Policy': policy }).has('x-frame-options')).toBe(false),
  );

  it('SECURITY_HEADERS changes, leaves out and adds, in any spelling', () => {
    const headers = received(
      { 'Permissions-Policy': 'own' },
      {
        securityHeaders: {
          'x-frame-options': false,
          'REFERRER-POLICY': 'no-referrer',
          'X-More': '1',
          'Permissions-Policy': 'x',
        },
      },
    );
    expect(shown(headers)).toEqual(['nosniff', 'no-referrer', null, 'max-age=31536000']);
    expect([headers.get('x-more'), headers.get('permissions-policy')]).toEqual(['1', 'own']);
  });

  it('no HSTS without TLS, none of them on a 304', () => {
    const plain = compileResponseHeaders({ isSecure: false, securityHeaders: {} });
    const headers = new Headers();
    plain({ status: 200, headers }, { addresses, isPersonal: true });
    expect(headers.has('strict-transport-security')).toBe(false);
    expect(shown(received({}, { status: 304 }))).toEqual([null, null, null, null]);
  });
});
