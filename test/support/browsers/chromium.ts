// Chromium, by Playwright.

import { type BrowserContext, chromium, type Page } from 'playwright-core';
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
    evaluate: (expression) => page.evaluate(expression),
    click: (selector) => page.click(selector),
    close: () => page.close(),
  };
}
