// A real browser, where there is one: Chromium by playwright-core, which a clone has and an operator's folder need not.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OWN_ROOT } from '../../support/own-package.ts';
import { NotApplicable } from '../ledger.ts';
import type { Person } from '../world/people.ts';

type Playwright = typeof import('playwright-core');

const PATIENCE_MS = 30_000;

async function loadPlaywright(): Promise<Playwright> {
  try {
    const path = createRequire(join(OWN_ROOT, 'package.json')).resolve('playwright-core');
    const loaded = await import(pathToFileURL(path).href);
    return loaded.default ?? loaded;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND')) throw cause;
    throw new NotApplicable('there is no playwright-core here');
  }
}

/** What the page at `url` says after a sign-in on Login V1's pages. */
export async function readInChromium(url: string, person: Person): Promise<string> {
  const program = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(program)) throw new NotApplicable(`there is no ${program}; CHROMIUM_PATH names another`);
  const { chromium } = await loadPlaywright();
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url);
    for (const [name, value] of [
      ['loginName', person.loginName],
      ['password', person.password],
    ] as const) {
      const field = page.locator(`input[name="${name}"]:visible`);
      await field.fill(value);
      await field.press('Enter');
    }
    await page.waitForURL(url);
    return (await page.textContent('body')) ?? '';
  } finally {
    await browser.close();
  }
}
