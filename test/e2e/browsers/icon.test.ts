// No browser finds anything on our pages that their policy refuses: not the icon either, which Firefox and WebKit ask every site for.
// CSP Level 3 §5 (reports). The page of the control has no icon, or may show none.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderAll } from '../../pages/samples.ts';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { until } from '../../support/browsers/tab.ts';

const ICON = /<link rel="icon"[^>]*>/;

inEachBrowser('the icon of our pages', (visit, browser) => {
  let server: Server;
  let origin = '';
  /** What browsers asked for beside the pages, and what they have reported. */
  const asked: string[] = [];

  beforeAll(async () => {
    const samples = await renderAll({ requestId: 'ref', acceptLanguage: 'en' });
    const pages = new Map<string, { text: string; headers: Record<string, string> }>();
    for (const [name, page] of samples) {
      pages.set(name, { text: await page.text(), headers: Object.fromEntries(page.headers) });
    }
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', origin);
      const page = pages.get(searchParams.get('name') ?? '');
      const spoil = searchParams.get('spoil');
      if (pathname !== '/page' || !page) {
        asked.push(pathname + searchParams);
        response.writeHead(204).end();
        return;
      }
      let policy = page.headers['content-security-policy'] ?? '';
      if (spoil !== null) policy = policy.replace('img-src data:; ', '');
      policy += `; report-uri /report?${spoil ?? 'ours'}`;
      response.writeHead(200, { ...page.headers, 'content-security-policy': policy });
      response.end(spoil === 'icon' ? page.text.replace(ICON, '') : page.text);
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('is in the page, and allowed', async () => {
    asked.length = 0;
    for (const name of ['signedOut', 'profile', 'fault upstream_unreachable']) {
      await (await visit().tab()).goto(`${origin}/page?name=${encodeURIComponent(name)}`);
    }
    // Chromium alone looks at the policy first, and for /favicon.ico not at all.
    const spoil = browser().name === 'Chromium' ? 'policy' : 'icon';
    const control = await visit().tab();
    await control.goto(`${origin}/page?name=signedOut&spoil=${spoil}`);
    await until('a report of the control', async () => asked.some((each) => each.startsWith(`/report${spoil}`)));
    expect(asked.filter((each) => !each.startsWith(`/report${spoil}`))).toEqual([]);
  });
});
