// The demo's application: reads who somebody is from headers, and nothing else.

import { describe, expect, it } from 'vitest';
import { createApplication } from '../../demo/app/application.ts';

const ZOE = {
  'X-Forwarded-User': '249703111111111112',
  'X-Forwarded-Name': encodeURIComponent('Zoë Kõiv-Straße 王'),
  'X-Forwarded-Email': 'zoe@acme.example',
  'X-Forwarded-Roles': 'staff,user%2Cguest',
};

async function text(path: string, init: RequestInit = {}): Promise<string> {
  const response = await createApplication().fetch(`http://app.test${path}`, init);
  return response.text();
}

describe('pages', () => {
  it('offers the sign-in link to a stranger on the landing page', async () => {
    expect(await text('/')).toContain('href="/auth/login?return_to=/profile"');
  });

  it('greets by decoded name with each role, and offers to sign out', async () => {
    const page = await text('/', { headers: ZOE });
    expect(page).toContain('Hello, <strong>Zoë Kõiv-Straße 王</strong>');
    expect(page).toContain('<span class="role">staff</span>');
    expect(page).toContain('<span class="role">user,guest</span>');
    expect(page).toContain('action="/auth/logout"');
    expect(page).not.toContain('/auth/login');
  });

  it('shows on the profile what the headers said, as they came', async () => {
    const page = await text('/profile', { headers: ZOE });
    expect(page).toContain('<dd>zoe@acme.example</dd>');
    expect(page).toContain(`<code>${ZOE['X-Forwarded-Name']}</code>`);
  });

  it('escapes HTML wherever it came from', async () => {
    const headers = { ...ZOE, 'X-Forwarded-Name': encodeURIComponent('<script>"&\'') };
    for (const path of ['/', '/profile', '/guestbook', '/staff', '/admin', '/nowhere']) {
      expect(await text(path, { headers })).not.toContain('<script>');
    }
    expect(await text('/', { headers })).toContain('&lt;script&gt;&quot;&amp;&#39;');
  });

  it('shows a value that is no percent-encoding as it came', async () => {
    expect(await text('/', { headers: { ...ZOE, 'X-Forwarded-Name': '100%' } })).toContain('<strong>100%</strong>');
  });

  it('answers 404 for an unknown page, and for names that every object has', async () => {
    const application = createApplication();
    for (const path of ['/nowhere', '/constructor', '/__proto__']) {
      expect((await application.fetch(`http://app.test${path}`)).status).toBe(404);
    }
  });
});

describe('guest book', () => {
  it('keeps a message under the name from the header and goes back to the list', async () => {
    const application = createApplication();
    const body = new URLSearchParams({ message: 'Tere <b>hommikust</b>' });
    const posted = await application.fetch('http://app.test/guestbook', { method: 'POST', headers: ZOE, body });
    expect([posted.status, posted.headers.get('location')]).toEqual([303, '/guestbook']);
    const page = await (await application.fetch('http://app.test/guestbook')).text();
    expect(page).toContain('Tere &lt;b&gt;hommikust&lt;/b&gt;');
    expect(page).toContain('Zoë Kõiv-Straße 王, <time');
  });

  it('takes no empty message', async () => {
    const application = createApplication();
    await application.fetch('http://app.test/guestbook', {
      method: 'POST',
      body: new URLSearchParams({ message: ' ' }),
    });
    expect(await (await application.fetch('http://app.test/admin')).text()).toContain('<strong>1</strong> entry');
  });
});

describe('behind its gateway', () => {
  it('refuses whoever does not bring the gateway’s secret, when it knows one', async () => {
    const application = createApplication({ upstreamSecret: 'between-us' });
    const ask = (headers: Record<string, string>) => application.fetch('http://app.test/', { headers });
    expect((await ask(ZOE)).status).toBe(403);
    expect((await ask({ ...ZOE, 'X-Gateway-Secret': 'between-them' })).status).toBe(403);
    expect((await ask({ ...ZOE, 'X-Gateway-Secret': 'between-us' })).status).toBe(200);
  });
});

describe('echo, over a socket', () => {
  it('answers method, url as it came, headers and body', async () => {
    const listening = await createApplication().listen();
    try {
      const init = { method: 'PUT', headers: { 'X-Sign': 'a' }, body: 'grüß' };
      const answer = await fetch(`${listening.origin}/echo//x;y?a=%2F&b`, init);
      const echoed = await answer.json();
      expect(echoed).toMatchObject({
        method: 'PUT',
        url: '/echo//x;y?a=%2F&b',
        body: 'grüß',
        headers: { 'x-sign': 'a' },
      });
    } finally {
      await listening.close();
    }
  });
});
