// Chromium: XMLHttpRequest and the libraries that pages are made with, after the session's end: axios, htmx 2 and 4, Turbo, each as
// published; with client.js they go on, without it they lead to the sign-in. docs/forms-and-scripts.md.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { hasChromium } from '../support/chromium.ts';
import { useClientStage } from './support/client-stage.ts';

const LIBRARIES = {
  axios: 'node_modules/axios/dist/axios.min.js',
  htmx2: 'node_modules/htmx.org/dist/htmx.min.js',
  htmx4: 'node_modules/htmx4/dist/htmx.min.js',
  turbo: 'node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js',
} as const;
const CLIENT = '<script src="/auth/client.js" defer></script>';
const HTMX_BODY = `<form hx-post="/save" hx-target="#out"><input name="text" value="kept"><button id="send">go</button></form>
<p id="out">nothing yet</p><a id="sign-out" hx-boost="true" href="/auth/logout">out</a>`;
const TURBO_BODY = `<form method="post" action="/turbo-save"><input name="text" value="kept"><button id="send">go</button></form>
<a id="link" href="/turbo/next">next</a><a id="sign-out" href="/auth/logout">out</a>`;
const page = (library: keyof typeof LIBRARIES, client: string, body: string) =>
  `<!doctype html><title>${library}</title><script src="/lib/${library}.js"></script>${client}<body>${body}`;

const PAGES = {
  ...Object.fromEntries(
    Object.entries(LIBRARIES).map(([name, file]) => [`/lib/${name}.js`, readFileSync(file, 'utf8')]),
  ),
  '/axios': page('axios', CLIENT, ''),
  '/htmx2': page('htmx2', CLIENT, HTMX_BODY),
  '/htmx4': page('htmx4', CLIENT, HTMX_BODY),
  '/htmx2-alone': page('htmx2', '', HTMX_BODY),
  '/htmx4-alone': page('htmx4', '', HTMX_BODY),
  '/turbo': page('turbo', CLIENT, TURBO_BODY),
  '/turbo-alone': page('turbo', '', TURBO_BODY),
  '/turbo/next': page('turbo', CLIENT, '<p id="next">next</p>'),
};

/** Every event that a page hears of a request, with the state it is in. */
const RECORD = `(method, url, body, type) => new Promise((done) => {
  const heard = [], request = new XMLHttpRequest();
  for (const name of ['readystatechange', 'loadstart', 'load', 'loadend', 'error', 'abort', 'timeout'])
    request.addEventListener(name, () => heard.push(name + request.readyState));
  request.open(method, url);
  request.responseType = type;
  request.setRequestHeader('X-Own', 'yes');
  request.addEventListener('loadend', () => setTimeout(async () => done([request.status,
    type === 'json' ? request.response.user : JSON.parse(await new Response(request.response).text()).user, heard])));
  request.send(body);
  window.request = request;
})`;

describe.skipIf(!hasChromium)('after the session’s end', () => {
  const stage = useClientStage({}, PAGES);
  const bar = () => stage().page.getByRole('alert');
  async function open(path: string): Promise<void> {
    const { page, worker } = stage();
    await page.goto(worker.origin + path);
    await page.waitForLoadState('networkidle');
  }
  const atZitadel = () => stage().page.waitForURL((url) => url.origin === stage().worker.zitadel.issuer);

  describe('XMLHttpRequest', () => {
    const all = `Promise.all(['', 'text', 'json', 'blob', 'arraybuffer'].map((type) => (${RECORD})('POST', '/data/x', 'sent', type)))`;

    it('hears of the answer what it would have heard without an end, whatever its type', async () => {
      const { page, endSession, start, result, openWindow, application, arrived } = stage();
      const undisturbed = await page.evaluate<[number, string, string[]][]>(all);
      expect(undisturbed.map(([status, user]) => [status, user])).toEqual(Array(5).fill([200, SEED.users.user]));
      application.received.length = 0;
      await endSession();
      await start(all);
      await openWindow();
      expect(await result()).toEqual(undisturbed);
      expect(arrived()).toEqual(Array(5).fill('sent'));
      expect(application.received.map(({ headers }) => headers['x-own'])).toEqual(Array(5).fill('yes'));
    });

    it('whoever closes the bar has it answered 401, told once', async () => {
      const { endSession, start, result, arrived } = stage();
      await endSession();
      await start(`(${RECORD})('POST', '/data/x', 'sent', 'text')`);
      await bar().getByRole('button', { name: '×' }).click();
      const heard = ['readystatechange1', 'loadstart1', 'readystatechange4', 'load4', 'loadend4'];
      expect(await result()).toEqual([401, undefined, heard]);
      expect(arrived()).toEqual([]);
    });

    it('given up while it waits: told so, and not sent', async () => {
      const { page, endSession, start, arrived, openWindow } = stage();
      await endSession();
      await page.evaluate(`void ((${RECORD})('POST', '/data/x', 'given up', 'text'),
        window.told = [], ['abort', 'load', 'loadend'].map((name) => request.addEventListener(name, () => told.push(name))))`);
      await bar().waitFor();
      await page.evaluate('request.abort()');
      expect(await page.evaluate('[told, request.readyState]')).toEqual([['abort', 'loadend'], 0]);
      await start(`fetch('/data/1', { method: 'POST', body: 'other' }).then(({ status }) => status)`);
      await openWindow();
      expect(await stage().result()).toBe(200);
      expect(arrived()).toEqual(['other']);
    });

    it('one that does not wait has its 401 at once, and so has one that is the application’s', async () => {
      const { page, endSession } = stage();
      await endSession();
      const status = `(() => { const request = new XMLHttpRequest(); request.open('GET', '/data/1', false); request.send(); return request.status })()`;
      expect(await page.evaluate(status)).toBe(401);
      await page.route('**/data/own', (route) =>
        route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"user":"own"}' }),
      );
      const [code, user, heard] = await page.evaluate<[number, string, string[]]>(
        `(${RECORD})('GET', '/data/own', null, 'json')`,
      );
      expect([code, user, heard.filter((name) => /^load/.test(name))]).toEqual([
        401,
        'own',
        ['loadstart1', 'load4', 'loadend4'],
      ]);
      expect(await bar().count()).toBe(0);
    });
  });

  it('axios goes on after the sign-in', async () => {
    const { endSession, start, result, openWindow, arrived } = stage();
    await open('/axios');
    await endSession();
    await start(`axios.post('/data/1', { text: 'kept' }).then(({ status, data }) => [status, data.user])`);
    await openWindow();
    expect(await result()).toEqual([200, SEED.users.user]);
    expect(arrived()).toEqual(['{"text":"kept"}']);
  });

  describe.each(['htmx2', 'htmx4'])('%s', (library) => {
    it('with client.js: what was sent arrives, and its answer is shown', async () => {
      const { page, endSession, openWindow, arrived } = stage();
      await open(`/${library}`);
      await endSession();
      await page.click('#send');
      await openWindow();
      await page.locator('#saved').waitFor();
      expect(arrived()).toEqual(['text=kept']);
    });

    it('without it: its page goes to sign in, and comes back', async () => {
      const { page, context, worker, arrived } = stage();
      await open(`/${library}-alone`);
      await context.clearCookies();
      await page.click('#send');
      await atZitadel();
      await page.getByRole('button', { name: /Uma/ }).click();
      await page.waitForURL(`${worker.origin}/${library}-alone`);
      expect(arrived()).toEqual([]);
    });

    it('a sign-out link that is boosted signs out', async () => {
      const { page } = stage();
      await open(`/${library}-alone`);
      await page.click('#sign-out');
      await page.waitForURL(/\/auth\/logout\/callback/);
    });
  });

  describe('Turbo', () => {
    it('with client.js: the bar outlives the page that Turbo exchanges, and the form arrives', async () => {
      const { page, endSession, openWindow, arrived } = stage();
      await open('/turbo');
      await endSession();
      await page.click('#send');
      await bar().waitFor();
      await page.evaluate('document.body.replaceWith(document.body.cloneNode(true))');
      await openWindow();
      await expect.poll(arrived).toEqual(['text=kept']);
      await bar().waitFor({ state: 'detached' });
    });

    it('without it: a link leads over the sign-in to its page', async () => {
      const { page, context, worker } = stage();
      await open('/turbo-alone');
      await context.clearCookies();
      await page.click('#link');
      await atZitadel();
      await page.getByRole('button', { name: /Uma/ }).click();
      await page.waitForURL(`${worker.origin}/turbo/next`);
    });

    it('our pages are loaded whole, not shown inside the application’s', async () => {
      const { page, worker } = stage();
      await open('/turbo-alone');
      await page.evaluate(`document.querySelector('#link').href = '/auth/profile'; window.isSame = true`);
      await page.click('#link');
      await page.waitForURL(`${worker.origin}/auth/profile`);
      await expect.poll(() => page.evaluate('window.isSame')).toBeUndefined();
    });
  });

  it('evaluated again, the script does nothing twice', async () => {
    const { page, endSession, start, result, openWindow, arrived } = stage();
    await page.evaluate(
      `new Promise((onload) => document.body.append(
      Object.assign(document.createElement('script'), { src: '/auth/client.js', onload })))`.replace(
        /$/,
        '.then(() => 0)',
      ),
    );
    await endSession();
    await start(`fetch('/data/1', { method: 'POST', body: 'x' }).then(({ status }) => status)`);
    await openWindow();
    expect(await result()).toBe(200);
    expect(arrived()).toEqual(['x']);
  });
});
