// A browser and a small server that shows each sample page under its own origin, with the headers it really has.

import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PagesConfig } from '../../../src/pages/page-headers.ts';
import { DONE_SCRIPT } from '../../../src/pages/popup-done.ts';
import { RESUBMIT_SCRIPT } from '../../../src/pages/resubmit.ts';
import { renderAll } from '../../pages/samples.ts';

const EXECUTABLE = '/usr/bin/chromium';
const ARGUMENTS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const hasBrowser = existsSync(EXECUTABLE);
if (!hasBrowser) console.info(`skipped: no ${EXECUTABLE}`);

export interface Stage {
  readonly browser: Browser;
  readonly origin: string;
  /** Forms that arrived: path, Origin, body. */
  readonly forms: { path: string; origin: string | undefined; body: string }[];
  /** `name` of a sample, in a language. */
  readonly urlOf: (name: string, language: string) => string;
  readonly close: () => Promise<void>;
}

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40"><circle cx="20" cy="20" r="16"/></svg>';

export const createStage = async (): Promise<Stage> => {
  const forms: Stage['forms'] = [];
  let origin = '';

  const showPage = async (url: URL, response: ServerResponse) => {
    const settings: PagesConfig = {
      brand: { name: 'Example Reports', color: '#ffd500', logoUrl: '/logo.svg' },
      endpoints: '/auth',
      isSecure: false,
      issuer: 'https://login.example.com',
      origin,
    };
    const context = { requestId: '8f3a1c52d0e94b7f', acceptLanguage: url.searchParams.get('language') };
    const page = (await renderAll(context, undefined, settings)).get(url.searchParams.get('name') ?? '');
    // A page that leads on at once would be gone before anybody looks at it.
    if (page?.headers.get('Refresh')?.startsWith('0;')) page.headers.delete('Refresh');
    response.writeHead(page?.status ?? 404, Object.fromEntries(page?.headers ?? []));
    response.end(await page?.text());
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', origin);
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      forms.push({ path: url.pathname, origin: request.headers.origin, body });
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>received</title>');
      return;
    }
    const script = { '/auth/resubmit.js': RESUBMIT_SCRIPT, '/auth/done.js': DONE_SCRIPT }[url.pathname];
    if (script) response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
    else if (url.pathname === '/logo.svg') response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(LOGO);
    else if (url.pathname === '/page') await showPage(url, response);
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>application</title>');
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS.split(' ') });
  return {
    browser,
    origin,
    forms,
    urlOf: (name, language) => `${origin}/page?${new URLSearchParams({ name, language })}`,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** What the browser complains about, except for the page's own status. */
export const collectComplaints = (page: Page): string[] => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (!message.text().startsWith('Failed to load resource: the server responded')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
};

/** Pages that stay as they are; the others go on by script. */
export const SAMPLES = [...(await renderAll({ requestId: 'ref', acceptLanguage: null })).keys()];
