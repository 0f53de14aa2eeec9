// What a service worker passes on, in Chromium, Firefox and WebKit: as it arrives, written down in docs/browsers.md, and what comes of it.
// Fetch Metadata §2; Service Workers §4.6 (respondWith).

import { afterAll, beforeAll, expect, it } from 'vitest';
import { siteOf } from '../../../src/policy/navigation.ts';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf, until } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { documentedCell } from '../support/browsers-page.ts';
import { REGISTER, type RecordingPages, startRecordingPages } from '../support/recording-pages.ts';

let pages: RecordingPages;
let worker: RunningWorker;
beforeAll(async () => {
  pages = await startRecordingPages();
  const ROUTES = ['/start', '/sw.js', '/link'].map((path) => ({ path, access: 'public' }));
  worker = await startWorker({ upstream: pages.foreignOrigin, env: { ROUTES } });
});
afterAll(async () => {
  await worker?.stop();
  await pages?.close();
});

inEachBrowser('a service worker that passes everything on', (visit, browser) => {
  /** What has arrived at `path`, in the words of the documents. */
  async function seenAt(path: string): Promise<string> {
    const found = () => pages.arrived.findLast((each) => each.path === path);
    await until(`a request for ${path}`, async () => found() !== undefined);
    const headers = found()?.headers ?? {};
    const [mode, dest, site] = ['mode', 'dest', 'site'].map((name) => headers[`sec-fetch-${name}`]);
    const nameOf = (url = '') =>
      url.startsWith(pages.foreignOrigin) ? 'theirs' : url.startsWith(pages.origin) ? 'ours' : url;
    return [mode, dest, site, ...(headers.origin === undefined ? [] : [`Origin ${nameOf(headers.origin)}`])].join(', ');
  }

  async function send(tab: Tab, from: string, how: 'link' | 'form' | 'silent-form', path: string): Promise<void> {
    await tab.goto(`${from}/${how}?to=${pages.origin}${path}`);
    await tab.click('#go');
    // The next page waits for this one: Firefox never says that a page has come whose way another one has crossed.
    await arrive(tab, pages.origin + path);
  }

  it('what arrives is as documented', async () => {
    pages.arrived.length = 0;
    const tab = await visit().tab();
    await tab.goto(`${pages.origin}/start`);
    await tab.evaluate(REGISTER);
    await tab.goto(`${pages.origin}/typed`);
    await tab.goto(`${pages.origin}/frame`);
    await seenAt('/in-frame');
    await send(tab, pages.origin, 'link', '/linked');
    await seenAt('/linked');
    await send(tab, pages.origin, 'form', '/sent');
    await seenAt('/sent');
    await send(tab, pages.foreignOrigin, 'link', '/linked-from-elsewhere');
    await seenAt('/linked-from-elsewhere');
    await send(tab, pages.foreignOrigin, 'form', '/sent-from-elsewhere');
    await seenAt('/sent-from-elsewhere');
    await send(tab, pages.foreignOrigin, 'silent-form', '/sent-in-silence');
    const rows = {
      'an address typed': '/typed',
      'a frame': '/in-frame',
      'a link': '/linked',
      'a form': '/sent',
      'a link of another site': '/linked-from-elsewhere',
      'a form of another site': '/sent-from-elsewhere',
      'the same without Referer': '/sent-in-silence',
    };
    for (const [row, path] of Object.entries(rows)) {
      expect(`${row}: ${await seenAt(path)}`).toBe(
        `${row}: ${documentedCell('Passed on by a service worker', row, browser().name)}`,
      );
    }
    const siteAt = (path: string) => {
      const { headers = {} } = pages.arrived.findLast((each) => each.path === path) ?? {};
      return siteOf(new Headers(headers as Record<string, string>), pages.origin);
    };
    expect(siteAt('/sent')).toBe(browser().name === 'WebKit' ? 'cross-site' : 'same-origin');
    expect(['/sent-from-elsewhere', '/sent-in-silence'].map(siteAt)).toEqual(['cross-site', 'cross-site']);
  });

  it('a deep link leads to the sign-in and back; a link to the sign-out asks first', async () => {
    const tab = await visit().tab();
    await tab.goto(`${worker.origin}/start`);
    await tab.evaluate(REGISTER);
    await tab.goto(`${worker.origin}/page?x=1`);
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/page?x=1`);
    expect(await textOf(tab)).toContain('GET /page');
    await tab.goto(`${worker.origin}/link?to=/auth/logout`);
    await tab.click('#go');
    await press(tab, /^Sign out$/);
    await arrive(tab, /\/auth\/logout\/callback/);
    expect(await textOf(tab)).toContain('signed out');
  });
});
