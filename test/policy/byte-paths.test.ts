// Paths whose bytes are no UTF-8: who takes them, and that they slip past no rule in any encoding.
// docs/routes.md "Paths that are no UTF-8"; ARCHITECTURE §1 One request, every reading.

import { describe, expect, it } from 'vitest';
import { matchRequest } from '../../src/policy/match.ts';
import { parseReturnTo } from '../../src/policy/return-to.ts';
import { addresses, caller, facts, judge, ORIGIN, requirementOf, route, rulesOf } from './build.ts';

const BYTES = { paths: 'bytes' } as const;
const upstream = { origin: 'http://old.internal', basePath: '' };

describe('paths = "bytes" takes what is no UTF-8', () => {
  const rules = rulesOf(route('/old/*', BYTES), route('/new/*'));

  it.each([
    ['Latin-1', '/old/caf%E9'],
    ['in small letters', '/old/caf%e9'],
    ['windows-1252 quotes', '/old/%93quoted%94'],
    ['Shift JIS, with a backslash as its second byte', '/old/%95%5C'],
    ['Shift JIS, with bytes that windows-1252 has no letter for', '/old/%81%8D%9D'],
    ['KOI8-R', '/old/%CF%D4%DE%A3%D4'],
    ['GBK, with two bytes that look like an overlong form', '/old/%C0%A9'],
    ['UTF-8 and Latin-1 mixed', '/old/%C3%A9-%E9'],
    ['bytes that are in no encoding', '/old/%FF%FE'],
    ['half a character', '/old/%C3'],
    ['a surrogate', '/old/%ED%A0%80'],
    ['encoded twice', '/old/%25E9'],
    ['in 7,500 bytes', `/old/${'caf%E9/'.repeat(1070)}`],
  ])('%s', (_what, path) => {
    expect(judge(rules, path, caller()).kind).toBe('allow');
    expect(judge(rules, path).kind).toBe('sign-in');
  });

  it.each([
    ['another rule', '/new/caf%E9', { kind: 'nonsense' }],
    ['no rule', '/caf%E9', { kind: 'nonsense' }],
    ['the folder, out of which a reading leads', '/old/..%2f%E9', { kind: 'nonsense' }],
    ['a backslash that leads out', '/old/..%5c%E9', { kind: 'nonsense' }],
    ['an overlong slash that leads out', '/old/..%C0%AFx', { kind: 'allow' }],
    ['an overlong slash and dots that lead out of the root', '/old/%C0%AE%C0%AE%C0%AF..%C0%AF', { kind: 'nonsense' }],
    ['NUL beside it', '/old/%E9%00', { kind: 'nonsense', reason: 'control character' }],
    ['an overlong NUL', '/old/%C0%80', { kind: 'nonsense', reason: 'control character' }],
    ['broken percent-encoding beside it', '/old/%E9%zz', { kind: 'nonsense', reason: 'broken percent-encoding' }],
  ])('judges %s', (_what, path, verdict) => {
    expect(judge(rules, path, caller())).toMatchObject(verdict);
  });

  it('without such a rule every one of them is 400', () => {
    for (const path of ['/old/caf%E9', '/old/%FF', '/old/%C0%AF'])
      expect(judge(rulesOf(route('/old/*'), route('/*', { access: 'public' })), path).kind).toBe('nonsense');
  });
});

describe('no rule is slipped past', () => {
  const admin = { roles: ['admin'] };
  const spellings = ['/é/*', '/É/*'];
  const paths = ['/%E9/x', '/%e9/x', '/%C9/x', '/%C3%A9/x', '/%C3%89/x', '/x/..%2f%E9/y', '/%25E9/x', '/%25C3%25A9/x'];

  it.each(spellings.flatMap((spelling) => paths.map((path) => [spelling, path])))('%s, by %s', (spelling, path) => {
    const both = rulesOf(route(spelling, { ...admin, ...BYTES }), route('/*', BYTES));
    expect(judge(both, path, caller()).kind).toBe('refuse');
    expect(judge(both, path, caller(['admin'])).kind).toBe('allow');
    const one = rulesOf(route(spelling, admin), route('/*', BYTES));
    expect(['refuse', 'nonsense']).toContain(judge(one, path, caller()).kind);
  });

  it.each([
    ['bytes that are left out', '/old/ad%E9min'],
    ['bytes that are left out of dots', '/old/x/.%FF./admin'],
    ['a question mark in place of bytes', '/old/admin%FFx'],
    ['letters that are left out, too', '/old/ad%C3%A9min'],
    ['a no-break space that is trimmed', '/old/admin%A0'],
    ['a next line that is left out', '/old/admin%85/x'],
    ['an overlong letter', '/old/%C1%A1dmin'],
    ['an overlong slash', '/old/x/..%C0%AFadmin'],
    ['an overlong slash of three bytes', '/old/x/..%E0%80%AFadmin'],
    ['an overlong dot of four bytes', '/old/x/%F0%80%80%AE./admin'],
    ['an overlong question mark', '/old/admin%C0%BFx'],
    ['a letter, once decoded again', '/old/%2561dmin/%E9'],
    ['parameters of bytes', '/old/admin;%E9/x'],
    ['parameters, once their sign is decoded', '/old/admin%3b%E9/x'],
    ['a backslash after a lead byte', '/old/%95%5C../admin'],
    ['case', '/old/ADMIN/%E9'],
  ])('a guarded folder in ASCII, by %s', (_what, path) => {
    const rules = rulesOf(
      route('/old/admin/*', { ...admin, ...BYTES }),
      route('/old/*', { access: 'public', ...BYTES }),
    );
    expect(judge(rules, path, caller()).kind).toBe('refuse');
    expect(judge(rules, path).kind).toBe('sign-in');
    const closed = rulesOf(route('/old/admin/*', admin), route('/old/*', { access: 'public', ...BYTES }));
    expect(['refuse', 'nonsense']).toContain(judge(closed, path, caller()).kind);
  });

  it('a surrogate pair in bytes is the character that a rule names', () => {
    const rules = rulesOf(route('/😀/*', { ...admin, ...BYTES }), route('/*', BYTES));
    expect(judge(rules, '/%ED%A0%BD%ED%B8%80/x', caller()).kind).toBe('refuse');
  });

  it('a path in UTF-8 is judged as Latin-1, too, where a rule takes bytes', () => {
    const rules = rulesOf(route('/Ã©/*', admin), route('/*', { access: 'public', ...BYTES }));
    expect(judge(rules, '/%C3%A9/x', caller()).kind).toBe('refuse');
    expect(judge(rulesOf(route('/Ã©/*', admin), route('/*', { access: 'public' })), '/%C3%A9/x').kind).toBe('allow');
  });
});

describe('the way up', () => {
  it('a rule’s own path may be spelled in Latin-1, and is stripped', () => {
    const rules = rulesOf(route('/café/*', { ...BYTES, upstream, strip_prefix: true }));
    for (const path of ['/caf%E9/%E9', '/caf%C3%A9/x'])
      expect(requirementOf(rules, path).forwarding).toMatchObject({ rule: 1, strip_prefix: '/café' });
  });

  it('what is left without the prefix is judged by every reading, too', () => {
    const rules = rulesOf(
      route('/files/admin/*', { roles: ['admin'], ...BYTES, strip_prefix: '/files' }),
      route('/files/*', { access: 'public', ...BYTES, strip_prefix: true }),
    );
    expect(judge(rules, '/files/%E9').kind).toBe('allow');
    for (const path of ['/files/..%C0%AF%E9', '/files/%E9/../..%2fx', '/files/%FF.%FF./x'])
      expect(judge(rules, path).kind, path).not.toBe('allow');
    expect(judge(rules, '/files/ad%FFmin/x', caller()).kind).toBe('refuse');
  });

  it('readings in which the text is whole have to lead one way', () => {
    const rules = rulesOf(route('/old/*', BYTES), route('/x/é/*', { ...BYTES, upstream }));
    expect(matchRequest(rules, facts('/old/..%2fx/%E9'))).toMatchObject({ kind: 'nonsense' });
  });
});

describe('what it says', () => {
  it('the readings are there where they are why', () => {
    const rules = rulesOf(route('/é/*', { roles: ['admin'] }), route('/*', BYTES));
    const matched = matchRequest(rules, facts('/%E9/x'));
    expect(matched).toMatchObject({ kind: 'nonsense', reason: expect.stringContaining('no UTF-8') });
    expect(matched.kind === 'nonsense' && matched.meetings?.map(({ reading }) => reading)).toContain('/é/x');
  });

  it('a plain path is judged as before', () => {
    const rules = rulesOf(route('/old/*', BYTES));
    expect(matchRequest(rules, facts('/old/plain'))).toBe(matchRequest(rules, facts('/old/other')));
  });
});

describe('return_to', () => {
  const own = addresses(`${ORIGIN}/auth/callback`);

  it.each(['/old/caf%E9', '/old/%FF?q=%E9', '/old/%93x%94#y'])('comes back to the same bytes: %s', (target) => {
    expect(parseReturnTo(target, own)).toBe(target);
    expect(parseReturnTo(ORIGIN + target, own)).toBe(target);
  });

  it.each([
    '/auth/log%FFout',
    '/%E9/..%C0%AF/auth/logout',
    '/%FF/%2e%2e//evil.example',
    '/%FF%5Cevil.example',
    '/%E9%00',
  ])('leads neither round nor away: %s', (target) => expect(parseReturnTo(target, own)).toBeUndefined());
});
