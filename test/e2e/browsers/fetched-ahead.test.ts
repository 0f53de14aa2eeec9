// Pages that fetch the sign-out and the sign-in ahead, in Chromium (speculation rules, link), Firefox (link) and WebKit (a script alone).
// HTML §7.6 (speculative loading), §4.6.8 (link type prefetch).

import { afterAll, beforeAll, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf, until } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { documentedCell } from '../support/browsers-page.ts';
import { type RecordingPages, startRecordingPages } from '../support/recording-pages.ts';

let pages: RecordingPages;
let worker: RunningWorker;
beforeAll(async () => {
  pages = await startRecordingPages();
  const ROUTES = ['/ahead', ...Object.values(WAYS)].map((path) => ({ path, access: 'public' }));
  worker = await startWorker({
    upstream: pages.foreignOrigin,
    env: { ROUTES },
  });
});
afterAll(async () => {
  await worker?.stop();
  await pages?.close();
});

/** The rows of the table in docs/browsers.md, and the page that /ahead has fetched that way. */
const WAYS = {
  '`<link rel="prefetch">`': '/by-link',
  'speculation rules, `prefetch`': '/by-rule',
  'speculation rules, `prerender`': '/rendered',
};

/** How often each browser asks ahead for each address: by link, and by rules. Chromium prefetches or prerenders by rule, or both. */
const TIMES = { Chromium: 2, Firefox: 1, WebKit: 0 };

inEachBrowser('a page that fetches the sign-out and the sign-in ahead', (visit, browser) => {
  /** What came of requests for an endpoint, in turn. */
  const outcomes = (endpoint: string) =>
    worker.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((event) => event['event'] === 'request' && event['endpoint'] === endpoint)
      .map(({ status, decision }) => (decision === undefined ? status : decision));

  function seenAt(path: string): string {
    const headers = pages.arrived.findLast((each) => each.path === path)?.headers;
    if (!headers) return 'nothing is fetched';
    const { 'sec-purpose': purpose, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, 'sec-fetch-site': site } = headers;
    return `\`Sec-Purpose: ${purpose}\`, ${mode}, ${dest}, ${site}`;
  }

  async function openAhead(tab: Tab): Promise<void> {
    (worker.logs as string[]).length = 0;
    await tab.goto(`${worker.origin}/ahead`);
    const isAsked = () => ['logout', 'login'].every((name) => outcomes(name).length >= TIMES[browser().name]);
    await until(
      () => `what is fetched ahead: ${outcomes('logout')}; ${outcomes('login')}`,
      async () => isAsked(),
    );
    for (const mark of ['X-Sec-Purpose', 'Purpose', 'HX-Preloaded', 'Next-Router-Prefetch', 'X-Plain']) {
      const value = mark.endsWith('urpose') ? 'prefetch' : '1';
      await tab.evaluate(`fetch('/auth/logout', { headers: { '${mark}': '${value}' } }).then(({ status }) => status)`);
    }
  }

  it('what arrives is as documented', async () => {
    pages.arrived.length = 0;
    await openAhead(await visit().tab());
    for (const [row, path] of Object.entries(WAYS)) {
      const cell = documentedCell('Fetched ahead', row, browser().name);
      if (cell !== 'nothing is fetched') await until(`${path}: ${cell}`, async () => seenAt(path) === cell);
      expect(`${row}: ${seenAt(path)}`).toBe(`${row}: ${cell}`);
    }
  });

  it('ends and begins nothing; the links themselves do', async () => {
    const tab = await visit().tab();
    await openAhead(tab);
    expect(new Set(outcomes('login'))).toEqual(new Set(TIMES[browser().name] > 0 ? [401] : []));
    await press(tab, /login/);
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/page`);

    await openAhead(tab);
    const { length } = outcomes('logout');
    expect(outcomes('logout').slice(-5)).toEqual([...Array(4).fill('prefetched'), 'asked_before_logout']);
    expect(outcomes('logout').slice(0, length - 5)).toEqual(Array(length - 5).fill('prefetched'));
    expect(await tab.evaluate(`fetch('/auth/userinfo').then(({ status }) => status)`)).toBe(200);
    await press(tab, /logout/);
    await arrive(tab, /\/auth\/logout\/callback/);
    expect(await textOf(tab)).toContain('signed out');
  });
});
