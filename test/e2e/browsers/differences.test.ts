// What Chromium, Firefox and WebKit send and keep, compared with the tables of docs/browsers.md, so that those stay true.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { caused, comesBack, PROBE_HOSTS, type ProbeSite, startProbeSite, WAYS } from '../support/probe-site.ts';
import { hasOpenssl } from '../support/tls-front.ts';

const COLUMNS = ['Chromium', 'Firefox', 'WebKit'];
const LINES = readFileSync('docs/browsers.md', 'utf8').split('\n');

/** What the tables say of this browser, by the names of their rows. */
function documented(browser: string, names: readonly string[]): Record<string, string | undefined> {
  const cellOf = (name: string) => {
    const line = LINES.find((each) => each.startsWith(`| ${name} |`));
    return line?.split('|')[2 + COLUMNS.indexOf(browser)]?.trim().replaceAll('`', '');
  };
  return Object.fromEntries(names.map((name) => [name, cellOf(name)]));
}

describe.skipIf(!hasOpenssl)('docs/browsers.md', () => {
  let site: ProbeSite;
  beforeAll(async () => {
    site = await startProbeSite();
  });
  afterAll(() => site?.close());

  inEachBrowser(
    'what it sends and keeps',
    (visit, browser) => {
      it('each kind of request says who caused it, and brings these cookies', async () => {
        const tab = await visit().tab();
        const found: Record<string, string> = {};
        await tab.goto(`${site.own}/start`);
        await tab.goto(`${site.own}/seen/typed`);
        found['an address typed'] = await site.seen('typed');
        for (const [cause, origin] of Object.entries({ own: site.own, foreign: site.foreign })) {
          for (const name of Object.keys(WAYS)) {
            found[`${name}, ${cause} page`] = await caused(tab, site, `${origin}/page`, name);
          }
        }
        expect(found).toEqual(documented(browser().name, Object.keys(found)));
      });

      // A browser may drop a page that it keeps whenever it likes, and then asks.
      it('these pages come back without a question', { retry: 3 }, async () => {
        const tab = await visit().tab();
        const cases: Record<string, readonly [page: string, next: string]> = {
          'a page': ['/kept', '/end'],
          'a no-store page': ['/kept?cache=no-store', '/end'],
          'a no-store page whose cookie has gone': ['/kept?cache=no-store', '/end?leave'],
          'a page whose cookie has gone': ['/kept', '/end?leave'],
          'a page, Clear-Site-Data on the next': ['/kept', '/end?clear'],
          'a page, Clear-Site-Data on a redirect': ['/kept', '/on?clear&to=/end'],
        };
        const found: Record<string, string> = {};
        for (const [name, [page, next]] of Object.entries(cases)) found[name] = await comesBack(tab, site, page, next);
        expect(found).toEqual(documented(browser().name, Object.keys(found)));
      });
    },
    { hosts: PROBE_HOSTS },
  );
});
