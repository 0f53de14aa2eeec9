// The built worker, and a real Chromium: late answers set no cookie that something newer forbids, and what a bearer token
// has opened ends with it. ARCHITECTURE §5 promises 4 and 5.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { SEED } from '../../stand-in/seed.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

const { admin, user } = SEED.users;

let worker: RunningWorker;
let application: Server;
let held: ServerResponse[] = [];
let arrived = () => {};

beforeAll(async () => {
  application = createServer((request, response) => {
    if (request.url === '/slow') {
      held.push(response);
      return arrived();
    }
    const type = new URL(request.url ?? '', 'http://localhost').searchParams.get('type');
    if (type !== null) return void response.writeHead(200, { 'Content-Type': type }).write('first');
    response.end(request.headers['x-forwarded-user']);
  });
  new WebSocketServer({ server: application });
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  worker = await startWorker({
    upstream: `http://127.0.0.1:${(application.address() as AddressInfo).port}`,
    env: {
      // A cookie is renewed every two seconds; nobody who was asked a moment ago is asked again.
      SESSION_DURATION: '8',
      REVOCATION_MAX_AGE: '4',
      CLAIMS_MAX_AGE: '4',
      ZITADEL_API_CLIENT_ID: SEED.apiClientId,
      ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
      ROUTES: [{ path: '/admin/*', roles: ['admin'] }],
    },
  });
});
afterAll(async () => {
  await worker?.stop();
  application?.closeAllConnections();
  application?.close();
});

/** Begins a request to the application that waits there; `release` lets it be answered. */
async function beginLate<T>(begin: () => Promise<T>) {
  held = [];
  const there = new Promise<void>((resolve) => (arrived = resolve));
  const late = begin();
  await there;
  const release = () => {
    for (const response of held) response.end('late');
    return late;
  };
  return { release };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.skipIf(!hasChromium)('in Chromium, an answer that was on its way', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });
  afterAll(() => browser?.close());

  async function signIn(page: Page, name: RegExp) {
    await page.goto(`${worker.origin}/auth/login?prompt=select_account&return_to=/whoami`);
    await page.getByRole('button', { name }).click();
    await page.waitForURL(`${worker.origin}/whoami`);
  }

  /** Ada is signed in, and her page's script waits for an answer that will have her cookie to renew. */
  async function setUp(context: BrowserContext) {
    const [first, second] = [await context.newPage(), await context.newPage()];
    await signIn(first, /Ada/);
    expect(await first.locator('body').innerText()).toBe(admin);
    await pause(2100);
    const { release } = await beginLate(() => first.evaluate(async () => (await fetch('/slow')).text()));
    return { first, second, release };
  }

  it('while somebody else signed in leaves the browser theirs', async () => {
    const context = await browser.newContext();
    const { first, second, release } = await setUp(context);
    await signIn(second, /Uma/);
    expect(await release()).toBe('late');
    for (const page of [first, second]) {
      await page.goto(`${worker.origin}/whoami`);
      expect(await page.locator('body').innerText()).toBe(user);
    }
    await context.close();
  });

  it('while the visitor signed out brings no cookie back', async () => {
    const context = await browser.newContext();
    const { second, release } = await setUp(context);
    await second.goto(`${worker.origin}/auth/logout`);
    await second.waitForURL(/\/auth\/logout\/callback/);
    expect(await release()).toBe('late');
    expect((await context.cookies()).filter(({ name }) => name.startsWith('postern'))).toEqual([]);
    await context.close();
  });

  it('while nothing happened renews the cookie', async () => {
    const context = await browser.newContext();
    const { release } = await setUp(context);
    const before = await context.cookies();
    await release();
    expect(await context.cookies()).not.toEqual(before);
    await context.close();
  });
});

/** Milliseconds; REVOCATION_MAX_AGE and CLAIMS_MAX_AGE, and what a busy machine may add. */
const PATIENCE = { timeout: 10_000, interval: 100 };

describe('what an opaque bearer token has opened', () => {
  async function open() {
    const token = await worker.zitadel.mintAccessToken({ sub: 'admin', lifetime: 3600 });
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${worker.origin.replace('http', 'ws')}/admin/socket`, { headers });
    let code = 0;
    socket.on('close', (closed) => (code = closed));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const streams = ['application/grpc-web+proto', 'multipart/mixed; boundary=b', 'text/plain'].map(async (type) => {
      const answer = await fetch(`${worker.origin}/admin/?type=${encodeURIComponent(type)}`, { headers });
      const state = { isOpen: true };
      void answer.text().then(
        () => (state.isOpen = false),
        () => (state.isOpen = false),
      );
      return state;
    });
    const states = await Promise.all(streams);
    return () => [code, ...states.map(({ isOpen }) => isOpen)];
  }

  it('is closed when the role it needed is taken away', async () => {
    const state = await open();
    worker.zitadel.setUserRoles('admin', ['user']);
    await expect.poll(state, PATIENCE).toEqual([4401, false, false, false]);
    worker.zitadel.setUserRoles('admin', ['admin']);
  });

  it('stays open while the token is good, and is closed when it is revoked', async () => {
    const state = await open();
    await pause(4500);
    expect(state()).toEqual([0, true, true, true]);
    worker.zitadel.deactivateUser('admin');
    await expect.poll(state, PATIENCE).toEqual([4401, false, false, false]);
  });
});

describe('many opaque bearer tokens at once, which nobody here knows', () => {
  const statuses = (tokens: readonly string[]) =>
    Promise.all(
      tokens.map(async (token) => {
        const headers = { authorization: `Bearer ${token}`, 'cf-connecting-ip': '203.0.113.9' };
        return (await fetch(`${worker.origin}/whoami`, { headers })).status;
      }),
    );

  it('are all judged when they are good, and few of them when they are invented', async () => {
    worker.zitadel.activateUser('admin');
    const good = Array.from({ length: 60 }, () => worker.zitadel.mintAccessToken({ sub: 'admin', lifetime: 3600 }));
    expect(new Set(await statuses(await Promise.all(good)))).toEqual(new Set([200]));
    const asked = worker.zitadel.calls.introspection;
    const invented = await statuses(Array.from({ length: 60 }, (_, at) => `${'x'.repeat(40)}${at}`));
    expect(worker.zitadel.calls.introspection - asked).toBeLessThanOrEqual(25);
    expect(new Set(invented)).toEqual(new Set([401, 429]));
  });
});
