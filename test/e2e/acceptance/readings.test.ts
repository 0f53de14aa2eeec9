// ARCHITECTURE §1: every reading of a path, and IDENTITY_HEADERS, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { type BlackBox, openBox, type Visitor } from './support/gateway.ts';

describe('every reading of a path', () => {
  let box: BlackBox;
  let user: Visitor;
  beforeAll(async () => {
    box = await openBox({
      env: {
        ROUTES: [
          { path: '/admin/*', roles: ['admin'] },
          { path: '/Secret/*', access: 'deny' },
          { path: '/käse/a b', access: 'deny' },
          { path: '/files/*.txt', access: 'public' },
          { path: '/public/*', access: 'public' },
        ],
      },
    });
    user = box.visitor();
    await user.signIn('user');
  });
  afterAll(() => box.stop());
  beforeEach(() => {
    box.application.received.length = 0;
  });

  it.each([
    '/admin',
    '/admin/',
    '/admin/x',
    '/%61dmin/x',
    '/ad%6din/x',
    '/admin%2fx',
    '/admin%2Fx',
    '/x/..%2fadmin/x',
    '/x/%2e%2e%2fadmin/x',
    '/x/%2e%2e/admin/x',
    '/./admin/x',
    '//admin/x',
    '/%2fadmin/x',
    '/Admin/x',
    '/ADMIN%2fx',
    '/admin;a=b/x',
    '/admin;/x',
    '/;x/admin/x',
    '/admin%3ba=b/x',
    '/admin%5cx',
    '/%5cadmin%5cx',
    '/admin%20/x',
    '/admin./x',
    '/admin../x',
    '/admin%2e/x',
    '/%2561dmin/x',
    '/%252561dmin/x',
    '/admin%252fx',
    '/public/..%2fadmin/x',
    '/public/..;/admin/x',
    '/public/%2e%2e;/admin/x',
    '/public/..%5cadmin/x',
    '/public/.%2e/.%2e/admin/x',
    '/public/x/..%2f..%2fadmin/x',
    '/public%2f..%2fadmin/x',
    '/public/%252e%252e%252fadmin',
    '/%41DMIN',
    '/admin%09/x',
    '/admin%0a/x',
    '/secret/x',
    '/SECRET',
    '/k%C3%A4se/a%20b',
    '/K%C3%84SE/A%20B',
  ])('%s is no way in', async (path) => {
    for (const visitor of [user, box.visitor()]) {
      const answer = await visitor.fetch(path);
      expect([path, [400, 401, 403].includes(answer.status), answer.status]).toEqual([path, true, answer.status]);
    }
    expect(box.application.received).toEqual([]);
  });

  it.each([
    '/public/a%00',
    '/a%zz',
    '/a%',
    '/a%4',
    '/%00',
    '/..%2f..%2fx',
    '/%2e%2e%2fx',
    '/a/..%2f..%2f..%2fetc',
    '/%c0%af',
    '/public/%25zz%00',
    '/..;/x',
    '/a%2500',
  ])('%s is nonsense: 400', async (path) => {
    for (const visitor of [user, box.visitor()]) expect((await visitor.fetch(path)).status).toBe(400);
    expect((await user.go(path)).headers.get('content-type')).toMatch(/^text\/html/);
    expect(box.application.received).toEqual([]);
  });

  it.each(['/discount/50%25', '/a%25b', '/public/100%25', '/a%20b%3B', '/a.b/c..d', '/~x/', '/a:b@c'])(
    '%s is fine',
    async (path) => {
      expect((await user.fetch(path)).status).toBe(200);
      expect(box.application.last().target).toBe(path);
    },
  );

  it('a rule never sees the query', async () => {
    for (const path of ['/page?/public/x', '/page?x=/public/health', '/page?.txt', '/page%3f/public/x']) {
      expect((await box.visitor().fetch(path)).status).toBe(401);
    }
    expect((await user.fetch('/page?/admin/x&%00&..%2f..%2f')).status).toBe(200);
  });

  it('* inside a segment matches within it', async () => {
    const anyone = box.visitor();
    expect((await anyone.fetch('/files/a.txt')).status).toBe(200);
    expect((await anyone.fetch('/files/.txt')).status).not.toBe(500);
    expect((await anyone.fetch('/files/a/b.txt')).status).toBe(401);
    expect((await anyone.fetch('/files/a.txt.exe')).status).toBe(401);
    expect((await anyone.fetch('/files/a%2fb.txt')).status).toBe(401);
  });

  it('a prefix ends at a segment', async () => {
    expect((await user.fetch('/administrator')).status).toBe(200);
    expect((await box.visitor().fetch('/publication')).status).toBe(401);
  });
});

describe('IDENTITY_HEADERS', () => {
  let box: BlackBox;
  let staff: Visitor;
  beforeAll(async () => {
    box = await openBox({
      env: {
        ROUTES: [{ path: '/public/*', access: 'public' }],
        IDENTITY_HEADERS: {
          'remote-user': 'preferred_username',
          'X-WEBAUTH-ROLES': 'roles',
          'X-Department': 'metadata.department',
          'X-Org-Name': 'urn:zitadel:iam:user:resourceowner:name',
          'X-Org': 'org',
          'X-Lang': 'locale',
          'X-Given_Name': 'given_name',
        },
      },
    });
    staff = box.visitor();
    await staff.signIn('staff');
  });
  afterAll(() => box.stop());

  it('names others, in the place of the default set', async () => {
    await staff.fetch('/page');
    const got = box.application.last();
    expect(got.header('remote-user')).toBe('zoe@acme.zitadel.example');
    expect(got.header('x-webauth-roles')).toBe('staff,user');
    expect(decodeURIComponent(got.header('x-department') ?? '')).toBe('Köögid & Büros, 部');
    expect(got.header('x-org-name')).toBe('ACME');
    expect(got.header('x-org')).toBe(SEED.organizationId);
    expect(got.header('x-forwarded-user')).toBeUndefined();
    expect(got.header('x-forwarded-roles')).toBeUndefined();
  });

  it.each([
    'remote-user',
    'REMOTE_USER',
    'Remote.User',
    'remoteuser',
    'x_webauth_roles',
    'X-Department',
    'x_department',
    'x.org.name',
    'X_Org',
    'x-given-name',
    'xGivenName',
    'x-forwarded-user',
    'x_forwarded_groups',
    'X.Forwarded.Email',
  ])('a visitor’s %s stays out, on public routes too', async (name) => {
    await box.ask('/public/x', { headers: { [name]: 'evil-value' } });
    expect(box.application.last().fields.filter(([, value]) => value === 'evil-value')).toEqual([]);
    await staff.fetch('/page', { headers: { [name]: 'evil-value' } });
    expect(box.application.last().fields.filter(([, value]) => value === 'evil-value')).toEqual([]);
  });
});
