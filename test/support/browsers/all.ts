// The browsers that are here, and one suite for all of them.

import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { startChromium } from './chromium.ts';
import { hasFirefox, startFirefox } from './firefox.ts';
import type { BrowserOptions, RealBrowser, Visit } from './tab.ts';
import { hasWebKit, startWebKit } from './webkit.ts';

const BROWSERS = [
  { name: 'Chromium', isHere: hasChromium, start: startChromium },
  { name: 'Firefox', isHere: hasFirefox, start: startFirefox },
  { name: 'WebKit', isHere: hasWebKit, start: startWebKit },
] as const;

/** The same journeys in each browser, every test as a new visitor. Where one is missing, its tests are skipped and say so. */
export function inEachBrowser(
  what: string,
  journeys: (visit: () => Visit, browser: () => RealBrowser) => void,
  options: BrowserOptions = {},
): void {
  describe.each(BROWSERS)(`$name: ${what}`, ({ isHere, start }) => {
    describe.skipIf(!isHere)('as a new visitor', () => {
      let browser: RealBrowser | undefined;
      let visit: Visit | undefined;
      beforeAll(async () => {
        browser = await start(options);
      });
      afterAll(() => browser?.close());
      beforeEach(async () => {
        visit = await browser?.visit();
      });
      afterEach(() => visit?.end());
      journeys(
        () => visit as Visit,
        () => browser as RealBrowser,
      );
    });
  });
}
