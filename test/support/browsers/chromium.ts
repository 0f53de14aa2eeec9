// Chromium, by Playwright.

import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../chromium.ts';
import type { BrowserOptions, RealBrowser, Tab, Visit } from './tab.ts';

export async function startChromium({ hosts = [] }: BrowserOptions = {}): Promise<RealBrowser> {
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(', ');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [...CHROMIUM_ARGUMENTS, `--host-resolver-rules=${rules}`],
  });
  return {
    name: 'Chromium',
    visit: async () => startVisit(await browser.newContext({ locale: 'en-GB', ignoreHTTPSErrors: true })),
    close: () => browser.close(),
  };
}

function startVisit(context: BrowserContext): Visit {
  return {
    tab: async () => createTab(await context.newPage()),
    tabs: async () => context.pages().map(createTab),
    end: () => context.close(),
  };
}

function createTab(page: Page): Tab {
  let session: Promise<CDPSession> | undefined;
  return {
    async goto(url) {
      await page.goto(url);
    },
    async reload() {
      await page.reload();
    },
    async back() {
      await page.goBack({ waitUntil: 'commit' });
    },
    url: async () => page.url(),
    async evaluate<T>(expression: string) {
      session ??= page.context().newCDPSession(page);
      // What Playwright evaluates counts as the visitor's own doing, and may open windows; a page's own script may not.
      const options = { expression, awaitPromise: true, returnByValue: true, userGesture: false };
      const { result, exceptionDetails } = await (await session).send('Runtime.evaluate', options);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value as T;
    },
    click: (selector) => page.click(selector),
    close: () => page.close(),
  };
}
