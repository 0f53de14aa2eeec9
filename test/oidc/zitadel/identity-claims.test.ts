// From claims to an identity: nothing counts that is not of its form, and nothing is found that is not there.
// OIDC Core §5.1, §5.7 (email_verified); RFC 8693 §4.1 (act); ARCHITECTURE §4; ZITADEL's metadata.

import { describe, expect, it } from 'vitest';
import { readIdentity, withActor } from '../../../src/oidc/zitadel/identity-claims.ts';

const ORG = 'urn:zitadel:iam:user:resourceowner:id';
const METADATA = 'urn:zitadel:iam:user:metadata';
const PLAIN_ROLES = 'urn:zitadel:iam:org:project:roles';

function read(claims: Record<string, unknown>, claimNames: readonly string[] = []) {
  return readIdentity('1', claims, { roleMap: {}, claimNames });
}

function pick(claims: Record<string, unknown>, name: string): unknown {
  const { claims: picked } = read(claims, [name]).identity;
  return Object.hasOwn(picked, name) ? picked[name] : undefined;
}

describe('ARCHITECTURE §4: the identity', () => {
  it('has what ZITADEL says', () => {
    const claims = {
      email: 'ann@example.com',
      email_verified: true,
      preferred_username: 'ann',
      name: 'Ann',
      [ORG]: '42',
      act: { sub: '2' },
      [PLAIN_ROLES]: { admin: { '42': 'acme' } },
    };
    expect(read(claims)).toStrictEqual({
      identity: {
        sub: '1',
        email: 'ann@example.com',
        preferred_username: 'ann',
        name: 'Ann',
        org: '42',
        act: '2',
        roles: { admin: ['42'] },
        claims: {},
      },
      malformed: [],
    });
  });

  it('needs nothing but a sub', () => {
    expect(read({})).toStrictEqual({ identity: { sub: '1', roles: {}, claims: {} }, malformed: [] });
  });

  it.each(['preferred_username', 'name', 'email', ORG, 'act'])('leaves out a %s that is no text', (claim) => {
    const bare = { identity: { sub: '1', roles: {}, claims: {} }, malformed: [] };
    for (const value of ['', 7, null, {}, ['x'], { sub: '' }, { sub: 7 }])
      expect(read({ email_verified: true, [claim]: value })).toStrictEqual(bare);
  });

  it.each([undefined, false, 'true', 1])(
    'OIDC Core §5.7: an address with email_verified %j is none',
    (email_verified) => {
      expect(read({ email: 'ann@example.com', email_verified }).identity.email).toBeUndefined();
    },
  );

  it('names the claim whose roles make no sense, and takes none of them', () => {
    expect(read({ [PLAIN_ROLES]: ['admin'] })).toStrictEqual({
      identity: { sub: '1', roles: {}, claims: {} },
      malformed: [PLAIN_ROLES],
    });
  });
});

describe('RFC 8693 §4.1: who acts', () => {
  it('is whom the ID token names, and else whom the claims do', () => {
    expect(withActor({ a: 1 }, { act: { sub: '2' } })).toEqual({ a: 1, act: { sub: '2' } });
    expect(withActor({ act: { sub: '3' } }, { act: { sub: '2' } })).toEqual({ act: { sub: '2' } });
    expect(withActor({ act: { sub: '3' } }, {})).toStrictEqual({ act: { sub: '3' } });
  });
});

describe('ARCHITECTURE §4: claims by name', () => {
  it.each([
    ['by its name', { department: 'sales' }, 'department', 'sales'],
    ['by a name with dots, before any path', { 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
    ['by a path', { a: { b: { c: 3 } } }, 'a.b.c', 3],
    ['in a list', { a: ['x', 'y'] }, 'a.1', 'y'],
    ['by a name that begins like metadata', { metadata: { a: 1 }, 'metadata.x': 2 }, 'metadata.x', 2],
    ['a value that is null', { a: null }, 'a', null],
    ['a value that is no', { a: false }, 'a', false],
    ['nothing', {}, 'a', undefined],
    ['nothing at the end of a path', { a: {} }, 'a.b', undefined],
    ['nothing below a text', { a: 'text' }, 'a.length', undefined],
    ['nothing below null', { a: null }, 'a.b', undefined],
    ['nothing by inheritance', {}, 'constructor', undefined],
    ['nothing by inheritance below', { a: {} }, 'a.constructor.name', undefined],
  ])('%s', (_what, claims, name, value) => {
    expect(pick(claims, name)).toEqual(value);
  });

  it('what is nested beyond measure is left out and named: it could not be written anywhere', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const { identity, malformed } = read({ a: nested(16), b: nested(17), c: nested(50_000) }, ['a', 'b', 'c']);
    expect([Object.keys(identity.claims), malformed]).toEqual([['a'], ['b', 'c']]);
    expect(JSON.stringify(identity)).toContain('[[[[');
  });

  it('what is not there is left out', () => {
    expect(read({ a: 1 }, ['a', 'b']).identity.claims).toStrictEqual({ a: 1 });
  });
});

describe('ZITADEL’s metadata: base64url, padded or not', () => {
  it.each([
    ['a word', 'c2FsZXM', 'sales'],
    ['a padded one', 'c2FsZXM=', 'sales'],
    ['one with two paddings', 'YQ==', 'a'],
    ['letters beyond ASCII', 'a8Okc2U', 'käse'],
    ['both letters of base64url', 'Pz8_Pj4-', '???>>>'],
    ['a byte order mark, which is text', '77u_YQ', '\ufeffa'],
    ['nothing', '', ''],
    ['bytes that are no text', '_w', undefined],
    ['padding in the middle', 'YQ==YQ', undefined],
    ['more padding than there can be', 'YQ===', undefined],
    ['what is not base64url', '%%%', undefined],
    ['what is no text', 7, undefined],
    ['null', null, undefined],
  ])('%s', (_what, encoded, value) => {
    expect(pick({ [METADATA]: { department: encoded } }, 'metadata.department')).toBe(value);
  });

  it.each([
    ['none', {}],
    ['another key', { [METADATA]: { other: 'YQ' } }],
    ['by inheritance', { [METADATA]: {} }, 'metadata.constructor'],
    ['null', { [METADATA]: null }],
    ['text', { [METADATA]: 'YQ' }, 'metadata.length'],
    ['under the claim’s plain name, which nobody has vouched for', { metadata: { department: 'YQ' } }],
  ])('%s', (_what, claims, name = 'metadata.department') => {
    expect(pick(claims, name)).toBeUndefined();
  });
});
