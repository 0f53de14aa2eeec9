// ARCHITECTURE §4: what the upstream receives and never receives, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { CLOSED, EVIL, IDENTITY, SPELLINGS } from './closed-headers.ts';
import { type BlackBox, NEXT_UPSTREAM_SECRET, UPSTREAM_SECRET, type Visitor } from './support/gateway.ts';
import { plainly, type Received } from './support/recorder.ts';
import { openUpstreamBox } from './upstream-bed.ts';

const valuesOf = ({ fields }: Received) => fields.map(([, value]) => value).join('\n');
let box: BlackBox;
let user: Visitor;
beforeAll(async () => {
  ({ box, user } = await openUpstreamBox());
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

describe('the default identity headers', () => {
  it.each(['/page', '/public/x'])('for a signed-in user on %s', async (path) => {
    await user.fetch(path);
    const got = box.application.last();
    expect(Object.fromEntries(IDENTITY.map((name) => [name, got.header(name)]))).toEqual({
      'x-forwarded-user': SEED.users.user,
      'x-forwarded-email': 'uma@acme.example',
      'x-forwarded-preferred-username': 'uma@acme.zitadel.example',
      'x-forwarded-name': 'Uma Lind',
      'x-forwarded-roles': 'user',
      'x-forwarded-groups': undefined,
      'x-forwarded-org': SEED.organizationId,
      'x-forwarded-actor': undefined,
    });
  });

  it('an e-mail that is not verified is not sent', async () => {
    const visitor = box.visitor();
    await visitor.signIn('nobody');
    await visitor.fetch('/page', { headers: { 'x-forwarded-email': 'ceo@acme.example' } });
    expect(box.application.last().header('x-forwarded-email')).toBeUndefined();
    expect(box.application.last().header('x-forwarded-roles') ?? '').toBe('');
  });

  it('roles are sorted; what is not printable ASCII comes back by decodeURIComponent', async () => {
    const visitor = box.visitor();
    await visitor.signIn('staff');
    await visitor.fetch('/page');
    expect(box.application.last().header('x-forwarded-roles')).toBe('staff,user');
    const name = box.application.last().header('x-forwarded-name') ?? '';
    expect(name).toMatch(/^[\x20-\x7e]+$/);
    expect(decodeURIComponent(name)).toBe('Zoë Kõiv-Straße 王');
  });

  it('with them: proto, host, client, request id, traceparent, the gateway’s secret', async () => {
    const answer = await user.fetch('/page');
    const got = box.application.last();
    expect(got.header('x-forwarded-proto')).toBe('https');
    expect(got.header('x-forwarded-host')).toBe('app.example.com');
    expect(got.header('x-request-id')).toBe(answer.headers.get('x-request-id'));
    expect(got.header('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    expect(got.header('x-gateway-secret')).toBe(UPSTREAM_SECRET);
  });
});

describe('what never reaches the upstream', () => {
  describe.each(SPELLINGS)('%s', (_kind, spell) => {
    it.each(['/page', '/public/x'])('a visitor’s header on %s', async (path) => {
      const headers = Object.fromEntries(CLOSED.map((name) => [spell(name), EVIL]));
      const who = path === '/page' ? user : box.visitor();
      expect((await who.fetch(path, { headers })).status).toBe(200);
      const leaked = box.application.last().fields.filter(([, value]) => value.includes(EVIL));
      expect(leaked).toEqual([]);
    });
  });

  it('the proof of the gateway, when a visitor sends one', async () => {
    await box.ask('/public/x', {
      headers: { 'x-gateway-secret': NEXT_UPSTREAM_SECRET, X_Gateway_Secret: NEXT_UPSTREAM_SECRET },
    });
    const sent = box.application
      .last()
      .fields.filter(([name]) => name.toLowerCase().replace(/[^a-z]/g, '') === 'xgatewaysecret');
    expect(sent.map(([, value]) => value)).toEqual([UPSTREAM_SECRET]);
  });

  it.each(['/page', '/public/x'])('the gateway’s own cookies on %s; the application’s pass', async (path) => {
    await user.go('/auth/login');
    const names = [...(await user.cookies()).keys()];
    expect(names.length).toBeGreaterThan(1);
    const cookie = ['a=1', '__Host-postern.0=x', 'postern=y', 'sessionid=abc', 'theme="dark; x"'];
    await user.fetch(path, { headers: { cookie } });
    const sent = box.application.last().header('cookie') ?? '';
    expect(sent).not.toMatch(/__Host-postern/i);
    expect(sent).toContain('a=1');
    expect(sent).toContain('sessionid=abc');
  });

  it('hop-by-hop headers', async () => {
    await user.fetch('/page', {
      headers: {
        te: 'trailers',
        'keep-alive': 'timeout=5',
        'proxy-authorization': 'Basic x',
        'proxy-connection': 'keep-alive',
        'x-hop': '1',
        connection: 'x-hop',
      },
    });
    const names = box.application.last().fields.map(([name]) => name.toLowerCase());
    for (const name of ['te', 'proxy-authorization', 'proxy-connection', 'x-hop']) expect(names).not.toContain(name);
    expect(box.application.last().header('keep-alive') ?? '').not.toContain('timeout=5');
  });

  it('a Connection header can’t name an identity header away', async () => {
    const connection = 'X-Forwarded-User, x-forwarded-roles, x-gateway-secret, x-forwarded-for, cookie, host';
    await user.fetch('/page', { headers: { connection } });
    expect(box.application.last().header('x-forwarded-user')).toBe(SEED.users.user);
    expect(box.application.last().header('x-forwarded-roles')).toBe('user');
    expect(box.application.last().header('x-gateway-secret')).toBe(UPSTREAM_SECRET);
  });

  it('a bearer token that the gateway consumed', async () => {
    const token = await box.zitadel.mintAccessToken({ sub: 'user', jwt: true });
    await box.ask('/page', { headers: { authorization: `Bearer ${token}` } });
    expect(valuesOf(box.application.last())).not.toContain(token);
  });

  it('a client address that the visitor claims', async () => {
    await user.fetch('/page', {
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', 'true-client-ip': '203.0.113.9' },
    });
    expect(valuesOf(box.application.last())).not.toContain('203.0.113.9');
  });

  it('tokens of ZITADEL’s, unless the route says so', async () => {
    await user.fetch('/page');
    expect(box.application.last().header('authorization')).toBeUndefined();
    expect(box.application.last().header('x-forwarded-id-token')).toBeUndefined();
    await user.fetch('/tokens/x', { headers: { 'x-forwarded-id-token': EVIL } });
    expect(box.application.last().header('authorization')).toMatch(/^Bearer \S+$/);
    expect(box.application.last().header('x-forwarded-id-token')?.split('.')).toHaveLength(3);
  });
});
