// ARCHITECTURE §3: who gets what answer, from outside: failures of others, WebSockets, other origins.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAnswersBox, SOCKET, SPA } from './answers-bed.ts';
import { expectNoInlineScript, expectPage, expectProblem } from './support/expectations.ts';
import { addressOf, type BlackBox, SCRIPTED, type Visitor } from './support/gateway.ts';
import { plainly } from './support/recorder.ts';

let box: BlackBox;
let user: Visitor;
beforeAll(async () => {
  ({ box, user } = await openAnswersBox());
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

describe('an upstream that fails', () => {
  it('is unreachable: 502 page and 502 problem JSON', async () => {
    expectPage(await user.go('/down/x'), 502);
    expectProblem(await user.fetch('/down/x'), 502);
  });

  it('is too slow: 504 page and 504 problem JSON', async () => {
    box.application.answer = () => {};
    expectPage(await user.go('/slow/x'), 504);
    expectProblem(await user.fetch('/slow/x'), 504);
  });
});

describe('a login that goes wrong', () => {
  it('cancelled: 403 page, no session', async () => {
    const visitor = box.visitor();
    const answer = await visitor.signIn('user', { cancel: true });
    expectPage(answer, 403);
    expect([...(await visitor.cookies()).keys()].filter((name) => name === '__Host-postern')).toEqual([]);
  });

  it('another error: 400 page that shows nothing of what was sent', async () => {
    const visitor = box.visitor();
    const state = new URL(addressOf(await visitor.go('/page'))).searchParams.get('state') ?? '';
    const query = new URLSearchParams({
      state,
      error: '<b>invalid_scope',
      error_description: '<img src=x onerror=1>reason',
    });
    const answer = await visitor.go(`/auth/callback?${query}`);
    expectPage(answer, 400);
    expectNoInlineScript(answer);
    expect(answer.text).not.toContain('reason');
    expect(answer.text).not.toContain('<b>');
  });

  it('ZITADEL unreachable for the token: 503 page with Retry-After', async () => {
    box.zitadel.faults.set('token', { status: 503 });
    const answer = await box.visitor().signIn('user');
    box.zitadel.faults.clear();
    expectPage(answer, 503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('WebSocket upgrades', () => {
  const open = (headers: Record<string, string>) => user.ask('/socket', { headers: { ...SOCKET, ...headers } });

  it.each([
    ['without an Origin', {}],
    ['from a foreign Origin', { origin: 'https://evil.example' }],
    ['from null', { origin: 'null' }],
    ['from a look-alike', { origin: 'https://app.example.com.evil.example' }],
    ['from the plain-HTTP origin', { origin: 'http://app.example.com' }],
    ['from another port', { origin: 'https://app.example.com:444' }],
  ])('%s: 403', async (_kind, headers) => {
    expect((await open(headers as Record<string, string>)).status).toBe(403);
    expect(box.application.received).toEqual([]);
  });

  it('from our own origin it reaches the application', async () => {
    await open({ origin: 'https://app.example.com' });
    expect(box.application.last().target).toBe('/socket');
    expect(box.application.last().header('x-forwarded-user')).toBe('249703111111111113');
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/api/x') =>
    box.ask(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });

  it('a preflight of a listed origin passes without credentials', async () => {
    const answer = await preflight(SPA);
    expect([200, 204]).toContain(answer.status);
  });

  it.each([
    'https://evil.example',
    'https://spa.example.com.evil.example',
    'https://evilspa.example.com',
    'http://spa.example.com',
    'null',
  ])('a preflight of %s does not', async (origin) => {
    const answer = await preflight(origin);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(box.application.received).toEqual([]);
  });

  it('a preflight to a route without cors does not pass', async () => {
    const answer = await preflight(SPA, '/page');
    expect(answer.status).toBe(401);
    expect(box.application.received).toEqual([]);
  });

  it('a listed origin may read a 401', async () => {
    const answer = await box.ask('/api/x', { headers: { ...SCRIPTED, 'sec-fetch-site': 'cross-site', origin: SPA } });
    expectProblem(answer, 401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SPA);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  });

  it('another origin may not read a 401', async () => {
    const answer = await box.ask('/api/x', { headers: { ...SCRIPTED, origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
