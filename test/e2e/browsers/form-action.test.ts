// Forms on their way to ZITADEL in Chromium, Firefox and WebKit: of pages whose policy says `form-action 'self'`, and of another site.
// CSP Level 3 §6.4.1; ARCHITECTURE §1 `keep_post`, §2 /auth/onward.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inEachBrowser } from '../../support/browsers/all.ts';
import { arrive, press, textOf } from '../../support/browsers/tab.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { type StrictApplication, startStrictApplication } from '../support/strict-application.ts';

let application: StrictApplication;
let worker: RunningWorker;
beforeAll(async () => {
  application = await startStrictApplication();
  const ROUTES = [
    { path: '/open', access: 'public' },
    { path: '/acs', keep_post: 'cross-site' },
  ];
  worker = await startWorker({ upstream: application.origin, env: { ROUTES } });
});
afterAll(async () => {
  await worker?.stop();
  await application?.close();
});
beforeEach(() => {
  application.posted.length = 0;
});

inEachBrowser('a form', (visit) => {
  const atZitadel = () => new RegExp(`^${worker.zitadel.issuer}/`);

  it('of a page with form-action ’self’ gets to ZITADEL and is sent after it, and back leads back; so does signing out', async () => {
    const tab = await visit().tab();
    await tab.goto(`${worker.origin}/open`);
    await tab.click('#save button');
    await arrive(tab, atZitadel());
    await tab.back();
    await arrive(tab, `${worker.origin}/open`);
    await tab.click('#search button');
    await arrive(tab, atZitadel());
    await tab.back();
    await arrive(tab, `${worker.origin}/open`);
    await tab.click('#save button');
    await arrive(tab, atZitadel());
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/save`);
    expect(application.posted.map(({ url, body }) => [url, body])).toEqual([['/save', 'text=kept']]);
    await tab.goto(`${worker.origin}/open`);
    await tab.click('#leave button');
    await arrive(tab, /\/auth\/logout\/callback/);
    expect(await textOf(tab)).toContain('signed out');
  });

  it('of another site arrives where its route keeps it, and says whose it is; elsewhere the visitor is told', async () => {
    const tab = await visit().tab();
    const foreign = `${application.origin}/foreign?${worker.origin}`;
    await tab.goto(foreign);
    await tab.click('#initiate button');
    await arrive(tab, atZitadel());
    await press(tab, /Uma/);
    await arrive(tab, `${worker.origin}/report`);

    // Signed in: but the browser leaves the session's cookie out, and ZITADEL's own session brings the visitor back.
    await tab.goto(foreign);
    await tab.click('#wanted button');
    await arrive(tab, `${worker.origin}/acs`);
    expect(application.posted).toEqual([
      // The other site is at the private address here, which the application must not take for its own.
      { url: '/acs', body: 'SAMLResponse=PHNhbWw%2B', origin: 'null', site: 'cross-site' },
    ]);
    await tab.goto(foreign);
    await tab.click('#unwanted button');
    await arrive(tab, `${worker.origin}/save`);
    expect(await textOf(tab)).toContain('Sign in');
    expect(application.posted).toHaveLength(1);
  });
});
