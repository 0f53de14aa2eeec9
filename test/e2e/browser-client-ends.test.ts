// Chromium: what client.js does when the end of a session meets what browsers and visitors do: a wrong clock, a tab in the background, two at
// once, a window closed half-way or blocked, a request that is given up. docs/forms-and-scripts.md.

import { describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { useClientStage } from './support/client-stage.ts';

const HOUR = 3_600_000;
const POST = (body: string) => `fetch('/data/1', { method: 'POST', body: '${body}' }).then(({ status }) => status)`;

describe.skipIf(!hasChromium)('client.js, when a session ends', () => {
  const stage = useClientStage({ CLAIMS_MAX_AGE: '1' });
  const bar = () => stage().page.getByRole('alert');

  describe('by the gateway’s time, not the device’s', () => {
    it.each([
      ['an hour fast', HOUR],
      ['an hour slow', -HOUR],
    ])('a clock %s: the warning comes when it should, in the visitor’s own time', async (_what, ahead) => {
      const { context, page } = stage();
      await context.addInitScript(`{ const now = Date.now; Date.now = () => now() + ${ahead}; }`);
      const asked = page.waitForResponse('**/auth/userinfo');
      await page.reload();
      await (await asked).finished();
      await page.waitForLoadState('networkidle');
      expect(await bar().count()).toBe(0);

      const end = Math.floor(Date.now() / 1000) + 100;
      await page.route('**/auth/userinfo', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        Object.assign(body.session, { idle_expires_at: end });
        await route.fulfill({ response, json: body });
      });
      await page.reload();
      await bar().waitFor();
      const shown = (time: number) => page.evaluate<string>(`new Date(${time}).toLocaleTimeString()`);
      // The gateway's time has no fraction.
      const times = await Promise.all([-1000, 0, 1000].map((off) => shown(end * 1000 + ahead + off)));
      const text = (await bar().textContent()) ?? '';
      expect([text, times.some((time) => text.includes(time))]).toEqual([text, true]);
    });

    it('a clock an hour fast: the place in the page is found again', async () => {
      const { context, page, worker } = stage();
      await context.addInitScript(`{ const now = Date.now; Date.now = () => now() + ${HOUR}; }`);
      await page.goto(`${worker.origin}/app`);
      await page.waitForLoadState('networkidle');
      await page.goto(`${worker.origin}/app#chapter-2`);
      await context.clearCookies();
      await page.reload();
      await page.getByRole('button', { name: /Uma/ }).click();
      await page.waitForURL(`${worker.origin}/app#chapter-2`);
    });
  });

  it('a page without storage warns and asks all the same', async () => {
    const { context, page, endSession, start, result, openWindow } = stage();
    await context.addInitScript(
      `Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })`,
    );
    await page.reload();
    await page.waitForLoadState('networkidle');
    await endSession();
    await start(POST('x'));
    await openWindow();
    expect(await result()).toBe(200);
  });

  it.each([
    ['fetch’s signal', (signal: string) => `fetch('/data/1', { method: 'POST', body: 'x', signal: ${signal} })`],
    [
      'a Request’s',
      (signal: string) => `fetch(new Request('/data/1', { method: 'POST', body: 'x', signal: ${signal} }))`,
    ],
  ])('%s: whoever waits no longer is told at once, and nothing is sent after it', async (_what, sent) => {
    const { page, endSession, start, result, arrived, openWindow } = stage();
    await endSession();
    await page.evaluate('window.given = new AbortController()');
    await start(sent('given.signal'));
    await bar().waitFor();
    await page.evaluate('given.abort(new Error("given up"))');
    expect(await result()).toBe('Error: given up');
    await start(POST('another'));
    await openWindow();
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['another']);
  });

  it('a tab in the background opens no window, and goes on once another tab has signed in', async () => {
    const { context, page, worker, endSession, start, result, arrived } = stage();
    await endSession();
    await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: true })`);
    await start(POST('x'));
    await bar().waitFor();
    expect(context.pages()).toHaveLength(1);
    const other = await context.newPage();
    await other.goto(`${worker.origin}/app`);
    await other.waitForURL(`${worker.origin}/app`);
    expect(arrived()).toEqual([]);
    await page.evaluate(
      `delete document.hidden; document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`,
    );
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['x']);
    await bar().waitFor({ state: 'detached' });
  });

  it('two tabs at once: one window serves both', async () => {
    const { context, page, worker, endSession, start, result, arrived, openWindow } = stage();
    const other = await context.newPage();
    await other.goto(`${worker.origin}/app`);
    await other.waitForLoadState('networkidle');
    await endSession();
    await start(POST('one'));
    await other.evaluate(`void (window.result = ${POST('two')})`);
    await other.getByRole('alert').waitFor();
    await openWindow();
    expect([await result(), await other.evaluate('window.result')]).toEqual([200, 200]);
    expect(arrived().sort()).toEqual(['one', 'two']);
    await other.getByRole('alert').waitFor({ state: 'detached' });
    expect(context.pages().filter((one) => one !== page && one !== other && !one.isClosed()).length).toBeLessThan(2);
  });

  it('a window that is closed half-way: the bar still stands, and opens another', async () => {
    const { context, start, result, arrived, openWindow } = stage();
    await context.clearCookies();
    await start(POST('x'));
    const first = await openWindow();
    await first.getByRole('button', { name: /Uma/ }).waitFor();
    await first.close();
    const second = await openWindow();
    await second.getByRole('button', { name: /Uma/ }).click();
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['x']);
  });

  it('where even a click opens no window, the page itself goes to sign in, and comes back to its place', async () => {
    const { page, worker, endSession, start, arrived } = stage();
    await page.goto(`${worker.origin}/app?x=1#part-2`);
    await page.waitForLoadState('networkidle');
    await page.evaluate('window.open = () => null; window.isActive = true');
    await endSession();
    await start(POST('x'));
    const there = page.waitForRequest((request) => request.url().includes('/auth/login?return_to='));
    await bar().getByRole('button', { name: 'Sign in' }).click();
    expect(new URL((await there).url()).searchParams.get('return_to')).toBe(`${worker.origin}/app?x=1#part-2`);
    await page.waitForURL(`${worker.origin}/app?x=1#part-2`);
    expect(arrived()).toEqual([]);
  });

  it('a refresh token that ZITADEL no longer takes: asked for, and repeated', async () => {
    const { page, worker, start, result, arrived, openWindow } = stage();
    worker.zitadel.faults.set('userinfo', { status: 401, body: {} });
    worker.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
    const isSignedIn = async () => (await page.request.get(`${worker.origin}/auth/userinfo`)).ok();
    await expect.poll(isSignedIn, { timeout: 20_000 }).toBe(false);
    worker.zitadel.faults.clear();
    await start(POST('x'));
    await openWindow();
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['x']);
  });

  it('while ZITADEL is down the request waits, and goes on once it is back', async () => {
    const { context, worker, endSession, start, result, arrived, openWindow } = stage();
    await endSession();
    worker.zitadel.faults.set('authorize', 'reset');
    await start(POST('x'));
    // The window shows our own page, since nobody is sent to a ZITADEL that does not answer.
    const refused = context.waitForEvent('response', (response) => response.status() === 503);
    await openWindow();
    await refused;
    worker.zitadel.faults.clear();
    await bar().getByRole('button', { name: 'Sign in' }).click();
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['x']);
  });

  it('a page out of the back/forward cache is loaded anew where nobody is signed in any more', async () => {
    const { context, page, worker } = stage();
    const come = () => page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
    const asked = page.waitForResponse('**/auth/userinfo');
    await page.evaluate('window.isSame = true');
    await come();
    await (await asked).finished();
    expect(await page.evaluate('window.isSame')).toBe(true);
    await context.clearCookies();
    await come();
    await page.waitForURL((url) => url.origin === worker.zitadel.issuer);
  });
});
