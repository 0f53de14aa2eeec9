// ARCHITECTURE §2, promise 4: logout, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectNoInlineScript } from './support/expectations.ts';
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

describe('logout', () => {
  const ends = (answer: Answer) => [302, 303].includes(answer.status) && addressOf(answer).includes('end_session');

  it.each([
    ['same-origin', undefined],
    ['none', undefined],
    [undefined, 'https://app.example.com/page'],
  ])('a GET with Sec-Fetch-Site %s, Referer %s ends the session', async (site, referer) => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const headers = { accept: 'text/html', ...(site && { 'sec-fetch-site': site }), ...(referer && { referer }) };
    const answer = await visitor.ask('/auth/logout', { headers });
    expect(ends(answer)).toBe(true);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it.each([
    ['cross-site', undefined],
    ['same-site', undefined],
    ['CROSS-SITE', undefined],
    ['rubbish', 'https://app.example.com/page'],
    ['cross-site', 'https://app.example.com/page'],
    [undefined, 'https://evil.example/'],
    [undefined, 'https://app.example.com.evil.example/'],
    [undefined, undefined],
  ])('a GET with Sec-Fetch-Site %s, Referer %s asks first', async (site, referer) => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const headers = { accept: 'text/html', ...(site && { 'sec-fetch-site': site }), ...(referer && { referer }) };
    const answer = await visitor.ask('/auth/logout', { headers });
    expect(answer.status).toBe(200);
    expectNoInlineScript(answer);
    expect(answer.text).toMatch(/<form[^>]+method="?post/i);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('a cross-site POST is refused', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' },
    ]) {
      const answer = await visitor.ask('/auth/logout', { method: 'POST', headers });
      expect([400, 403]).toContain(answer.status);
    }
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('a same-origin POST ends it, here and at ZITADEL, and revokes the refresh token', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const stolen = (await visitor.cookies()).get('__Host-postern');
    box.zitadel.calls.reset();
    const answer = await visitor.go('/auth/logout', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', origin: box.origin },
    });
    expect(ends(answer)).toBe(true);
    expect(
      answer.cookies.some((line) => /^__Host-postern=;/.test(line) && /max-age=0/i.test(line) && /secure/i.test(line)),
    ).toBe(true);
    await expect.poll(() => box.zitadel.calls.revocation).toBe(1);
    expect(stolen).toBeTruthy();
  });

  it('return_to: goes on after ZITADEL, of the same origin only', async () => {
    for (const [given, end] of [
      ['/bye', '/bye'],
      ['https://evil.example/', undefined],
      ['//evil.example', undefined],
    ] as const) {
      const visitor = box.visitor();
      await visitor.signIn('user');
      const answer = await visitor.go(`/auth/logout?return_to=${encodeURIComponent(given)}`, {
        headers: { 'sec-fetch-site': 'same-origin' },
      });
      const state = new URL(addressOf(answer)).searchParams.get('state');
      const done = await visitor.go(`/auth/logout/callback?state=${state}`, {
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      if (end === undefined) expect(done.headers.get('location') ?? '').not.toContain('evil');
      else expect(new URL(addressOf(done), box.origin).pathname).toBe(end);
    }
  });

  it.each(['', '?state=', '?state=other', '?state=x&return_to=https://evil.example', '?return_to=/bye'])(
    'logout/callback%s: the signed-out page, nothing reflected',
    async (query) => {
      const answer = await box
        .visitor()
        .go(`/auth/logout/callback${query}`, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.text).not.toContain('evil');
    },
  );

  it('without a session: no error', async () => {
    const answer = await box.visitor().go('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(answer.status).toBeLessThan(400);
  });

  it('while ZITADEL does not answer: signed out all the same, within seconds', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    box.zitadel.faults.set('revocation', 'hang');
    const began = Date.now();
    const answer = await visitor.go('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    box.zitadel.faults.clear();
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(answer.status).toBeLessThan(400);
    expect(await isSignedIn(visitor)).toBe(false);
  });
});
