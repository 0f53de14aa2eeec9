// Chromium: client.js signs in again in a small window and repeats the request, or offers a bar where no window opens; it warns
// before the session's end.

import { beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { hasChromium } from '../support/chromium.ts';
import { type ClientStage, useClientStage } from './support/client-stage.ts';

/** Fetches as an application's script would; the statuses, and the users that the application saw. */
const FETCH = `(path, count = 1, init) => Promise.all(Array.from({ length: count }, async (_, index) => {
  const response = await fetch(path + index, init);
  return [response.status, (await response.json()).user];
}))`;

describe.skipIf(!hasChromium)('client.js', () => {
  const stage = useClientStage({ SESSION_DURATION: '3600' });
  let { application, worker, context, page } = {} as ClientStage;
  beforeEach(() => {
    ({ application, worker, context, page } = stage());
  });

  const endSession = () => context.clearCookies({ name: 'postern' });
  const forgetPerson = () => context.clearCookies();
  const bar = () => page.getByRole('alert');
  const start = (script: string) => page.evaluate(`(async () => { window.result = (${FETCH})${script} })()`);
  const result = () => page.evaluate('window.result');
  /** A click, which is what lets a page open a window. */
  async function startByClick(script: string): Promise<void> {
    const made = `document.body.prepend(Object.assign(document.createElement('button'), { id: 'do', onclick: () => { window.isActive = true; window.result = (${FETCH})${script} } }))`;
    await page.evaluate(made);
    await page.click('#do');
  }

  it('several 401s open one window, and every request is repeated after it', async () => {
    await forgetPerson();
    const opened = context.waitForEvent('page');
    await startByClick(`('/data/', 3, { method: 'POST', body: 'x' })`);
    const popup = await opened;
    await popup.getByRole('button', { name: /Uma/ }).click();
    const answers = (await result()) as unknown[];
    expect(answers).toHaveLength(3);
    expect(context.pages().filter((other) => !other.isClosed()).length).toBeLessThanOrEqual(2);
    await expect.poll(() => popup.isClosed()).toBe(true);
    expect(await bar().count()).toBe(0);
    expect(application.received.filter(({ body }) => body.toString() === 'x')).toHaveLength(3);
  });

  it('repeats a Request object with its body', async () => {
    await endSession();
    application.received.length = 0;
    const request = `new Request('/save', { method: 'POST', body: 'kept', headers: { Accept: 'application/json' } })`;
    await page.evaluate(`void (window.result = fetch(${request}).then(({ status }) => status))`);
    const opened = context.waitForEvent('page');
    await bar().getByRole('button', { name: 'Sign in' }).click();
    await opened;
    expect(await result()).toBe(200);
    expect(application.received.map(({ body }) => body.toString())).toEqual(['kept']);
  });

  it('without a click no window opens: the bar’s button does it', async () => {
    await endSession();
    await start(`('/data/', 2)`);
    await bar().waitFor();
    expect(await bar().textContent()).toContain('You are signed out');
    const opened = context.waitForEvent('page');
    await bar().getByRole('button', { name: 'Sign in' }).click();
    await opened;
    expect(((await result()) as [number][]).map(([status]) => status)).toEqual([200, 200]);
    expect(await bar().count()).toBe(0);
  });

  it('another person signs in: nothing is repeated, and the page is loaded anew', async () => {
    await forgetPerson();
    application.received.length = 0;
    await start(`('/data/', 2, { method: 'POST', body: 'of the first' })`);
    await page.evaluate(
      `{ const request = new XMLHttpRequest(); request.open('POST', '/data/3'); request.send('of the first, too') }`,
    );
    const opened = context.waitForEvent('page');
    await bar().getByRole('button', { name: 'Sign in' }).click();
    const reloaded = page.waitForEvent('load');
    await (await opened).getByRole('button', { name: /Ada/ }).click();
    await reloaded;
    expect(await page.evaluate('window.result')).toBeUndefined();
    expect(application.received).toEqual([]);
    await start(`('/data/', 1, { method: 'POST', body: 'of the second' })`);
    await expect.poll(result).toEqual([[200, SEED.users.admin]]);
  });

  it('a page of nobody is loaded anew, too: what it asks for was not asked by whoever signed in', async () => {
    await forgetPerson();
    await page.route('**/app', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<body><script src="/auth/client.js"></script>' }),
    );
    const asked = page.waitForResponse('**/auth/userinfo');
    await page.reload();
    await asked;
    application.received.length = 0;
    await start(`('/data/', 1, { method: 'POST', body: 'x' })`);
    const opened = context.waitForEvent('page');
    await bar().getByRole('button', { name: 'Sign in' }).click();
    const reloaded = page.waitForEvent('load');
    await (await opened).getByRole('button', { name: /Uma/ }).click();
    await reloaded;
    expect(application.received).toEqual([]);
  });

  it('whoever closes the bar gets the 401, and the next request asks again', async () => {
    await endSession();
    await start(`('/data/').catch(() => 0)`);
    await bar().getByRole('button', { name: '×' }).click();
    expect(await result()).toEqual([[401, undefined]]);
    await start(`('/data/')`);
    await bar().waitFor();
  });

  it('other 401s, and other sites’, are left alone', async () => {
    await page.route('**/data/*', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: route.request().headers()['x-body'] ?? '{}',
      }),
    );
    for (const body of [
      '{}',
      'null',
      'text',
      '{"login_url":"https://evil.example/","code":"unauthenticated"}',
      '{"login_url":null}',
    ]) {
      const status = await page.evaluate(
        `fetch('/data/1', { headers: { 'x-body': ${JSON.stringify(body)} } }).then(({ status }) => status)`,
      );
      expect(status).toBe(401);
    }
    expect(await bar().count()).toBe(0);
  });

  it('finds the place in the page again after a sign-in that left it', async () => {
    await page.goto(`${worker.origin}/app#chapter-2`);
    await forgetPerson();
    await page.reload();
    await page.getByRole('button', { name: /Uma/ }).click();
    await page.waitForURL(`${worker.origin}/app#chapter-2`);
    await page.goto(`${worker.origin}/other`);
    await page.goto(`${worker.origin}/app`);
    await page.waitForLoadState('networkidle');
    expect(page.url()).toBe(`${worker.origin}/app`);
  });

  describe('before the session’s end', () => {
    async function atTheEnd(changes: (now: number) => object): Promise<void> {
      await page.route('**/auth/userinfo', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        Object.assign(body.session, changes(Date.now() / 1000));
        await route.fulfill({ response, json: body });
      });
      await page.reload();
      await bar().waitFor();
    }

    it('a warning, with a button that goes on', async () => {
      await atTheEnd((now) => ({ idle_expires_at: now + 100, expires_at: now + 9999 }));
      expect(await bar().textContent()).toMatch(/\d+:\d\d/);
      await page.unroute('**/auth/userinfo');
      const sent = page.waitForRequest((request) => request.method() === 'HEAD');
      await bar().getByRole('button', { name: 'Stay signed in' }).click();
      expect(new URL((await sent).url()).pathname).toBe('/app');
      await bar().waitFor({ state: 'detached' });
    });

    it('where no activity helps, the button signs in anew', async () => {
      await atTheEnd((now) => ({ idle_expires_at: now + 100, expires_at: now + 100 }));
      await page.unroute('**/auth/userinfo');
      await page.evaluate('window.isActive = true');
      const opened = context.waitForEvent('page');
      await bar().getByRole('button', { name: 'Stay signed in' }).click();
      await opened;
      await bar().waitFor({ state: 'detached' });
    });

    it('and after it the bar asks to sign in', async () => {
      await page.clock.install();
      await page.reload();
      await page.waitForLoadState('networkidle');
      await endSession();
      await page.clock.fastForward(3600_000);
      await bar().getByRole('button', { name: 'Sign in' }).waitFor();
    });
  });

  it('does nothing on a page of somebody who is not signed in', async () => {
    await forgetPerson();
    await page.route('**/app', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<script src="/auth/client.js" defer></script>' }),
    );
    const asked = page.waitForResponse('**/auth/userinfo');
    await page.reload();
    expect((await asked).status()).toBe(401);
    expect(await bar().count()).toBe(0);
  });
});
