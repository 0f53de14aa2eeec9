// The built worker, real Durable Object storage: a form of exactly 1 MB, sealed, fits into it and comes back as it was.
// ARCHITECTURE §3 first row; a value of a SQLite-backed object may have 2 MB.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { type FormApplication, startFormApplication } from './support/form-application.ts';

const LIMIT = 1024 * 1024;

let application: FormApplication;
let worker: RunningWorker;

beforeAll(async () => {
  application = await startFormApplication();
  worker = await startWorker({ upstream: application.origin });
});
afterAll(async () => {
  await worker?.stop();
  await application?.close();
});

it('1 MB is kept, with its length known to the application; a byte more is 413', async () => {
  const browser = worker.browser();
  const body = randomBytes(LIMIT);
  const post = (path: string, type: string, content: string | Uint8Array<ArrayBuffer>) => {
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin', origin: worker.origin };
    return browser.navigate(path, { method: 'POST', body: content, headers });
  };
  const type = 'multipart/form-data; boundary=b0';
  expect((await post('/save', type, Buffer.concat([body, Buffer.from('x')]))).status).toBe(413);
  const authorizeUrl = locationOf(await post('/save', type, body));
  const back = await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'user' }));
  const page = await (await browser.navigate(locationOf(back))).text();
  const token = /name="postern-form" value="([^"]*)"/.exec(page)?.[1];
  expect((await post('/save', 'text/plain', `postern-form=${token}\r\n`)).status).toBe(200);
  const [received] = application.received;
  expect(received?.headers['content-length']).toBe(String(LIMIT));
  expect(received?.headers['transfer-encoding']).toBeUndefined();
  expect(received?.type).toBe(type);
  expect(received?.body.equals(body)).toBe(true);
});
