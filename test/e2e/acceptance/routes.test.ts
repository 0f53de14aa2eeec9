// Design §1: routes, every field of a rule, and every reading of a path.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { addressOf, type BlackBox, openBox, type Visitor } from './support/gateway.ts';
import { plainly, type Recorder, startRecorder } from './support/recorder.ts';

let other: Recorder;
beforeAll(async () => {
  other = await startRecorder();
});
afterAll(() => other.close());

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

const UPSTREAM_SECRET = '5de81c40b7a9f3266e0d17c5a8b94f20d36e7c1b88a5f094';
const OTHER_SECRET = '93f0b6a2e85d7c141f6ea0d9c3b8275640ad1e9fb27c6385';

describe.each(['a table', 'a JSON string'])('fields of a rule, ROUTES as %s', (form) => {
  let box: BlackBox;
  let admin: Visitor;
  let user: Visitor;
  beforeAll(async () => {
    const rules = [
      { path: '/report', access: 'public' },
      { path: '/form', methods: ['POST'], roles: ['Administrators'] },
      { path: '/form', access: 'public' },
      { path: '/org/*', orgs: [SEED.organizationId] },
      { path: '/foreign/*', orgs: [SEED.otherOrganizationId] },
      { path: '/mapped/*', roles: ['Administrators'] },
      { path: '/unmapped/*', roles: ['admin'] },
      { path: '/claims/*', claims: { preferred_username: ['ada@acme.zitadel.example'], email_verified: [true] } },
      { path: '/metadata/*', claims: { 'metadata.department': ['Management'] } },
      { path: '/trial/*', mode: 'report', roles: ['Administrators'] },
      { path: '/trial/open', access: 'public' },
      { path: '/try-deny/*', mode: 'report', access: 'deny' },
      { path: '/other/*', upstream: other.origin, strip_prefix: true, access: 'public' },
      { path: '/v1/other/*', upstream: `${other.origin}/base`, strip_prefix: '/v1', access: 'public' },
      { path: '/kept/*', upstream: other.origin, access: 'public', upstream_secret: 'OTHER_SECRET' },
      { path: '/fresh/*', max_age: 3600 },
      { path: '/here/*', hosts: ['app.example.com'], access: 'public' },
      { path: '/there/*', hosts: ['second.example.com'], access: 'public' },
    ];
    const ROLE_MAP = { admin: 'Administrators' };
    const asText = form === 'a JSON string';
    box = await openBox({
      env: {
        ROUTES: asText ? JSON.stringify(rules) : rules,
        ROLE_MAP: asText ? JSON.stringify(ROLE_MAP) : ROLE_MAP,
        SESSION_DURATION: asText ? '1800' : 1800,
        UPSTREAM_SECRET,
        OTHER_SECRET,
      },
    });
    admin = box.visitor();
    await admin.signIn('admin');
    user = box.visitor();
    await user.signIn('user');
  });
  afterAll(() => box.stop());
  beforeEach(() => {
    box.application.received.length = 0;
    other.received.length = 0;
    box.application.answer = plainly;
  });

  it('path: with or without a slash at its end', async () => {
    expect((await box.visitor().fetch('/report')).status).toBe(200);
    expect((await box.visitor().fetch('/report/')).status).toBe(200);
    expect((await box.visitor().fetch('/report/x')).status).toBe(401);
  });

  it('methods, and the first match wins', async () => {
    expect((await user.fetch('/form')).status).toBe(200);
    expect((await user.fetch('/form', { method: 'POST', headers: { origin: box.origin } })).status).toBe(403);
    expect((await admin.fetch('/form', { method: 'POST', headers: { origin: box.origin } })).status).toBe(200);
  });

  it('hosts', async () => {
    expect((await box.visitor().fetch('/here/x')).status).toBe(200);
    expect((await box.visitor().fetch('/there/x')).status).toBe(401);
    expect((await box.ask('https://second.example.com/there/x')).status).toBe(200);
    expect((await box.ask('https://SECOND.example.com/there/x')).status).toBe(200);
  });

  it('orgs', async () => {
    expect((await user.fetch('/org/x')).status).toBe(200);
    expect((await user.fetch('/foreign/x')).status).toBe(403);
  });

  it('roles are those after ROLE_MAP, in rules and headers', async () => {
    expect((await admin.fetch('/mapped/x')).status).toBe(200);
    expect(box.application.last().header('x-forwarded-roles')).toBe('Administrators,user');
    expect((await user.fetch('/mapped/x')).status).toBe(403);
    expect((await admin.fetch('/unmapped/x')).status).toBe(403);
    expect((await admin.fetch('/auth/userinfo')).json().roles).toEqual(['Administrators', 'user']);
  });

  it('claims', async () => {
    expect((await admin.fetch('/claims/x')).status).toBe(200);
    expect((await user.fetch('/claims/x')).status).toBe(403);
    expect((await admin.fetch('/metadata/x')).status).toBe(200);
    expect((await user.fetch('/metadata/x')).status).toBe(403);
  });

  it('mode = "report" lets through as the rules below say, and logs', async () => {
    box.logs.length = 0;
    expect((await user.fetch('/trial/x')).status).toBe(200);
    expect(box.logs.join()).toMatch(/report|would/);
    expect((await box.visitor().fetch('/trial/x')).status).toBe(401);
    expect((await box.visitor().fetch('/trial/open')).status).toBe(200);
    expect((await user.fetch('/try-deny/x')).status).toBe(200);
    expect((await box.visitor().fetch('/try-deny/x')).status).toBe(401);
  });

  it('upstream and strip_prefix', async () => {
    for (const [path, target] of [
      ['/other/a/b?c', '/a/b?c'],
      ['/other', '/'],
      ['/other/', '/'],
      ['/other/a%2fb//c', '/a%2fb//c'],
      ['/v1/other/x', '/base/other/x'],
      ['/kept/x', '/kept/x'],
    ] as const) {
      expect((await box.visitor().fetch(path)).status).toBe(200);
      expect([path, other.last().target]).toEqual([path, target]);
    }
    expect(box.application.received).toEqual([]);
  });

  it('upstream_secret: to each upstream its own, or none', async () => {
    for (const [path, secret] of [
      ['/other/x', undefined],
      ['/v1/other/x', undefined],
      ['/kept/x', OTHER_SECRET],
    ] as const) {
      expect((await box.visitor().fetch(path)).status).toBe(200);
      expect([path, other.last().header('x-gateway-secret')]).toEqual([path, secret]);
    }
    expect((await box.visitor().fetch('/report')).status).toBe(200);
    expect(box.application.last().header('x-gateway-secret')).toBe(UPSTREAM_SECRET);
  });

  it.each([
    '/other/..%2fadmin',
    '/other/x/..;/..;/y',
    '/other/%252e%252e/x',
    '/other%2fx',
    '/kept%3fx',
    '/Kept/x',
    '/x/..%5ckept/y',
  ])('%s climbs out of a prefix, or leads to two upstreams: 400, and nobody hears of it', async (path) => {
    for (const visitor of [box.visitor(), admin]) expect((await visitor.fetch(path)).status).toBe(400);
    expect([...other.received, ...box.application.received]).toEqual([]);
  });

  it('a redirect of another upstream becomes a public one', async () => {
    other.answer = (_, response) => {
      response.writeHead(302, { location: `${other.origin}/login` });
      response.end();
    };
    const location = addressOf(await box.visitor().fetch('/other/x'));
    other.answer = plainly;
    expect(new URL(location, box.origin).href).toBe(`${box.origin}/other/login`);
  });

  it('max_age is met by a fresh login', async () => {
    expect((await user.fetch('/fresh/x')).status).toBe(200);
  });

  it('what matches none needs a signed-in user', async () => {
    expect((await box.visitor().fetch('/')).status).toBe(401);
    expect((await user.fetch('/')).status).toBe(200);
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
