// Django's own admin behind the built gateway, in Chromium: people and roles by header, forms with CSRF tokens, static files.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../../support/chromium.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type Django, hasDjango, startDjango } from './django.ts';

describe.skipIf(!hasDjango || !hasChromium)('Django’s admin', () => {
  let django: Django;
  let worker: RunningWorker;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    django = await startDjango();
    // It takes X-Forwarded-Host, and compares Origin with it.
    worker = await startWorker({ upstream: django.origin, env: { UPSTREAM_HOST: 'public' } });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
    await django?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en' });
    page = await context.newPage();
  });
  afterEach(() => context?.close());

  async function signIn(name: RegExp, path: string): Promise<void> {
    await page.goto(worker.origin + path);
    await page.getByRole('button', { name }).click();
    await page.waitForURL((url) => url.origin === worker.origin);
  }

  it('knows who it is by the gateway’s headers, and loads with its style and scripts', async () => {
    const failed: string[] = [];
    page.on('response', (response) => response.status() >= 400 && failed.push(response.url()));
    await signIn(/Ada/, '/admin/');
    expect(page.url()).toBe(`${worker.origin}/admin/`);
    expect(await page.locator('#user-tools').textContent()).toContain('Ada Moreau');
    expect(await page.evaluate('document.styleSheets.length')).toBeGreaterThan(0);
    expect(failed).toEqual([]);
  });

  it('keeps out whoever lacks the role', async () => {
    await signIn(/Uma/, '/admin/');
    expect(new URL(page.url()).pathname).toBe('/admin/login/');
    expect(await page.textContent('body')).toContain('not authorized to access this page');
  });

  it('takes forms, with its CSRF token and its check of Origin', async () => {
    await signIn(/Ada/, '/admin/auth/group/add/');
    await page.fill('#id_name', 'Käse & Brot');
    await page.click('input[name=_save]');
    expect(await page.textContent('.messagelist')).toContain('added successfully');
    expect(page.url()).toBe(`${worker.origin}/admin/auth/group/`);
  });

  it('a form that is saved after the session has ended is saved after the sign-in', async () => {
    await signIn(/Ada/, '/admin/auth/group/add/');
    await page.fill('#id_name', 'written before, saved after');
    await context.clearCookies({ name: 'postern' });
    await page.click('input[name=_save]');
    await page.waitForURL(`${worker.origin}/admin/auth/group/`);
    expect(await page.textContent('.messagelist')).toContain('written before, saved after');
    await page.reload();
    expect(await page.getByRole('link', { name: 'written before, saved after' }).count()).toBe(1);
  });

  it('as it is made, with no setting for a proxy, it takes forms too: it is called by its own name', async () => {
    const plain = await startDjango('plain');
    const before = await startWorker({ upstream: plain.origin });
    try {
      await page.goto(`${before.origin}/admin/auth/group/add/`);
      await page.getByRole('button', { name: /Ada/ }).click();
      await page.waitForURL((url) => url.origin === before.origin);
      await page.fill('#id_name', 'written before a proxy');
      await page.click('input[name=_save]');
      expect(await page.textContent('.messagelist')).toContain('added successfully');
      expect(page.url()).toBe(`${before.origin}/admin/auth/group/`);
    } finally {
      await before.stop();
      await plain.stop();
    }
  });

  it('a visitor can’t say who they are', async () => {
    await context.setExtraHTTPHeaders({ 'X-Forwarded-Preferred-Username': 'root', 'X-Forwarded-Roles': 'admin' });
    await signIn(/Uma/, '/admin/');
    expect(new URL(page.url()).pathname).toBe('/admin/login/');
    expect(await page.textContent('body')).not.toContain('root');
  });
});
