// IDENTITY_HEADERS, ROLE_MAP, SECURITY_HEADERS and the assertion’s keys.
// ARCHITECTURE §1, §4; RFC 9110 §5.1, §5.5, §7.6.1; RFC 7517, RFC 8037 (keys).

import { describe, expect, it } from 'vitest';
import { configOf, issueOf, issuesOf } from './environment.ts';

describe('IDENTITY_HEADERS', () => {
  it.each([
    ['a table', { 'Remote-User': 'preferred_username', 'X-Dept': ' metadata.department ' }],
    ['JSON', '{"Remote-User":"preferred_username","X-Dept":"metadata.department"}'],
  ])('takes %s', (_what, IDENTITY_HEADERS) => {
    expect(configOf({ IDENTITY_HEADERS }).identityHeaders).toEqual({
      'Remote-User': 'preferred_username',
      'X-Dept': 'metadata.department',
    });
  });

  it('takes the default names, and an empty table as none', () => {
    expect(configOf({ IDENTITY_HEADERS: { 'X-Forwarded-User': 'email' } }).identityHeaders).toBeDefined();
    expect(configOf({ IDENTITY_HEADERS: {} }).identityHeaders).toEqual({});
  });

  it.each(['X User', 'X-User:', '', 'Käse', '---', 'X-User\r\nX'])('RFC 9110 §5.1 refuses the name %j', (name) => {
    expect(issueOf({ IDENTITY_HEADERS: { [name]: 'sub' } }).variable).toBe(`IDENTITY_HEADERS, ${name}`);
  });

  it.each([
    ['hop-by-hop', ['Connection', 'Keep-Alive', 'Proxy-Connection', 'Proxy-Authorization', 'TE', 'Trailer', 'Upgrade']],
    ['framing', ['Transfer-Encoding', 'Content-Length', 'Host', 'Content-Type']],
    ['credentials', ['Cookie', 'Set-Cookie', 'Authorization']],
    [
      'the gateway’s own',
      [
        'X-Gateway-Secret',
        'X-Gateway-Hop',
        'X-Identity-Assertion',
        'X-Request-Id',
        'traceparent',
        'X-Forwarded-Id-Token',
      ],
    ],
    [
      'where from',
      [
        'X-Forwarded-For',
        'X-Forwarded-Host',
        'X-Forwarded-Proto',
        'Forwarded',
        'X-Real-IP',
        'X-Original-URL',
        'X-HTTP-Method-Override',
        'Proxy',
      ],
    ],
  ])('refuses names with a meaning that must stand: %s', (_what, names) => {
    for (const name of names) {
      for (const variant of [name, name.toUpperCase(), name.replaceAll('-', '_')]) {
        expect(issueOf({ IDENTITY_HEADERS: { [variant]: 'sub' } }).variable).toBe(`IDENTITY_HEADERS, ${variant}`);
      }
    }
  });

  it('refuses two names that an application may take for the same', () => {
    expect(issuesOf({ IDENTITY_HEADERS: { 'X-User': 'sub', X_User: 'email' } })).toHaveLength(2);
    expect(issuesOf({ IDENTITY_HEADERS: { 'X-User': 'sub', 'x-user': 'email' } })).toHaveLength(2);
    expect(issuesOf({ IDENTITY_HEADERS: { 'X-User': 'sub', 'X.U.S.E.R': 'email' } })).toHaveLength(2);
  });

  it.each(['', ' ', 1, true, null, ['sub']])('refuses the claim %j', (claim) => {
    expect(issueOf({ IDENTITY_HEADERS: { 'X-User': claim } }).variable).toBe('IDENTITY_HEADERS, X-User');
  });

  it.each(['x', '[]', 'null', [], 1])('refuses %j for the table', (IDENTITY_HEADERS) => {
    expect(issueOf({ IDENTITY_HEADERS }).variable).toBe('IDENTITY_HEADERS');
  });
});

describe('ROLE_MAP', () => {
  it('takes a table and JSON', () => {
    for (const ROLE_MAP of [{ a: 'b' }, '{"a":"b"}']) expect(configOf({ ROLE_MAP }).roleMap).toEqual({ a: 'b' });
  });

  it('can be asked for any role, also for names of Object.prototype', () => {
    const ROLE_MAP = '{"__proto__":"p","constructor":"c"}';
    const { roleMap } = configOf({ ROLE_MAP });
    expect(Object.entries(roleMap)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect(roleMap.toString).toBeUndefined();
    expect(configOf().roleMap.constructor).toBeUndefined();
  });

  it.each([{ a: '' }, { '': 'a' }, { a: 1 }, { a: ['b'] }])('refuses %j', (ROLE_MAP) => {
    expect(issueOf({ ROLE_MAP }).variable).toContain('ROLE_MAP');
  });
});

describe('SECURITY_HEADERS', () => {
  it('takes values, and false to leave a header out', () => {
    const SECURITY_HEADERS = { 'X-Frame-Options': 'SAMEORIGIN', 'Referrer-Policy': false };
    expect(configOf({ SECURITY_HEADERS }).securityHeaders).toEqual(SECURITY_HEADERS);
    expect(configOf({ SECURITY_HEADERS: JSON.stringify(SECURITY_HEADERS) }).securityHeaders).toEqual(SECURITY_HEADERS);
  });

  it.each(['', ' a', 'a\r\nSet-Cookie: b', 'a\nb', 'ä', true, 1, null, 'false'])(
    'RFC 9110 §5.5 refuses the value %j',
    (value) => {
      expect(issueOf({ SECURITY_HEADERS: { 'X-Frame-Options': value } }).variable).toContain('X-Frame-Options');
    },
  );

  it.each(['X Frame', 'Set-Cookie', 'Content-Length', 'Connection', 'Location'])('refuses the name %s', (name) => {
    expect(issueOf({ SECURITY_HEADERS: { [name]: 'a' } }).variable).toBe(`SECURITY_HEADERS, ${name}`);
  });

  it('refuses a name twice', () => {
    expect(issuesOf({ SECURITY_HEADERS: { 'X-A': 'a', 'x-a': 'b' } })).toHaveLength(2);
  });
});

describe('ASSERTION_KEY', () => {
  const x = 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU';
  const ec = { kty: 'EC', crv: 'P-256', x, y: x, d: x, kid: 'a' };
  const okp = { kty: 'OKP', crv: 'Ed25519', x, d: x, kid: 'b', alg: 'EdDSA', use: 'sig', key_ops: ['sign'] };

  it('is optional', () => {
    expect(configOf().assertionKeys).toEqual([]);
  });

  it('takes one key or a list: the first signs', () => {
    expect(configOf({ ASSERTION_KEY: JSON.stringify(ec) }).assertionKeys).toEqual([ec]);
    expect(configOf({ ASSERTION_KEY: JSON.stringify([okp, ec]) }).assertionKeys).toEqual([okp, ec]);
  });

  it('takes keys without a kid', () => {
    const { kid: _, ...nameless } = ec;
    expect(configOf({ ASSERTION_KEY: JSON.stringify([nameless, nameless]) }).assertionKeys).toHaveLength(2);
  });

  it.each([
    ['text that is not JSON', 'x', 'not JSON'],
    ['an empty list', '[]', 'empty'],
    ['a list of text', '["x"]', 'not a table'],
    ['a public key', JSON.stringify({ ...ec, d: undefined }), 'public key'],
    ['another curve', JSON.stringify({ ...ec, crv: 'P-384' }), 'curve'],
    ['an RSA key', JSON.stringify({ kty: 'RSA', d: x, n: x, e: 'AQAB' }), 'type'],
    ['a damaged key', JSON.stringify({ ...ec, y: 'x' }), 'damaged'],
    ['another algorithm', JSON.stringify({ ...ec, alg: 'EdDSA' }), '"alg"'],
    ['a key for encryption', JSON.stringify({ ...ec, use: 'enc' }), '"use"'],
    ['a key that may not sign', JSON.stringify({ ...ec, key_ops: ['verify'] }), '"key_ops"'],
    ['a kid that is not text', JSON.stringify({ ...ec, kid: 1 }), '"kid"'],
    ['two keys of one kid', JSON.stringify([ec, { ...okp, kid: 'a' }]), '"kid"'],
    ['a bad second key', JSON.stringify([ec, { ...okp, d: undefined }]), 'key 2'],
  ])('refuses %s', (_what, ASSERTION_KEY, wanted) => {
    const issue = issueOf({ ASSERTION_KEY });
    expect(issue).toMatchObject({ variable: 'ASSERTION_KEY', found: `a value of ${ASSERTION_KEY.length} characters` });
    expect(issue.wanted).toContain(wanted);
    expect(JSON.stringify(issue)).not.toContain(x);
  });

  it('ASSERTION_BINDING is session or request', () => {
    expect(configOf({ ASSERTION_BINDING: 'request' }).assertionBinding).toBe('request');
    expect(issueOf({ ASSERTION_BINDING: 'requests' }).wanted).toContain('did you mean "request"?');
  });
});
