// ARCHITECTURE §5: what of the promises shows from outside, with short times instead of a clock.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { type BlackBox, openBox, SCRIPTED, type Visitor } from './support/gateway.ts';

const OPERATOR = 'c71e0f5b92a84d36be0d5a7719f3c8e46a2d90b7f15c8e33';
const PATIENCE = { timeout: 15_000, interval: 250 };

let box: BlackBox;
beforeAll(async () => {
  box = await openBox({
    env: {
      OPERATOR_SECRET: OPERATOR,
      CLAIMS_MAX_AGE: 1,
      REVOCATION_MAX_AGE: 1,
      ROUTES: [{ path: '/admin/*', roles: ['admin'] }],
    },
  });
});
afterAll(() => box.stop());

const statusOf = async (visitor: Visitor, path = '/page') => (await visitor.fetch(path)).status;
async function stolen(visitor: Visitor): Promise<() => Promise<number>> {
  const cookie = `__Host-postern=${(await visitor.cookies()).get('__Host-postern')}`;
  return async () => (await box.ask('/page', { headers: { ...SCRIPTED, cookie } })).status;
}
const rolesOf = (userId: string) =>
  [...box.zitadel.store.authorizations.values()].find((given) => given.userId === userId);

describe('promise 4 signed out means signed out: a stolen cookie is worth nothing', () => {
  it('after a logout', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const thief = await stolen(visitor);
    expect(await thief()).toBe(200);
    await visitor.go('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    await expect.poll(thief, PATIENCE).toBe(401);
  });

  it('after the operator ended the sessions', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const thief = await stolen(visitor);
    await box.ask(`/auth/operator/sessions?sub=${SEED.users.user}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${OPERATOR}` },
    });
    await expect.poll(thief, PATIENCE).toBe(401);
  });

  it('from another of their devices', async () => {
    const [here, there] = [box.visitor(), box.visitor()];
    await here.signIn('user');
    await there.signIn('user');
    const { session } = (await there.fetch('/auth/userinfo')).json();
    const answer = await here.go('/auth/profile', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: `session=${session.id}`,
    });
    expect(answer.status).toBe(303);
    await expect.poll(() => statusOf(there), PATIENCE).toBe(401);
    expect(await statusOf(here)).toBe(200);
  });
});

describe('promise 5 roles are fresh', () => {
  it('taken away stops working; just given is looked up before a 403', async () => {
    const given = rolesOf(SEED.users.staff);
    if (!given) throw new Error('the seed gives staff no roles');
    const before = given.roleKeys;
    const visitor = box.visitor();
    await visitor.signIn('staff');
    expect(await statusOf(visitor, '/admin/x')).toBe(403);
    given.roleKeys = ['admin'];
    await expect.poll(() => statusOf(visitor, '/admin/x'), PATIENCE).toBe(200);
    given.roleKeys = before;
    await expect.poll(() => statusOf(visitor, '/admin/x'), PATIENCE).toBe(403);
  });
});

describe('promise 6 ZITADEL down is not the application down', () => {
  it.each([{ status: 500 }, { status: 429 }, 'reset', 'html', 'wrong-json'] as const)(
    '%j at every endpoint: signed-in users keep working',
    async (fault) => {
      const visitor = box.visitor();
      await visitor.signIn('user');
      const asked = box.zitadel.calls.userinfo;
      for (const endpoint of ['discovery', 'keys', 'token', 'userinfo', 'revocation'] as const)
        box.zitadel.faults.set(endpoint, fault);
      try {
        // Until the claims are old enough to be asked for again, and then once more.
        await expect
          .poll(async () => {
            expect(await statusOf(visitor)).toBe(200);
            return box.zitadel.calls.userinfo > asked;
          }, PATIENCE)
          .toBe(true);
        expect(await statusOf(visitor)).toBe(200);
      } finally {
        box.zitadel.faults.clear();
      }
    },
  );
});
