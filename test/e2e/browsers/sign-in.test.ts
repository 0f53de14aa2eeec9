// Sign-in and sign-out in Chromium, Firefox and WebKit: one visitor's journeys, the same in each.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({
    env: {
      ROUTES: [
        { path: '/', access: 'public' },
        { path: '/admin/*', roles: ['admin'] },
        { path: '/staff/*', amr: ['mfa'] },
      ],
      REVOCATION_MAX_AGE: '1',
    },
  });
});
afterAll(() => worker?.stop());

inEachBrowser('signing in and out', (visit) => {
  const atZitadel = () => new RegExp(`^${worker.zitadel.issuer}/`);

  async function signIn(tab: Tab, path: string, name: RegExp): Promise<void> {
    await tab.goto(worker.origin + path);
    await arrive(tab, atZitadel());
    await press(tab, name);
    await arrive(tab, worker.origin + path);
  }

  it('a deep link ends at its page, signed in; a second tab is signed in; no access is said', async () => {
    const tab = await visit().tab();
    await tab.goto(worker.origin);
    expect(await textOf(tab)).toContain('Sign in');
    await signIn(tab, '/guestbook?page=2', /Uma/);
    expect(await textOf(tab)).toContain('Uma');

    const second = await visit().tab();
    await second.goto(`${worker.origin}/guestbook`);
    expect(await second.url()).toBe(`${worker.origin}/guestbook`);
    expect(await textOf(second)).toContain('Uma');
    await second.goto(`${worker.origin}/admin/`);
    expect(await textOf(second)).toMatch(/no access/);
  });

  it('two tabs that began to sign in at once both end where they began', async () => {
    const one = await visit().tab();
    const two = await visit().tab();
    await one.goto(`${worker.origin}/guestbook?tab=1`);
    await two.goto(`${worker.origin}/profile?tab=2`);
    await press(one, /Uma/);
    await arrive(one, `${worker.origin}/guestbook?tab=1`);
    await one.reload();
    expect(await one.url()).toBe(`${worker.origin}/guestbook?tab=1`);
    await press(two, /Uma/);
    await arrive(two, `${worker.origin}/profile?tab=2`);
  });

  it('signed out from the account page: the other tab has to sign in again', async () => {
    const tab = await visit().tab();
    await signIn(tab, '/guestbook', /Ada/);
    const second = await visit().tab();
    await tab.goto(`${worker.origin}/auth/profile`);
    await press(tab, /^Sign out$/);
    await arrive(tab, /\/auth\/logout\/callback/);
    expect(await textOf(tab)).toContain('signed out');
    await second.goto(`${worker.origin}/guestbook`);
    await arrive(second, atZitadel());
  });

  it('a page that wants a second factor opens with it', async () => {
    const tab = await visit().tab();
    await signIn(tab, '/guestbook', /Uma/);
    await tab.goto(`${worker.origin}/staff`);
    await arrive(tab, atZitadel());
    await tab.click('input[name=mfa]');
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/staff`);
    expect(await textOf(tab)).toContain('back room');
  });

  it('another site that leads to the sign-out has the visitor asked first', async () => {
    const tab = await visit().tab();
    await signIn(tab, '/guestbook', /Zoë/);
    expect(await textOf(tab)).toContain('Zoë Kõiv-Straße 王');
    await tab.goto(`${worker.zitadel.issuer.replace('localhost', '127.0.0.1')}/.well-known/openid-configuration`);
    await tab.evaluate(`void setTimeout(() => location.assign('${worker.origin}/auth/logout'))`);
    await arrive(tab, `${worker.origin}/auth/logout`);
    const second = await visit().tab();
    await second.goto(`${worker.origin}/guestbook`);
    expect(await second.url()).toBe(`${worker.origin}/guestbook`);
    await press(tab, /^Sign out$/);
    await arrive(tab, /\/auth\/logout\/callback/);
    await second.goto(`${worker.origin}/guestbook`);
    await arrive(second, atZitadel());
  });
});
