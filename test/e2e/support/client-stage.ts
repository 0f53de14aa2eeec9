// A visitor in Chromium, signed in on an application's page that has client.js.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../../support/chromium.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type FormApplication, startFormApplication } from './form-application.ts';

export interface ClientStage {
  readonly application: FormApplication;
  readonly worker: RunningWorker;
  readonly context: BrowserContext;
  readonly page: Page;
  /** The cookie is gone; the visitor is known to ZITADEL still. */
  endSession(): Promise<void>;
  /** What was posted, and has arrived. */
  arrived(): string[];
  /** Begins what goes on in the page; `window.result` is a promise of its answer. */
  start(expression: string): Promise<void>;
  result(): Promise<unknown>;
  /** The small window that is opened by pressing the bar's button of this name. */
  openWindow(on?: Page): Promise<Page>;
}

/** The stage of the test that runs. `pages` are further pages of the application's. */
export function useClientStage(
  env: Record<string, unknown>,
  pages?: Readonly<Record<string, string>>,
): () => ClientStage {
  let application: FormApplication;
  let worker: RunningWorker;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    application = await startFormApplication(pages);
    worker = await startWorker({ upstream: application.origin, env });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
    await application?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en' });
    // Whatever Playwright evaluates counts as the visitor's own doing; a script of a page's own does not.
    await context.addInitScript(
      'Object.defineProperty(navigator, "userActivation", { get: () => ({ isActive: window.isActive }) })',
    );
    page = await context.newPage();
    await page.goto(`${worker.origin}/app`);
    await page.getByRole('button', { name: /Uma/ }).click();
    await page.waitForURL(`${worker.origin}/app`);
    await page.waitForLoadState('networkidle');
    application.received.length = 0;
  });
  afterEach(() => context?.close());

  return () => ({
    application,
    worker,
    context,
    page,
    endSession: () => context.clearCookies({ name: 'postern' }),
    arrived: () => application.received.map(({ body }) => body.toString()),
    start: (expression) => page.evaluate(`void (window.result = Promise.resolve(${expression}).catch(String))`),
    result: () => page.evaluate('window.result'),
    async openWindow(on = page) {
      const opened = context.waitForEvent('page');
      await on.getByRole('alert').getByRole('button', { name: 'Sign in' }).click();
      return opened;
    },
  });
}
