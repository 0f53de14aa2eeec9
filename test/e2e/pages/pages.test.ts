// The pages in Chromium: nothing the policy refuses, nothing wider than a small screen, right to left, keyboard, forms and scripts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectComplaints, createStage, hasBrowser, SAMPLES, type Stage } from './stage.ts';

const WIDE_AT_ALL = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

describe.skipIf(!hasBrowser)('pages in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  const open = async (name: string, language: string, options: Parameters<Stage['browser']['newContext']>[0] = {}) => {
    const context = await stage.browser.newContext(options);
    const page = await context.newPage();
    const complaints = collectComplaints(page);
    await page.goto(stage.urlOf(name, language));
    return { context, page, complaints };
  };

  it.each(['en', 'de', 'fr', 'pl', 'ar'])(
    '%s: every page keeps to its policy and to 360 and 320 pixels',
    async (language) => {
      const context = await stage.browser.newContext({
        javaScriptEnabled: false,
        viewport: { width: 360, height: 640 },
      });
      const page = await context.newPage();
      const complaints = collectComplaints(page);
      for (const name of SAMPLES) {
        await page.goto(stage.urlOf(name, language));
        expect(await page.locator('main h1').count(), name).toBe(1);
        expect(await page.evaluate(WIDE_AT_ALL), name).toBe(false);
        expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe(
          language === 'ar' ? 'rtl' : 'ltr',
        );
      }
      // WCAG 2.2 §1.4.10: 320 pixels are 1280 at 400 %.
      await page.setViewportSize({ width: 320, height: 256 });
      for (const name of ['profile', 'misconfigured', 'forbidden']) {
        await page.goto(stage.urlOf(name, language));
        expect(await page.evaluate(WIDE_AT_ALL), name).toBe(false);
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('shows the logo, and the style of the scheme', async () => {
    const { context, page } = await open('forbidden', 'en', { colorScheme: 'dark' });
    expect(await page.evaluate('document.images[0].naturalWidth')).toBe(160);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(14, 17, 22)');
    await context.close();
  });

  it('leads the keyboard to each link and button, with a visible focus', async () => {
    const { context, page } = await open('profile', 'en');
    const reached = new Set<string>();
    for (let step = 0; step < 7; step += 1) {
      await page.keyboard.press('Tab');
      const [label, width] = await page.evaluate<[string, string]>(
        '[document.activeElement.getAttribute("aria-describedby") ?? document.activeElement.textContent, getComputedStyle(document.activeElement).outlineWidth]',
      );
      expect(width).toBe('3px');
      reached.add(label);
    }
    expect([...reached]).toEqual([
      '',
      'Manage your account',
      's0',
      's1',
      's2',
      'Sign out everywhere else',
      'Back to Example Reports',
    ]);
    await context.close();
  });

  it('sends a kept form again by itself: all fields, our own Origin, once', async () => {
    stage.forms.length = 0;
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    const complaints = collectComplaints(page);
    await page.goto(`${stage.origin}/before`);
    await page.goto(stage.urlOf('resubmit', 'en'));
    await page.waitForURL(`${stage.origin}/report`);
    const form = { path: '/report', origin: stage.origin, body: 'title=Hello&submit=Send' };
    expect(stage.forms).toEqual([form]);
    await page.goBack();
    await page.waitForLoadState('load');
    expect(stage.forms).toEqual([form]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sends it without script by the button', async () => {
    stage.forms.length = 0;
    const { context, page } = await open('resubmit', 'de', { javaScriptEnabled: false });
    expect(stage.forms).toEqual([]);
    await page.getByRole('button', { name: 'Senden' }).click();
    await page.waitForURL(`${stage.origin}/report`);
    expect(stage.forms).toEqual([{ path: '/report', origin: stage.origin, body: 'title=Hello&submit=Send' }]);
    await context.close();
  });

  it('ends a session from the list, with our own Origin', async () => {
    stage.forms.length = 0;
    const { context, page, complaints } = await open('profile', 'en');
    await page.locator('form[action$="/profile"] button').first().click();
    await page.waitForURL(`${stage.origin}/auth/profile`);
    expect(stage.forms).toEqual([{ path: '/auth/profile', origin: stage.origin, body: 'csrf=token&session=b2' }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('tells the waiting page that the sign-in is done, and closes the window', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${stage.origin}/waiting`);
    await page.evaluate(`
      window.heard = [];
      addEventListener('message', ({ data }) => heard.push(data));
      new BroadcastChannel('postern').onmessage = ({ data }) => heard.push(data);
      window.small = open(${JSON.stringify(stage.urlOf('popupDone', 'en'))}, '_blank', 'popup,width=400,height=600');`);
    await page.waitForFunction('heard.length === 2 && small.closed');
    expect(await page.evaluate('heard.toSorted()')).toEqual(['postern:signed-in', 'signed-in']);
    await context.close();
  });
});
