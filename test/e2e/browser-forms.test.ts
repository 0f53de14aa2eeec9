// Chromium, with and without script: a form that is sent after the session has ended arrives after the login as it was.
// ARCHITECTURE §3 first row.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { type FormApplication, startFormApplication } from './support/form-application.ts';

const FILE = Buffer.from(Uint8Array.from({ length: 4096 }, (_, index) => index % 256));

describe.skipIf(!hasChromium)('a visitor whose session has ended', () => {
  let application: FormApplication;
  let worker: RunningWorker;
  let browser: Browser;

  beforeAll(async () => {
    application = await startFormApplication();
    const ROUTES = [{ path: '/forms', access: 'public' }];
    worker = await startWorker({ upstream: application.origin, env: { ROUTES } });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
    await application?.close();
  });

  async function open(context: BrowserContext): Promise<Page> {
    application.received.length = 0;
    const page = await context.newPage();
    await page.goto(`${worker.origin}/forms`);
    return page;
  }

  /** Presses the form's button, and signs in. */
  async function sendAndSignIn(page: Page, id: string): Promise<void> {
    await page.click(`#${id} button`);
    await page.getByRole('button', { name: /Uma/ }).click();
  }

  describe.each([true, false])('with script: %s', (javaScriptEnabled) => {
    let context: BrowserContext;
    beforeAll(async () => {
      context = await browser.newContext({ javaScriptEnabled, locale: 'en' });
    });
    afterAll(() => context?.close());

    async function arrive(page: Page, url: string) {
      if (!javaScriptEnabled) {
        expect(new URL(page.url()).pathname).toBe('/auth/resubmit');
        await page.getByRole('button', { name: 'Send' }).click();
      }
      await page.waitForURL(worker.origin + url);
      await page.waitForSelector('#saved');
      expect(application.received).toHaveLength(1);
      return application.received[0];
    }

    async function signedOut(): Promise<Page> {
      await context.clearCookies();
      return open(context);
    }

    it('urlencoded', async () => {
      const page = await signedOut();
      await sendAndSignIn(page, 'urlencoded');
      const received = await arrive(page, '/save?form=urlencoded&x=%20');
      expect(received?.type).toBe('application/x-www-form-urlencoded');
      expect(received?.body.toString()).toBe('text=Zo%C3%AB+%26+%E7%8E%8B&submit=1');
      expect(received?.headers['content-length']).toBe(String(received?.body.length));
      expect(received?.headers).toMatchObject({ origin: application.origin, referer: `${application.origin}/forms` });
    });

    it('multipart with a file', async () => {
      const page = await signedOut();
      await page.setInputFiles('#multipart input[type=file]', {
        name: 'ä.bin',
        mimeType: 'application/x-bin',
        buffer: FILE,
      });
      await sendAndSignIn(page, 'multipart');
      const received = await arrive(page, '/save?form=multipart');
      const boundary = /boundary=(\S+)/.exec(received?.type ?? '')?.[1];
      expect(received?.body.toString('latin1')).toContain(FILE.toString('latin1'));
      expect(received?.body.toString('latin1').endsWith(`--${boundary}--\r\n`)).toBe(true);
    });

    it('plain', async () => {
      const page = await signedOut();
      await sendAndSignIn(page, 'plain');
      const received = await arrive(page, '/save?form=plain');
      expect(received?.type).toBe('text/plain');
      expect(received?.body.toString()).toBe('text=one\r\ntwo = 2\r\n');
    });

    it('sends a form once: neither a reload nor the way back sends it again', async () => {
      const page = await signedOut();
      await sendAndSignIn(page, 'plain');
      await arrive(page, '/save?form=plain');
      await page.reload();
      expect(await page.title()).toBe('forms');
      // With script the page that sent it has left no entry in the history, and this leads to the sign-in service.
      await page.goBack();
      if (!javaScriptEnabled) expect(await page.title()).toBe('forms');
      expect(application.received).toHaveLength(1);
    });

    it('a form too large is refused: said before the sign-in, and the form is still there on the way back', async () => {
      const page = await signedOut();
      const buffer = Buffer.alloc(3 * 1024 * 1024, 'x');
      await page.fill('#multipart input[name=text]', 'what I wrote');
      await page.setInputFiles('#multipart input[type=file]', { name: 'b.bin', mimeType: 'application/x-bin', buffer });
      await page.click('#multipart button');
      await page.waitForSelector('a[target=_blank]');
      expect(await page.locator('footer').textContent()).toContain('content_too_large');
      await page.goBack();
      expect(await page.inputValue('#multipart input[name=text]')).toBe('what I wrote');
      expect(application.received).toEqual([]);
    });
  });

  it('a fragment survives where the sign-in service shows no page, for pages and for forms', async () => {
    const context = await browser.newContext();
    const page = await open(context);
    await page.goto(`${worker.origin}/first`);
    await page.getByRole('button', { name: /Uma/ }).click();
    await page.waitForURL(`${worker.origin}/first`);
    const endSession = () => context.clearCookies({ name: 'postern' });
    await endSession();
    await page.goto(`${worker.origin}/long?q=${'x'.repeat(5000)}#part-1`);
    expect(page.url()).toBe(`${worker.origin}/long?q=${'x'.repeat(5000)}#part-1`);
    await endSession();
    await page.goto(`${worker.origin}/page#part-1`);
    expect(page.url()).toBe(`${worker.origin}/page#part-1`);
    await page.goto(`${worker.origin}/forms`);
    await endSession();
    await page.click('#fragment button');
    await page.waitForURL(`${worker.origin}/save#part-2`);
    await page.waitForSelector('#saved');
    await context.close();
  });
});
