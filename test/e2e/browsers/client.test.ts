// client.js in Chromium, Firefox and WebKit: it warns on a tab's first page, and repeats what a script had sent when the session had ended.
// docs/forms-and-scripts.md. Everything else about it: test/e2e/browser-client.test.ts, in Chromium.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, type Tab, until } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type FormApplication, startFormApplication } from '../support/form-application.ts';

let application: FormApplication;
let worker: RunningWorker;
beforeAll(async () => {
  application = await startFormApplication();
  // So short that the warning, two minutes before the end, is there at once.
  worker = await startWorker({ upstream: application.origin, env: { SESSION_DURATION: '100' } });
});
afterAll(async () => {
  await worker?.stop();
  await application?.close();
});

const bar = (tab: Tab) => tab.evaluate<string>(`document.querySelector('[role=alert]')?.innerText ?? ''`);
const result = (tab: Tab) => tab.evaluate<unknown[]>('window.results ?? []');
const SEND = `(() => {
  window.results = [];
  const keep = (status, text) => results.push([status, JSON.parse(text).user]);
  fetch('/data/1', { method: 'POST', body: 'by fetch' }).then(async (got) => keep(got.status, await got.text()));
  const request = new XMLHttpRequest();
  request.open('POST', '/data/2');
  request.onload = () => keep(request.status, request.responseText);
  request.send('by XMLHttpRequest');
})()`;

inEachBrowser('client.js', (visit) => {
  it('warns on a tab’s first page, and repeats what was sent after the end, once', async () => {
    // WebKitGTK blocks the windows of tabs that its driver has opened, so that this takes the first.
    const tab = await visit().tab();
    await tab.goto(`${worker.origin}/app`);
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/app`);
    await until('a warning', async () => /\d+[:.]\d\d/.test(await bar(tab)));

    application.received.length = 0;
    await tab.evaluate(`fetch('/auth/logout', { method: 'POST', redirect: 'manual' }).then(() => 0)`);
    await tab.evaluate(SEND);
    await until('the bar', async () => /signed out/.test(await bar(tab)));
    expect(await result(tab)).toEqual([]);
    await press(tab, /^Sign in$/);
    await until('both answers', async () => (await result(tab)).length === 2);
    expect(await result(tab)).toEqual([
      [200, SEED.users.user],
      [200, SEED.users.user],
    ]);
    expect(application.received.map(({ body }) => body.toString()).sort()).toEqual(['by XMLHttpRequest', 'by fetch']);
    await until('the window has closed', async () => (await visit().tabs()).length === 1);
  });
});
