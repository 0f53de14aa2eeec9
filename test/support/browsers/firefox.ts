// Firefox over WebDriver BiDi, which it speaks by itself: one WebSocket, commands and answers by number.
// https://w3c.github.io/webdriver-bidi/

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { BrowserOptions, RealBrowser, Tab, Visit } from './tab.ts';

const FIREFOX = process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr';
export const hasFirefox = existsSync(FIREFOX);

/** Nothing of these goes out to the network by itself; English pages, as in the other browsers. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'devtools.jsonview.enabled': false,
  'dom.disable_open_during_load': true,
  'extensions.update.enabled': false,
  'intl.accept_languages': 'en-GB',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

type Result = Record<string, unknown>;
type Send = <T = Result>(method: string, params: object) => Promise<T>;

export async function startFirefox({ hosts = [] }: BrowserOptions = {}): Promise<RealBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'postern-firefox-'));
  const lines = Object.entries({ ...PREFERENCES, 'network.dns.localDomains': hosts.join() }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const flags = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', profile, 'about:blank'];
  const program = spawn(FIREFOX, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => program.once('close', () => resolve()));
  const socket = new WebSocket(`${await addressOf(program)}/session`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = speak(socket);
  await send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  return {
    name: 'Firefox',
    visit: () => startVisit(send),
    async close() {
      await send('browser.close', {}).catch(() => program.kill());
      socket.close();
      await gone;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function addressOf(program: ChildProcess): Promise<string> {
  let written = '';
  return new Promise((resolve, reject) => {
    program.once('error', reject).once('close', () => reject(new Error(`Firefox ended: ${written}`)));
    program.stderr?.on('data', (chunk: Buffer) => {
      written += chunk;
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(written)?.[1];
      if (address) resolve(address);
    });
  });
}

function speak(socket: WebSocket): Send {
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let last = 0;
  socket.on('message', (data) => {
    const { id, type, result, error, message } = JSON.parse(String(data));
    const asked = waiting.get(id);
    waiting.delete(id);
    if (type === 'success') asked?.resolve(result as never);
    else asked?.reject(new Error(`${error}: ${message}`));
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}

async function startVisit(send: Send): Promise<Visit> {
  const { userContext } = await send('browser.createUserContext', { acceptInsecureCerts: true });
  const contexts = async () => {
    const { contexts: all } = await send<{ contexts: Result[] }>('browsingContext.getTree', { maxDepth: 0 });
    return all.filter((one) => one['userContext'] === userContext).map((one) => one['context'] as string);
  };
  return {
    async tab() {
      const { context } = await send('browsingContext.create', { type: 'tab', userContext });
      return createTab(send, context as string);
    },
    tabs: async () => (await contexts()).map((context) => createTab(send, context)),
    async end() {
      await send('browser.removeUserContext', { userContext });
    },
  };
}

function createTab(send: Send, context: string): Tab {
  const run = async (expression: string, more: object = {}) => {
    const { result, exceptionDetails } = await send<{ result: Result; exceptionDetails?: { text: string } }>(
      'script.evaluate',
      { expression, target: { context }, awaitPromise: true, userActivation: false, ...more },
    );
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result;
  };
  return {
    // What leads on by itself, as a form that a script sends, interrupts the navigation that was asked for.
    goto: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }).then(nothing, unlessAborted),
    reload: () => send('browsingContext.reload', { context, wait: 'complete' }).then(nothing, unlessAborted),
    back: () => send('browsingContext.traverseHistory', { context, delta: -1 }).then(nothing),
    async url() {
      const { contexts } = await send<{ contexts: { url: string }[] }>('browsingContext.getTree', { root: context });
      return contexts[0]?.url ?? '';
    },
    async evaluate<T>(expression: string) {
      const { value } = await run(`Promise.resolve(${expression}).then((value) => JSON.stringify(value))`);
      return (value === undefined ? undefined : JSON.parse(value as string)) as T;
    },
    async click(selector) {
      const { sharedId } = await run(
        `(() => { const found = document.querySelector(${JSON.stringify(selector)}); found.scrollIntoView({ block: 'center' }); return found; })()`,
      );
      const origin = { type: 'element', element: { sharedId } };
      const pointer = [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions: pointer }] });
    },
    close: () => send('browsingContext.close', { context }).then(nothing),
  };
}

const nothing = (): void => undefined;

function unlessAborted(error: Error): void {
  if (!/abort|NS_BINDING|unknown error/i.test(error.message)) throw error;
}
