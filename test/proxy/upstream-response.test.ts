// What the visitor receives: nothing of the connection, nothing that was for the upstream alone. Addresses: response-addresses.test.ts.
// ARCHITECTURE §4 "Never reaches the visitor".

import { describe, expect, it } from 'vitest';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';
import { addresses, config, received } from './upstream-response-bed.ts';

describe('connection', () => {
  it('hop-by-hop fields and what they name go, what protects the visitor stays', () => {
    const headers = received({
      Connection: 'X-Hop, Content-Security-Policy, Set-Cookie',
      'X-Hop': '1',
      'Content-Security-Policy': 'x',
      'Keep-Alive': '5',
      Trailer: 'x',
      'Alt-Svc': 'h3=":443"',
      Upgrade: 'h2',
    });
    const kept = [...headers.keys()].filter((name) => !/^(x-|referrer|strict|vary|cache)/.test(name));
    expect(kept).toEqual(['content-security-policy']);
    expect(headers.has('x-hop')).toBe(false);
  });

  it('RFC 9110 §7.6.1 Connection does not take the address of a redirect with it', () => {
    const location = 'http://app.internal:8080/x';
    expect(received({ Connection: 'Location', location }).get('location')).toBe('https://a.example/x');
  });

  it('what was for the upstream alone is not shown back', () => {
    const secret = { 'X-Gateway-Secret': 's', 'X-Identity-Assertion': 'j', 'X-Gateway-Hop': 'h' };
    expect(Object.keys(secret).some((name) => received(secret).has(name))).toBe(false);
  });
});

describe('identity headers that an upstream sends back', () => {
  const rewrite = compileResponseHeaders({ ...config, identityHeaders: { 'Remote-User': 'sub', 'X-Department': 'x' } });
  const echoed = [
    ...['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Preferred-Username', 'X-Forwarded-Name'],
    ...['X-Forwarded-Roles', 'X-Forwarded-Groups', 'X-Forwarded-Org', 'X-Forwarded-Actor', 'X-Forwarded-Id-Token'],
    ...['X-Identity-Assertion', 'X-Gateway-Secret', 'X-Gateway-Hop', 'Remote-User', 'X-Department'],
    ...['x_forwarded_user', 'X_FORWARDED-Email', 'remote_user', 'X.Department', 'XIdentity-Assertion'],
  ];

  it.each(echoed)('%s does not reach the visitor', (name) => {
    for (const isPersonal of [true, false]) {
      const headers = new Headers({ [name]: 'admin', 'X-Powered-By': 'PHP', ETag: '"1"' });
      rewrite({ status: 200, headers }, { addresses, isPersonal });
      expect([...headers.values()]).not.toContain('admin');
      expect([headers.get('x-powered-by'), headers.get('etag')]).toEqual(['PHP', '"1"']);
    }
  });
});
