// The built worker with its sites in KV: the first request of an isolate meets them, the user's object too; a bad list opens nothing.
// ARCHITECTURE §7 Sites; promise 10.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

let worker: RunningWorker;
let wiki: string;

const list = (port: number, ...routes: object[]) => [{ host: `wiki.localhost:${port}`, routes }];

beforeAll(async () => {
  worker = await startWorker({ sites: (port) => list(port, { path: '/staff/*', roles: ['staff'] }) });
  wiki = worker.origin.replace('localhost', 'wiki.localhost');
  worker.zitadel.webApplication.redirectUris.push(`${wiki}/auth/callback`);
});
afterAll(() => worker.stop());

async function signIn(browser: TestBrowser): Promise<number> {
  const authorizeUrl = locationOf(await browser.navigate(`${wiki}/staff/x`));
  const back = await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'user' }));
  return (await browser.navigate(locationOf(back))).status;
}

describe('sites in KV', () => {
  const browser = () => worker.browser();

  it('are served, each by its own rules and with its own sign-in; by their version at /auth/ready', async () => {
    const visitor = browser();
    expect(await signIn(visitor)).toBe(403);
    expect((await visitor.navigate(`${wiki}/auth/profile`)).status).toBe(200);
    expect((await visitor.fetch(`${worker.origin}/`)).status).toBe(401);
    const ready = (await (await visitor.fetch(`${worker.origin}/auth/ready`)).json()) as { sites?: string };
    expect(ready.sites).toMatch(/^[0-9a-f]{12}$/);
    expect(worker.logs.filter((line) => line.includes('"sites_taken"')).length).toBeGreaterThan(0);
  });

  it('promise 10 a list that is bad is said, and its hosts are 503 in a new isolate; the first site goes on', async () => {
    await worker.restartWithSites('[{"host":"wiki.localhost","rotes":[]}]');
    expect((await browser().fetch(`${wiki}/`)).status).toBe(503);
    expect((await browser().fetch(`${worker.origin}/`)).status).toBe(401);
    expect(worker.logs.join('\n')).toMatch(/"config_issue".*rotes/);
  });

  it('a session outlasts it, once the list is good again', async () => {
    const { port } = new URL(worker.origin);
    await worker.restartWithSites(JSON.stringify(list(Number(port))));
    const visitor = browser();
    // The application has no such page.
    expect(await signIn(visitor)).toBe(404);
    await worker.restartWithSites('nonsense');
    expect((await visitor.fetch(`${wiki}/`)).status).toBe(503);
    await worker.restartWithSites(JSON.stringify(list(Number(port))));
    expect((await visitor.fetch(`${wiki}/`)).status).toBe(200);
  });
});
