// What becomes of a session: roles given and taken, the person deactivated.

import { describeAnswer, type Visitor } from '../browser/visitor.ts';
import { assert } from '../ledger.ts';
import { onceTaken } from '../world/instance.ts';
import { runWell } from '../world/own-commands.ts';
import { asScript, assertIdentity, need, newVisitor, type Stage, waitUntil } from '../world/stage.ts';
import { signIn } from './sign-in.ts';
import { SOON } from './sign-out.ts';

export async function trySession(stage: Stage): Promise<void> {
  const { ledger, gateway } = stage;
  await ledger.check('gateway', 'starts with what setup wrote, and is ready', async () => {
    await gateway.restart();
    const answer = await newVisitor().go(`${gateway.origin}/auth/ready`);
    assert(answer.status === 200, describeAnswer(answer));
  });
  await tryRoles(stage);
  await tryDeactivation(stage);
}

async function tryRoles(stage: Stage): Promise<void> {
  const { ledger, gateway, system, adminKey, config } = stage;
  const users = (action: string) =>
    runWell(system, 'users', [action, need(stage, 'ada').loginName, 'staff', '--key', adminKey, '--config', config]);
  let browser: Visitor | undefined;
  const staff = async () => {
    browser ??= await signIn(stage, need(stage, 'ada'));
    return browser.go(`${gateway.origin}/echo/staff`);
  };
  await ledger.check('roles', 'taken: a signed-in person is refused soon after', async () => {
    assertIdentity(await staff(), need(stage, 'ada'), 'staff');
    await users('revoke');
    await waitUntil(stage, SOON, staff, ({ status }) => status === 403);
  });
  await ledger.check('roles', 'given: lets them in again', async () => {
    await users('grant');
    const answer = await waitUntil(stage, SOON, staff, ({ status }) => status === 200);
    assertIdentity(answer, need(stage, 'ada'), 'staff');
  });
}

async function tryDeactivation(stage: Stage): Promise<void> {
  const { ledger, gateway, instance } = stage;
  await ledger.check('deactivation', 'of a signed-in person: their session ends soon after', async () => {
    const bob = need(stage, 'bob');
    const visitor = await signIn(stage, bob);
    await instance.rest('POST', `/v2/users/${bob.id}/deactivate`, {});
    await waitUntil(
      stage,
      SOON,
      () => asScript(visitor, `${gateway.origin}/echo/page`),
      ({ status }) => status === 401,
    );
  });
  await ledger.check('deactivation', 'reactivated, they sign in again', async () => {
    const bob = need(stage, 'bob');
    await instance.rest('POST', `/v2/users/${bob.id}/reactivate`, {});
    await onceTaken(stage.system, () => signIn(stage, bob));
  });
}
