// ARCHITECTURE §2, promise 3: the callback, and the cookies of a session and of a login, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectNoInlineScript, expectOwnHeaders } from './support/expectations.ts';
import { addressOf, type BlackBox, isSignedIn, openBox } from './support/gateway.ts';
import type { Answer } from './support/send.ts';

let box: BlackBox;
beforeAll(async () => {
  box = await openBox({ env: { ROUTES: [{ path: '/', access: 'public' }] } });
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
});

const authorize = async (query: string, visitor = box.visitor()) => {
  const answer = await visitor.go(`/auth/login${query}`);
  expect([302, 303]).toContain(answer.status);
  return new URL(addressOf(answer));
};

describe('cookies of the gateway', () => {
  it('on HTTPS: __Host-postern…, HttpOnly, Secure, SameSite, Path=/, no Domain', async () => {
    const visitor = box.visitor();
    const first = await visitor.go('/page');
    const second = await box.visitor().signIn('user');
    const lines = [...first.cookies, ...second.cookies];
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/^__Host-postern[^=]*=/);
      const attributes = line
        .split(';')
        .slice(1)
        .map((part) => part.trim().toLowerCase());
      expect(attributes).toEqual(expect.arrayContaining(['path=/', 'httponly', 'secure']));
      expect(attributes.some((part) => /^samesite=(lax|strict)$/.test(part))).toBe(true);
      expect(attributes.some((part) => part.startsWith('domain'))).toBe(false);
    }
    expect(second.cookies.some((line) => /^__Host-postern=ey/.test(line))).toBe(true);
  });

  it('the session cookie is a JWE (dir, A256GCM, kid) with its purpose and version in the header', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const value = (await visitor.cookies()).get('__Host-postern') ?? '';
    expect(value.split('.')).toHaveLength(5);
    const header = JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    expect(header.kid).toBeTruthy();
    expect(Object.keys(header).length).toBeGreaterThan(3);
  });

  it('a plain request of a signed-in user sets no cookie', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    expect((await visitor.fetch('/page')).cookies).toEqual([]);
  });

  it('on plain-HTTP loopback: postern…, without Secure, no HSTS', async () => {
    const local = await openBox({ origin: 'http://localhost:8787' });
    try {
      const visitor = local.visitor();
      const first = await visitor.go('/page');
      expectOwnHeaders(first, false);
      const second = await visitor.signIn('user');
      for (const line of [...first.cookies, ...second.cookies]) {
        expect(line).toMatch(/^postern[^=]*=/);
        expect(line).not.toMatch(/; secure/i);
        expect(line).toMatch(/; httponly/i);
      }
      expect(await isSignedIn(visitor)).toBe(true);
      expect((await visitor.fetch('/page')).headers.get('strict-transport-security')).toBeNull();
    } finally {
      await local.stop();
    }
  });

  it('at most eight transactions at a time, and at least five still end signed in', async () => {
    const visitor = box.visitor();
    const logins: string[] = [];
    for (let tab = 0; tab < 12; tab += 1) logins.push(addressOf(await visitor.go(`/tab/${tab}`)));
    const names = [...(await visitor.cookies()).keys()];
    expect(names.length).toBeLessThanOrEqual(8);
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const tab of [11, 10, 9, 8, 7]) {
      const callback = await box.zitadel.signIn({ authorizeUrl: logins[tab] ?? '', user: 'user' });
      const answer = await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(new URL(addressOf(answer), box.origin).pathname).toBe(`/tab/${tab}`);
    }
  });
});

describe('GET /auth/callback', () => {
  it('once more with the same state: goes on, since a session exists', async () => {
    const visitor = box.visitor();
    const callback = await box.zitadel.signIn({ authorizeUrl: addressOf(await visitor.go('/page')), user: 'user' });
    const coming = { headers: { 'sec-fetch-site': 'cross-site' } };
    await visitor.go(callback, coming);
    const again = await visitor.go(callback, coming);
    expect([302, 303]).toContain(again.status);
    expect(new URL(addressOf(again), box.origin).origin).toBe(box.origin);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('whose transaction is gone starts again, once, and then says so', async () => {
    const victim = box.visitor();
    const callback = await box.zitadel.signIn({
      authorizeUrl: addressOf(await box.visitor().go('/page')),
      user: 'user',
    });
    const again = await victim.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect([302, 303]).toContain(again.status);
    expect(await isSignedIn(victim)).toBe(false);
  });

  it('a browser that keeps no cookies gets a page, not a loop', async () => {
    let target = '/page';
    let answer: Answer | undefined;
    for (let round = 0; round < 6; round += 1) {
      // A new visitor each time: nothing is kept.
      answer = await box.visitor().go(target, { headers: { 'sec-fetch-site': 'cross-site' } });
      if (answer.status !== 302 && answer.status !== 303) break;
      const next = addressOf(answer);
      target = next.startsWith(box.zitadel.issuer)
        ? await box.zitadel.signIn({ authorizeUrl: next, user: 'user' })
        : next;
    }
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    if (answer) expectNoInlineScript(answer);
  });

  it.each([
    '',
    '?code=x',
    '?state=x',
    '?code=x&state=y',
    '?error=x',
    '?state=%00%ff&code=%0d%0a',
    '?code=a&code=b&state=c&state=d',
  ])('callback%s never makes a session', async (query) => {
    const visitor = box.visitor();
    const answer = await visitor.go(`/auth/callback${query}`);
    expect(answer.status).toBeLessThan(500);
    expectOwnHeaders(answer);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('a new login gets a new session id', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const first = (await visitor.fetch('/auth/userinfo')).json().session.id;
    const callback = await box.zitadel.signIn({
      authorizeUrl: await authorize('?prompt=login', visitor),
      user: 'admin',
    });
    await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    const second = (await visitor.fetch('/auth/userinfo')).json();
    expect(second.sub).toBe(SEED.users.admin);
    expect(second.session.id).not.toBe(first);
  });
});
