// A form that is sent after the session has ended, in Chromium, Firefox and WebKit: it arrives after the sign-in as it was, once.
// HTML §4.10.22 (form submission); the tokens that stand for the form on its way are the gateway's own.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, textOf } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type FormApplication, startFormApplication } from '../support/form-application.ts';

let application: FormApplication;
let worker: RunningWorker;
beforeAll(async () => {
  application = await startFormApplication();
  const ROUTES = [{ path: '/forms', access: 'public' }];
  worker = await startWorker({ upstream: application.origin, env: { ROUTES } });
});
afterAll(async () => {
  await worker?.stop();
  await application?.close();
});
beforeEach(() => {
  application.received.length = 0;
});

const BODIES = {
  urlencoded: 'text=Zo%C3%AB+%26+%E7%8E%8B&submit=1',
  plain: 'text=one\r\ntwo = 2\r\n',
} as const;

inEachBrowser('a form sent while signed out', (visit) => {
  it.each(Object.entries(BODIES))('%s arrives as it was, once', async (id, body) => {
    const tab = await visit().tab();
    await tab.goto(`${worker.origin}/forms`);
    await tab.click(`#${id} button`);
    await press(tab, /Uma/);
    await arrive(tab, /\/save\?form=/);
    expect(await textOf(tab)).toBe('1');
    expect(application.received.map((form) => form.body.toString())).toEqual([body]);
    await tab.goto(await tab.url());
    expect(application.received).toHaveLength(1);
  });

  it('with a file arrives with every byte of it', async () => {
    const tab = await visit().tab();
    await tab.goto(`${worker.origin}/forms`);
    await tab.evaluate(`(() => {
      const chosen = new DataTransfer();
      chosen.items.add(new File([Uint8Array.from({ length: 4096 }, (_, index) => index % 256)], 'ä.bin'));
      document.querySelector('#multipart input[type=file]').files = chosen.files;
    })()`);
    await tab.click('#multipart button');
    await press(tab, /Uma/);
    await arrive(tab, /\/save\?form=multipart/);
    const [received] = application.received;
    const boundary = /boundary=(\S+)/.exec(received?.type ?? '')?.[1];
    const body = received?.body.toString('latin1') ?? '';
    expect(body).toContain(String.fromCharCode(...Array.from({ length: 4096 }, (_, index) => index % 256)));
    expect(body.endsWith(`--${boundary}--\r\n`)).toBe(true);
  });
});
