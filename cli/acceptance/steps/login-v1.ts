// Login V1: sign-in with a first password, single sign-on, refresh, step-up, back-channel logout, sign-out, all on its own pages.

import { readText } from '../../zitadel-api/json.ts';
import { readInChromium } from '../browser/chromium.ts';
import { signInV1 } from '../browser/login-v1.ts';
import { isLoginV2 } from '../browser/login-v2.ts';
import { describeAnswer, send, type Visitor } from '../browser/visitor.ts';
import { assert, NotApplicable } from '../ledger.ts';
import { asScript, assertIdentity, need, newVisitor, type Stage, waitUntil } from '../world/stage.ts';
import { endpointOf, readTokens } from '../world/tokens.ts';
import { withApplication } from '../world/web-application.ts';
import { tryRefresh } from './refresh.ts';
import { signIn } from './sign-in.ts';
import { assertReachable, awaitBackChannel, SOON, signOut } from './sign-out.ts';
import { awaitStale } from './step-up.ts';

const AREA = 'sign-in, Login V1';

export async function tryLoginV1(stage: Stage): Promise<void> {
  await withApplication(stage, 'Login V1', { loginVersion: { loginV1: {} } }, async () => {
    const first = await newVisitor().follow(await newVisitor().go(`${stage.gateway.origin}/echo/page`), isLoginV2);
    const isMissing = first.location !== undefined;
    const check: Stage['ledger']['check'] = (area, what, work) =>
      stage.ledger.check(area, what, async () => {
        if (isMissing) throw new NotApplicable('this instance shows Login V2 to every application');
        return work();
      });
    await tryPages({ ...stage, ledger: { ...stage.ledger, check } });
  });
}

async function tryPages(stage: Stage): Promise<void> {
  const { ledger, gateway, instance } = stage;
  const { issuer } = instance;
  let browser: Visitor | undefined;
  const page = `${gateway.origin}/echo/page`;
  await ledger.check(AREA, 'with a first password, changed on the way; ends where it began', async () => {
    const visitor = newVisitor();
    const ada = need(stage, 'ada');
    const { answer, asked } = await signInV1(
      visitor,
      await visitor.go(`${gateway.origin}/echo/staff?q=1`),
      ada,
      issuer,
    );
    assertIdentity(answer, ada, 'staff');
    assert(answer.url.search === '?q=1', `it ends elsewhere: ${describeAnswer(answer)}`);
    browser = visitor;
    return `forms: ${asked.join(', ')}`;
  });
  await ledger.check(AREA, 'the session says who it is, and a public page knows too', async () => {
    assert(browser !== undefined, 'nobody is signed in');
    const answer = await asScript(browser, `${gateway.origin}/auth/userinfo`);
    assert(readText(JSON.parse(answer.body), 'sub') === need(stage, 'ada').id, describeAnswer(answer));
    assertIdentity(await browser.go(`${gateway.origin}/echo/public`), need(stage, 'ada'), 'staff');
  });
  await ledger.check(AREA, 'single sign-on: without the gateway’s cookies ZITADEL knows the browser', async () => {
    assert(browser !== undefined, 'nobody is signed in');
    browser.jar.forget((name) => name.startsWith('postern'));
    const { answer, asked } = await signInV1(browser, await browser.go(page), need(stage, 'ada'), issuer);
    assertIdentity(answer, need(stage, 'ada'), 'staff');
    assert(!asked.includes('password'), `it asked for ${asked.join(', ')}`);
  });
  await ledger.check(AREA, 'in Chromium, with its scripts and its cookies', async () => {
    const ada = need(stage, 'ada');
    const text = await readInChromium(page, ada);
    assert(text.includes(ada.id), `the page says ${text.slice(0, 160)}`);
  });
  await tryRefresh(stage, 'Login V1', () => signIn(stage, need(stage, 'ada')));
  await tryEnds(stage);
}

async function tryEnds(stage: Stage): Promise<void> {
  const { ledger, gateway, instance, system } = stage;
  const page = `${gateway.origin}/echo/page`;
  let stale: { visitor: Visitor; since: number } | undefined;
  await ledger.check('sign-out', 'Login V1: ends at ZITADEL too: the next visit asks who it is', async () => {
    stale = { visitor: await signIn(stage, need(stage, 'ada')), since: system.now() };
    const visitor = await signIn(stage, need(stage, 'ada'));
    const cookie = visitor.jar.headerFor(new URL(gateway.origin));
    await signOut(stage, visitor);
    const next = await visitor.follow(await visitor.go(page));
    assert(next.url.origin === instance.issuer, `it signs in by itself: ${describeAnswer(next)}`);
    const thief = { headers: { cookie, 'sec-fetch-mode': 'cors', accept: '*/*' } };
    await waitUntil(
      stage,
      SOON,
      () => newVisitor().go(page, thief),
      ({ status }) => status === 401,
    );
  });
  await ledger.check('back-channel logout', 'Login V1: a session ended at ZITADEL ends here', async () => {
    assertReachable(stage);
    const visitor = await signIn(stage, need(stage, 'ada'));
    const { idToken } = await readTokens(stage, visitor);
    const end = await endpointOf(stage, 'end_session_endpoint');
    end.searchParams.set('id_token_hint', idToken);
    // The call is not the visitor's, so their browser's cookies are not sent
    await send(end, {});
    await awaitBackChannel(stage, visitor);
  });
  await ledger.check('step-up', 'Login V1: an old sign-in is made anew; the name is known', async () => {
    const ada = need(stage, 'ada');
    const { visitor, since } = stale ?? { visitor: await signIn(stage, ada), since: system.now() };
    await awaitStale(stage, since);
    const first = await visitor.go(`${gateway.origin}/echo/fresh`);
    assert(first.location?.searchParams.get('login_hint') === ada.loginName, `no login_hint: ${describeAnswer(first)}`);
    const { answer, asked } = await signInV1(visitor, first, ada, instance.issuer);
    assertIdentity(answer, ada, 'staff');
    assert(asked.includes('password') && !asked.includes('loginName'), `it asked for ${asked.join(', ') || 'nothing'}`);
  });
}
