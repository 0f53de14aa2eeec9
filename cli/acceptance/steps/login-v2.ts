// The same with Login V2: sign-in, refusal, refresh, step-up, back-channel logout, sign-out. Its pages are played by the session API.

import {
  createLoginSession,
  finishLogin,
  LOGIN_APPLICATION,
  type LoginSession,
  loginClientOf,
  reachLogin,
} from '../browser/login-v2.ts';
import { bare, describeAnswer, send, type Visitor } from '../browser/visitor.ts';
import { assert } from '../ledger.ts';
import { assertIdentity, need, newVisitor, type Stage } from '../world/stage.ts';
import { endpointOf, readTokens } from '../world/tokens.ts';
import { withApplication } from '../world/web-application.ts';
import { tryRefresh } from './refresh.ts';
import { assertReachable, awaitBackChannel, signOut } from './sign-out.ts';
import { awaitStale } from './step-up.ts';

const AREA = 'sign-in, Login V2';

interface SignedIn {
  readonly visitor: Visitor;
  readonly session: LoginSession;
  /** Seconds since 1970. */
  readonly since: number;
}

async function signInV2(stage: Stage): Promise<SignedIn> {
  const { journal, gateway, system } = stage;
  const ada = need(stage, 'ada');
  const client = await loginClientOf(stage);
  const visitor = newVisitor();
  const id = await reachLogin(visitor, await visitor.go(`${gateway.origin}/echo/staff`));
  const session = await createLoginSession(client, journal, ada);
  assertIdentity(await finishLogin(client, visitor, id, { session }), ada, 'staff');
  return { visitor, session, since: system.now() };
}

export async function tryLoginV2(stage: Stage): Promise<void> {
  const loginVersion = { loginV2: { baseUri: LOGIN_APPLICATION } };
  await withApplication(stage, 'Login V2', { loginVersion }, () => tryPages(stage));
}

async function tryPages(stage: Stage): Promise<void> {
  const { ledger, gateway, instance } = stage;
  await ledger.check(AREA, 'by a session that the login application links', async () => {
    await signInV2(stage);
    return 'the session API plays the login pages';
  });
  await ledger.check(AREA, 'cancelled there: refused with a page, and no session', async () => {
    const visitor = newVisitor();
    const id = await reachLogin(visitor, await visitor.go(`${gateway.origin}/echo/page`));
    const error = { error: 'ERROR_REASON_ACCESS_DENIED', errorDescription: 'cancelled' };
    const answer = await finishLogin(await loginClientOf(stage), visitor, id, { error });
    assert(answer.status === 403 && answer.url.origin === gateway.origin, describeAnswer(answer));
  });
  await tryRefresh(stage, 'Login V2', async () => (await signInV2(stage)).visitor);
  const stale = await signInV2(stage).catch(() => undefined);
  await ledger.check('back-channel logout', 'Login V2: a session ended at ZITADEL ends here', async () => {
    assertReachable(stage);
    const { visitor, session } = await signInV2(stage);
    await instance.rest('DELETE', `/v2/sessions/${session.sessionId}`, {});
    await awaitBackChannel(stage, visitor);
  });
  await ledger.check('sign-out', 'Login V2: ends ZITADEL’s session too', async () => {
    const { visitor } = await signInV2(stage);
    const { accessToken } = await readTokens(stage, visitor);
    await signOut(stage, visitor);
    const headers = { authorization: `Bearer ${accessToken}` };
    const { status } = await send(await endpointOf(stage, 'userinfo_endpoint'), { headers });
    assert(status === 401, `the access token is still good: ${status}`);
  });
  await tryStepUp(stage, stale);
}

async function tryStepUp(stage: Stage, stale: SignedIn | undefined): Promise<void> {
  const { ledger, gateway, journal } = stage;
  const reachStepUp = async () => {
    assert(stale !== undefined, 'nobody is signed in');
    await awaitStale(stage, stale.since);
    const first = await stale.visitor.go(`${gateway.origin}/echo/fresh`);
    assert(first.location?.searchParams.get('prompt') === 'login', `no prompt=login: ${describeAnswer(first)}`);
    return { ...stale, id: await reachLogin(stale.visitor, first) };
  };
  await ledger.check('step-up', 'Login V2: an old session, linked again, is refused once, without a loop', async () => {
    const { visitor, id, session } = await reachStepUp();
    const answer = await finishLogin(await loginClientOf(stage), visitor, id, { session });
    assert(answer.status === 403 && answer.url.origin === gateway.origin, describeAnswer(answer));
    assert(!answer.url.searchParams.has('code'), `the address bar keeps the code: ${bare(answer.url)}`);
  });
  await ledger.check('step-up', 'Login V2: a new session lets them in', async () => {
    const { visitor, id } = await reachStepUp();
    const client = await loginClientOf(stage);
    const session = await createLoginSession(client, journal, need(stage, 'ada'));
    assertIdentity(await finishLogin(client, visitor, id, { session }), need(stage, 'ada'), 'staff');
  });
}
