// What a connection that stays open is asked now and then: does its session stand, and may it still go here. Promise 4.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../demo/zitadel/seed.ts';
import { matchRequest } from '../../src/policy/match.ts';
import { compileRules } from '../../src/policy/rules.ts';
import { createAdmission } from '../../src/routes/admission.ts';
import { sessionIds } from '../session/support.ts';
import { createHarness, type HarnessOptions } from '../support/harness.ts';

const ROUTES = [{ path: '/admin/*', roles: ['admin'] }];
const { admin } = SEED.users;

async function connect(options: HarnessOptions = {}) {
  const harness = createHarness({ env: { ROUTES }, ...options });
  const browser = harness.browser();
  await harness.signIn(browser, 'admin');
  const { gateway } = harness;
  const rules = compileRules(gateway.config.routes, { takesBearer: gateway.config.takesBearer });
  const requirement = matchRequest(rules, { method: 'GET', host: 'app.example.com', path: '/admin/socket' });
  if (requirement.kind === 'nonsense') throw new Error(requirement.reason);
  const cookie = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
  const opened = await gateway.visitorSessions.open(cookie);
  if (opened.kind !== 'active') throw new Error(opened.kind);
  const { watchFor } = createAdmission(gateway);
  return {
    harness,
    requirement,
    watchFor,
    stillAllowed: watchFor({ requirement, who: { kind: 'session', visit: opened.visit } }),
  };
}

describe('an open connection', () => {
  it('of a session that stands and may go there goes on', async () => {
    const { harness, stillAllowed } = await connect();
    expect(await stillAllowed?.()).toBe(true);
    await harness.advance(400);
    expect(await stillAllowed?.()).toBe(true);
  });

  it('ends with the session, whatever this isolate remembers', async () => {
    const { harness, stillAllowed } = await connect();
    expect(await stillAllowed?.()).toBe(true);
    const [id = ''] = await sessionIds(harness, admin);
    await harness.gateway.directory.ofUser(admin).end({ id }, 'logout', false);
    expect(await stillAllowed?.()).toBe('the session has ended');
  });

  it('ends when reading the claims again shows that ZITADEL has ended the session', async () => {
    const { harness, stillAllowed } = await connect();
    harness.zitadel.faults.set('userinfo', { status: 401, body: {} });
    harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
    await harness.advance(301);
    expect(await stillAllowed?.()).toBe('the session has ended');
  });

  it('ends when the role is taken away, within CLAIMS_MAX_AGE (promise 5)', async () => {
    const { harness, stillAllowed } = await connect();
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(301);
    expect(await stillAllowed?.()).toBe('access has been withdrawn');
  });

  it('of a bearer token ends with the token, to the second', async () => {
    const { harness, requirement, watchFor } = await connect();
    const caller = { via: 'bearer', identity: { sub: '1', roles: {}, claims: {} } } as never;
    const expiresAt = harness.clock.now + 60;
    const stillAllowed = watchFor({ requirement, who: { kind: 'bearer', caller, token: 't', expiresAt } });
    await harness.advance(59);
    expect(await stillAllowed?.()).toBe(true);
    await harness.advance(1);
    expect(await stillAllowed?.()).toBe('the access token has expired');
  });

  it('of nobody is not watched', async () => {
    const { requirement, watchFor } = await connect();
    expect(watchFor({ requirement, who: { kind: 'nobody', reason: '' } })).toBeUndefined();
  });
});
