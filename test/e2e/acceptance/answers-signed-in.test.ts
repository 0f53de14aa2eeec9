// ARCHITECTURE §3: who gets what answer, from outside: bearer tokens, missing roles, step-up.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bearer, openAnswersBox } from './answers-bed.ts';
import { expectNoInlineScript, expectPage, expectProblem } from './support/expectations.ts';
import { addressOf, type BlackBox, NAVIGATION, SCRIPTED, type Visitor } from './support/gateway.ts';
import { plainly } from './support/recorder.ts';

let box: BlackBox;
let admin: Visitor;
let user: Visitor;
beforeAll(async () => {
  ({ box, admin, user } = await openAnswersBox());
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});
const mint = (sub = 'user', more = {}) => box.zitadel.mintAccessToken({ sub, jwt: true, ...more });

describe('bearer tokens', () => {
  it('a good JWT passes with its identity, and does not reach the application', async () => {
    const answer = await box.ask('/api/x', bearer(await mint()));
    expect(answer.text).toBe('ok');
    expect(box.application.last().header('x-forwarded-user')).toBe('249703111111111113');
    expect(box.application.last().header('authorization')).toBeUndefined();
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])('the scheme %s is the same', async (scheme) => {
    const answer = await box.ask('/api/x', { headers: { authorization: `${scheme} ${await mint()}` } });
    expect(answer.status).toBe(200);
    expect(box.application.last().header('authorization')).toBeUndefined();
  });

  const bad: [string, () => Promise<string> | string][] = [
    ['rubbish', () => 'rubbish'],
    ['three empty parts', () => '..'],
    ['masses of dots', () => '.'.repeat(5000)],
    ['characters that no token has', () => '<b>x</b>!'],
    ['a monster', () => 'a'.repeat(20_000)],
    ['a foreign audience', () => mint('user', { aud: ['999'] })],
    ['a foreign issuer', () => mint('user', { issuer: 'https://evil.example' })],
    ['an expired one', () => mint('user', { lifetime: -120 })],
    ['alg none', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await mint()).split('.')[1]}.`],
    ['a broken signature', async () => `${(await mint()).slice(0, -8)}AAAAAAAA`],
    ['exp as a string', () => mint('user', { claims: { exp: '9999999999' } })],
    ['no exp', () => mint('user', { claims: { exp: undefined } })],
    ['nbf in the future', () => mint('user', { claims: { nbf: 9_999_999_999 } })],
    ['no sub', () => mint('user', { claims: { sub: undefined } })],
    ['an opaque one where nobody introspects', () => box.zitadel.mintAccessToken({ sub: 'user' })],
  ];
  it.each(bad)('%s: 401 error="invalid_token", navigation or not', async (_kind, make) => {
    const token = await make();
    for (const kind of [SCRIPTED, NAVIGATION]) {
      const answer = await box.ask('/api/x', bearer(token, kind));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="invalid_token"/);
      expect(answer.text).not.toContain(token);
    }
    expect(box.application.received).toEqual([]);
  });

  it('a token that is present is judged, never skipped in favour of a cookie', async () => {
    const answer = await user.fetch('/page', { headers: { authorization: 'Bearer rubbish' } });
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('an ID token is not taken for an access token', async () => {
    let idToken = '';
    box.zitadel.tamper.tokenResponse = (json) => {
      idToken = json.id_token;
      return json;
    };
    await box.visitor().signIn('user');
    box.zitadel.tamper.tokenResponse = undefined;
    expect(idToken).not.toBe('');
    expect((await box.ask('/api/x', bearer(idToken))).status).toBe(401);
  });

  it('a token without the role: 403 error="insufficient_scope"', async () => {
    const answer = await box.ask('/admin/x', bearer(await mint('user')));
    expectProblem(answer, 403);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="insufficient_scope"/);
  });

  it('a token with the role passes', async () => {
    expect((await box.ask('/admin/x', bearer(await mint('admin')))).status).toBe(200);
  });

  it('on a route of bearer tokens only, a session is none', async () => {
    expectProblem(await user.fetch('/api/x'), 401);
  });

  it.each(['/public/x', '/web/x'])('on %s the Authorization header is the application’s own business', async (path) => {
    for (const authorization of ['Bearer rubbish', `Bearer ${await mint()}`, 'Basic dTpw', 'Digest x="y"']) {
      const answer =
        path === '/public/x'
          ? await box.ask(path, { headers: { authorization } })
          : await user.fetch(path, { headers: { authorization } });
      expect(answer.status).toBe(200);
      expect(box.application.last().header('authorization')).toBe(authorization);
      if (path === '/public/x') expect(box.application.last().header('x-forwarded-user')).toBeUndefined();
    }
  });

  it('on a route without bearer tokens a token gives no identity', async () => {
    expectProblem(await box.ask('/web/x', bearer(await mint('admin'))), 401);
  });
});

describe('somebody who is signed in and not allowed', () => {
  it('a navigation: 403 page that says who, and how to switch', async () => {
    const answer = await user.go('/admin/x');
    expectPage(answer, 403);
    expectNoInlineScript(answer);
    expect(answer.text).toMatch(/uma@acme\.|Uma Lind/);
    expect(answer.text).toContain('/auth/');
    expect(answer.text).toMatch(/select_account|logout/);
  });

  it('a fetch: 403 problem JSON without a login_url', async () => {
    expectProblem(await user.fetch('/admin/x'), 403);
  });

  it('whoever has the role passes', async () => {
    expect((await admin.fetch('/admin/x')).text).toBe('ok');
  });

  it.each(['anonymous', 'signed in'])('deny: 403 for somebody %s', async (who) => {
    const visitor = who === 'anonymous' ? box.visitor() : admin;
    expect((await visitor.go('/closed/x')).status).toBe(403);
    expectProblem(await visitor.fetch('/closed/x'), 403);
    expect(
      (await visitor.fetch('/closed/x', { headers: { authorization: `Bearer ${await mint('admin')}` } })).status,
    ).toBe(403);
    expect(box.application.received).toEqual([]);
  });
});

describe('step-up', () => {
  it('a navigation is led to ZITADEL once, then 403 when it is still not met', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const first = await visitor.go('/mfa/x');
    expect(first.status).toBe(302);
    expect(addressOf(first)).toContain(box.zitadel.issuer);
    const callback = await box.zitadel.signIn({ authorizeUrl: addressOf(first), user: 'user' });
    const back = await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    const end = back.status === 302 ? await visitor.go(addressOf(back)) : back;
    expect(end.status).toBe(403);
    expect(box.application.received.filter(({ target }) => target.startsWith('/mfa'))).toEqual([]);
  });

  it('passes once it is met', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const back = await visitor.signIn('user', { path: '/mfa/x', mfa: true });
    expect((await visitor.go(addressOf(back))).text).toBe('ok');
    expect((await visitor.fetch('/mfa/y')).text).toBe('ok');
  });

  it('a fetch: 401 error="insufficient_user_authentication"', async () => {
    const answer = await user.fetch('/mfa/x');
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="insufficient_user_authentication"/);
  });
});
