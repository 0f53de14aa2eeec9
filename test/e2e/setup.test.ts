// A whole set-up: an empty ZITADEL, `setup` with a service account's key, the built gateway with what it wrote, a sign-in.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unstable_getVarsForDev, unstable_readConfig } from 'wrangler';
import { createApplication } from '../../demo/app/application.ts';
import { type Bed, CONFIG, createBed } from '../cli/setup-bed.ts';
import { locationOf } from '../support/browser.ts';
import { freePort, type RunningWorker, startWorker } from '../support/worker.ts';

describe('postern setup: from an empty ZITADEL to a protected page', () => {
  let bed: Bed;
  let application: { origin: string; close(): Promise<void> };
  let worker: RunningWorker;

  beforeAll(async () => {
    bed = await createBed();
    application = await createApplication().listen();
    const port = await freePort();
    const { code, err } = await bed.setup([
      ...['--url', `http://localhost:${port}`, '--upstream', application.origin, '--api'],
      ...['--user', 'Alice Smith <alice@example.com>', '--grant', 'alice@example.com=admin'],
      ...[
        '--user',
        'Bob Jones <bob@example.com>',
        '--service-user',
        'reporter',
        '--service-key',
        bed.path('reporter.json'),
      ],
      ...['--grant', 'reporter=staff'],
    ]);
    expect([code, err]).toEqual([0, '']);
    worker = await startWorker({ port, issuer: bed.domain, upstream: application.origin, env: await readWritten(bed) });
  });
  afterAll(async () => {
    await worker?.stop();
    await application?.close();
    await bed?.stop();
  });

  async function signIn(user: string, path: string) {
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate(path));
    const callbackUrl = await bed.zitadel.signIn({ authorizeUrl, user });
    const back = await browser.navigate(callbackUrl);
    return { browser, page: await browser.navigate(locationOf(back)) };
  }

  it('a user that it made reaches the page that needs the role it granted', async () => {
    const { browser, page } = await signIn('alice@example.com', '/admin');
    expect(page.status).toBe(200);
    const identity = (await (await browser.fetch('/auth/userinfo')).json()) as object;
    expect(identity).toMatchObject({ name: 'Alice Smith', roles: ['admin'] });
  });

  it('another is refused there', async () => {
    expect((await signIn('bob@example.com', '/admin')).page.status).toBe(403);
  });

  it('signs out at ZITADEL, and ZITADEL’s back channel signs out here', async () => {
    const { browser } = await signIn('alice@example.com', '/admin');
    const leaving = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    const back = await fetch(locationOf(leaving), { redirect: 'manual' });
    expect(back.status).toBe(302);
    expect((await browser.navigate(locationOf(back))).status).toBe(200);
    await signIn('alice@example.com', '/admin');
    bed.zitadel.terminateUserSessions('alice@example.com');
    await bed.zitadel.backChannel.settled();
    expect(bed.zitadel.backChannel.deliveries.at(-1)?.statuses).toEqual([200]);
  });

  it('an opaque token of the service user’s is introspected with the API application’s key', async () => {
    const token = await bed.zitadel.createPersonalAccessToken(bed.zitadel.findUser('reporter').id);
    const authorization = `Bearer ${token}`;
    const ask = (path: string) => worker.browser().fetch(path, { headers: { authorization } });
    expect((await ask('/staff')).status).toBe(200);
    expect((await ask('/admin')).status).toBe(403);
    expect(bed.zitadel.calls.introspection).toBeGreaterThan(0);
  });

  it('a second set-up reports no change', async () => {
    const { code, out } = await bed.setup(['--url', worker.origin, '--upstream', application.origin, '--api']);
    expect(code).toBe(0);
    expect(out).toContain('Nothing to change');
  });
});

/** As `wrangler dev` would hand it to the worker. */
async function readWritten(bed: Bed): Promise<Record<string, unknown>> {
  const config = bed.path(CONFIG);
  const { vars } = unstable_readConfig({ config }, { hideWarnings: true });
  const all = unstable_getVarsForDev(config, undefined, vars, undefined, true);
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
}
