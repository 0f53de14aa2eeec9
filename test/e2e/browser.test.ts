// A real Chromium: signs in, reads the greeting, opens a second tab, signs out, and finds the page closed.

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
    expect(await second.locator('main').innerText()).not.toContain('admin');

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

  it('finishes two tabs that began to sign in at the same time', async () => {
    const context = await browser.newContext();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(`${worker.origin}/guestbook?tab=1`);
    await two.goto(`${worker.origin}/profile?tab=2`);
    await one.getByRole('button', { name: /Uma/ }).click();
    await one.waitForURL(`${worker.origin}/guestbook?tab=1`);
    await two.getByRole('button', { name: /Uma/ }).click();
    await two.waitForURL(`${worker.origin}/profile?tab=2`);
    await one.reload();
    expect(one.url()).toBe(`${worker.origin}/guestbook?tab=1`);
    await context.close();
  });

  it('asks before a sign-out that another site has caused', async () => {
    const context = await browser.newContext({ locale: 'de-DE' });
    const page = await context.newPage();
    await page.goto(`${worker.origin}/profile`);
    await page.getByRole('button', { name: /Ada/ }).click();
    await page.waitForURL(`${worker.origin}/profile`);
    await page.goto(`${worker.zitadel.issuer}/.well-known/openid-configuration`);
    await page.evaluate((url) => location.assign(url), `${worker.origin}/auth/logout`);
    await page.waitForURL(`${worker.origin}/auth/logout`);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('button', { name: 'Abmelden' }).click();
    await page.waitForURL(/\/auth\/logout\/callback/);
    await context.close();
  });
});
