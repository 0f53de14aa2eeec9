// Back after a sign-out in Chromium, Firefox and WebKit: nothing of a signed-in page is shown, with the default configuration.
// docs/browsers.md; HTML §7.4.6 (documents that come back from the history).

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, textOf } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { hasOpenssl, startTlsFront, type TlsFront } from '../support/tls-front.ts';

const SECRET = 'for your eyes only';
const PAGE = `<!doctype html><title>page</title><p>${SECRET}</p><form method="post" action="/auth/logout?return_to=/bye"><button>Leave</button></form>`;
/** What the application says of its pages. None of it wants a page shown again without a question. */
const PAGES = {
  '/silent': { 'Content-Type': 'text/html' },
  '/private': { 'Content-Type': 'text/html', 'Cache-Control': 'private', ETag: '"1"' },
  '/asked': { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=0, must-revalidate' },
  '/text': { 'Content-Type': 'text/plain' },
} as const;

describe.skipIf(!hasOpenssl)('over HTTPS, as sites are', () => {
  let asked: string[] = [];
  let front: TlsFront;
  let application: Server;
  let worker: RunningWorker;
  beforeAll(async () => {
    front = await startTlsFront();
    application = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const body = request.headers['x-forwarded-user'] === undefined ? 'nobody' : PAGE;
      response.writeHead(200, PAGES[path as keyof typeof PAGES]).end(body);
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    const ROUTES = ['/bye', '/text'].map((path) => ({ path, access: 'public' }));
    worker = await startWorker({
      upstream: `http://127.0.0.1:${(application.address() as AddressInfo).port}`,
      env: { ROUTES, ZITADEL_CALLBACK_URL: `${front.site}/auth/callback` },
    });
    worker.zitadel.webApplication.redirectUris = [`${front.site}/auth/callback`];
    worker.zitadel.webApplication.postLogoutRedirectUris = [`${front.site}/auth/logout/callback`];
    front.leadTo(worker.origin);
  });
  afterAll(async () => {
    await worker?.stop();
    application?.close();
    await front?.close();
  });

  async function open(tab: Tab, path: string): Promise<void> {
    await tab.goto(front.site + path);
    if ((await tab.url()).startsWith(worker.zitadel.issuer)) await press(tab, /Ada/);
    await arrive(tab, front.site + path);
    expect(await textOf(tab)).toContain(SECRET);
  }

  inEachBrowser(
    'back',
    (visit, browser) => {
      it('after a sign-out shows nothing of any page', async () => {
        const tab = await visit().tab();
        for (const path of Object.keys(PAGES)) await open(tab, path);
        await open(tab, '/silent');
        asked = [];
        await press(tab, /Leave/);
        await arrive(tab, `${front.site}/bye`);
        const seen = [];
        for (const _ of [...Object.keys(PAGES), 'the last']) {
          await tab.back();
          await arrive(tab, /^http/);
          seen.push(await textOf(tab));
        }
        expect(seen.join()).not.toContain(SECRET);
        expect(seen.join()).toContain('nobody');
        expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/bye', '/text']);
      });

      // A browser may drop a page that it keeps whenever it likes, and then asks.
      it('while signed in is free in Chromium; the others ask again for what is not to be stored', {
        retry: 3,
      }, async () => {
        const tab = await visit().tab();
        await open(tab, '/silent');
        await open(tab, '/asked');
        asked = [];
        await tab.back();
        await arrive(tab, `${front.site}/silent`);
        expect(await textOf(tab)).toContain(SECRET);
        const isFree = browser().name === 'Chromium';
        expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(isFree ? [] : ['/silent']);
      });
    },
    { hosts: ['app.example.test'] },
  );
});
