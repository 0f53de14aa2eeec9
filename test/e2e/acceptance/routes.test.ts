// ARCHITECTURE §1: every field of a rule, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import {
  addressOf,
  type BlackBox,
  NEXT_UPSTREAM_SECRET,
  openBox,
  UPSTREAM_SECRET,
  type Visitor,
} from './support/gateway.ts';
import { plainly, type Recorder, startRecorder } from './support/recorder.ts';

let other: Recorder;
beforeAll(async () => {
  other = await startRecorder();
});
afterAll(() => other.close());

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
      { path: '/kept/*', upstream: other.origin, access: 'public', upstream_secret: 'NEXT_UPSTREAM_SECRET' },
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
        NEXT_UPSTREAM_SECRET,
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

  it('hosts limits a rule to those hosts, in any case', async () => {
    expect((await box.visitor().fetch('/here/x')).status).toBe(200);
    expect((await box.visitor().fetch('/there/x')).status).toBe(401);
    expect((await box.ask('https://second.example.com/there/x')).status).toBe(200);
    expect((await box.ask('https://SECOND.example.com/there/x')).status).toBe(200);
  });

  it('orgs lets only members of those organisations pass', async () => {
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

  it('claims are compared, metadata too', async () => {
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

  it('upstream and strip_prefix lead each path to its application', async () => {
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
      ['/kept/x', NEXT_UPSTREAM_SECRET],
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
