// WebKit by WebKitGTK's own driver: WebDriver over HTTP, on a display that nobody sees.
// https://www.w3.org/TR/webdriver2/

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { freePort } from '../worker.ts';
import { startLoopbackProxy } from './loopback-proxy.ts';
import type { BrowserOptions, RealBrowser, Tab, Visit } from './tab.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const DISPLAY = '/usr/bin/xvfb-run';
const BROWSER = globSync('/usr/lib/*/webkit2gtk-4.1/MiniBrowser')[0];
export const hasWebKit = existsSync(DRIVER) && existsSync(DISPLAY) && BROWSER !== undefined;

type Call = <T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<T>;

/** WebDriver's own name for an element's id in JSON. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export async function startWebKit({ hosts = [] }: BrowserOptions = {}): Promise<RealBrowser> {
  const proxy = hosts.length > 0 ? await startLoopbackProxy() : undefined;
  const port = await freePort();
  const driver = spawn(DISPLAY, ['-a', DRIVER, `--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
    env: {
      ...process.env,
      LANGUAGE: 'en_GB',
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      // Its capability `sslProxy` speaks TLS to the proxy; this one does not.
      ...(proxy && { https_proxy: `http://${proxy.address}`, no_proxy: 'localhost' }),
    },
  });
  const call = speak(`http://127.0.0.1:${port}`);
  await ready(driver, call);
  let visit: Visit | undefined;
  return {
    name: 'WebKit',
    async visit() {
      await visit?.end();
      visit = await startVisit(call);
      return visit;
    },
    async close() {
      await visit?.end();
      const gone = new Promise((resolve) => driver.once('close', resolve));
      if (driver.pid !== undefined && driver.exitCode === null) process.kill(-driver.pid);
      await gone;
      await proxy?.close();
    },
  };
}

function speak(origin: string): Call {
  return async <T>(method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(origin + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value as T;
  };
}

async function ready(driver: ChildProcess, call: Call): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (driver.exitCode !== null) throw new Error(`WebKitWebDriver ended with ${driver.exitCode}`);
    const isReady = await call('GET', '/status').then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('WebKitWebDriver does not answer');
}

async function startVisit(call: Call): Promise<Visit> {
  const browserOptions = { binary: BROWSER, args: ['--automation'] };
  const alwaysMatch = {
    acceptInsecureCerts: true,
    'webkitgtk:browserOptions': browserOptions,
  };
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', { capabilities: { alwaysMatch } });
  const session = `/session/${sessionId}`;
  const handles = () => call<string[]>('GET', `${session}/window/handles`);
  let hasTab = false;
  let isEnded = false;
  return {
    async tab() {
      const opened = hasTab
        ? (await call<{ handle: string }>('POST', `${session}/window/new`, { type: 'tab' })).handle
        : (await handles())[0];
      hasTab = true;
      return createTab(call, session, opened as string);
    },
    tabs: async () => (await handles()).map((handle) => createTab(call, session, handle)),
    async end() {
      if (isEnded) return;
      isEnded = true;
      await call('DELETE', session);
    },
  };
}

function createTab(call: Call, session: string, handle: string): Tab {
  /** Commands go to one window at a time, so each names its own first. */
  const inTab = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> => {
    await call('POST', `${session}/window`, { handle });
    return call<T>(method, session + path, body);
  };
  return {
    goto: (url) => inTab('POST', '/url', { url }),
    reload: () => inTab('POST', '/refresh', {}),
    back: () => inTab('POST', '/back', {}),
    url: () => inTab('GET', '/url'),
    async evaluate<T>(expression: string) {
      const script = `const done = arguments[0]; Promise.resolve().then(() => (${expression})).then((value) => done(JSON.stringify(value) ?? null), (error) => done('!' + error))`;
      const value = await inTab<string | null>('POST', '/execute/async', { script, args: [] });
      if (value?.startsWith('!')) throw new Error(value);
      return (value === null ? undefined : JSON.parse(value)) as T;
    },
    async click(selector) {
      const found = await inTab<Record<string, string>>('POST', '/element', { using: 'css selector', value: selector });
      await inTab('POST', `/element/${found[ELEMENT]}/click`, {});
    },
    close: () => inTab('DELETE', '/window'),
  };
}
