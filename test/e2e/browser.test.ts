// What only Chromium tells: none of the pages on the way of a sign-in and sign-out breaks its own policy. The journeys are in browsers/.

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

describe.skipIf(!hasChromium)('a visitor with Chromium', () => {
  let worker: RunningWorker;
  let browser: Browser;

  beforeAll(async () => {
    worker = await startWorker({
      env: {
        ROUTES: [
          { path: '/', access: 'public' },
          { path: '/assets/*', access: 'public' },
          { path: '/admin/*', roles: ['admin'] },
        ],
        REVOCATION_MAX_AGE: '1',
      },
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
  });

  it('signs in, reads the greeting, opens a second tab, signs out, and finds the page closed', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const errors: string[] = [];
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(worker.origin);
    expect(await page.locator('body').innerText()).toContain('Sign in');
    await page.goto(`${worker.origin}/profile`);
    expect(new URL(page.url()).origin).toBe(worker.zitadel.issuer);
    await page.getByRole('button', { name: /Zoë/ }).click();
    await page.waitForURL(`${worker.origin}/profile`);
    expect(await page.locator('body').innerText()).toContain('Zoë Kõiv-Straße 王');

    const second = await context.newPage();
    await second.goto(`${worker.origin}/guestbook`);
    expect(await second.locator('body').innerText()).toContain('Zoë');
    const refused = await second.goto(`${worker.origin}/admin/`);
    expect(refused?.status()).toBe(403);
    expect(await second.locator('main').innerText()).not.toMatch(/\badmin\b/);

    await page.goto(`${worker.origin}/auth/profile`);
    expect(await page.locator('main').innerText()).toContain('Chrome');
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.waitForURL(/\/auth\/logout\/callback/);
    expect(await page.locator('main').innerText()).toContain('signed out');

    await second.goto(`${worker.origin}/guestbook`);
    expect(new URL(second.url()).origin).toBe(worker.zitadel.issuer);
    expect(errors.filter((text) => /Content Security Policy/.test(text))).toEqual([]);
    await context.close();
  });
});
