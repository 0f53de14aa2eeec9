// Real proxies pass requests on by themselves and ask the built worker about each of them: examples/forward-auth.

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../demo/app/application.ts';
import { SEED } from '../../stand-in/seed.ts';
import { GATEWAY_SECRET } from '../flow/asking.ts';
import { locationOf, TestBrowser } from '../support/browser.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { hasProxy, type Ports, PROXIES, startProxy } from '../support/forward-auth.ts';
import { sendHttp, sendRequestLine } from '../support/http.ts';
import type { RunningProcess } from '../support/processes.ts';
import { freePort, type RunningWorker, startWorker } from '../support/worker.ts';

for (const { name, command } of PROXIES.filter((proxy) => !hasProxy(proxy))) {
  console.log(`No ${name} at ${command}: its tests are skipped.`);
}

const ROUTES = [
  { path: '/', access: 'public' },
  { path: '/assets/*', access: 'public' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/käse/*', roles: ['admin'] },
  { path: '/strong/*', amr: ['mfa'] },
  { path: '/staff', claims_max_age: 1 },
];
const FORGED = {
  'x-forwarded-user': '1',
  'x-forwarded-roles': 'admin',
  'x-forwarded-actor': '1',
  'x-identity-assertion': 'a.b.c',
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/assets/style.css',
  'x-forwarded-host': 'evil.example',
  'x-original-method': 'GET',
  'x-original-uri': '/assets/style.css',
  'x-original-url': 'http://localhost/assets/style.css',
  'x-gateway-secret': 'mine',
  'remote-user': 'admin',
  x_forwarded_user: '1',
  x_forwarded_actor: '1',
  'x.forwarded.actor': '1',
};
/** Another method, path, host, client or user, for applications that believe whoever says so. */
const BELIEVED = [
  'forwarded',
  'proxy',
  'x-auth-request-user',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-real-ip',
  'x-remote-user',
  'x-rewrite-url',
  'x-forwarded-for',
  'x-forwarded-prefix',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-access-token',
  'x-forwarded-id-token',
  'x_original_url',
  'x_rewrite_url',
  'x~forwarded~actor',
  "x'forwarded'actor",
];
/** What only the gateway may say, by letters and digits. */
const IDENTITY =
  /^(?:x?forwarded(?:user|email|name|roles|groups|org|actor|preferredusername)|xidentityassertion|remoteuser)$/;

interface Echo {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

let ports: Ports;
let origin: string;
let worker: RunningWorker;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  const application = await createApplication({ upstreamSecret: GATEWAY_SECRET }).listen();
  stops.push(application.close);
  worker = await startWorker({
    upstream: application.origin,
    env: { ZITADEL_CALLBACK_URL: `${origin}/auth/callback`, UPSTREAM_SECRET: GATEWAY_SECRET, ROUTES },
  });
  stops.push(worker.stop);
  const { webApplication } = worker.zitadel;
  webApplication.redirectUris = [`${origin}/auth/callback`];
  webApplication.postLogoutRedirectUris = [`${origin}/auth/logout/callback`];
  ports = {
    port,
    gatewayPort: Number(new URL(worker.origin).port),
    applicationPort: Number(new URL(application.origin).port),
    gatewaySecret: GATEWAY_SECRET,
  };
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

let chrome: Promise<Browser> | undefined;
function chromiumOnce(): Promise<Browser> {
  if (!chrome) {
    chrome = chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
    stops.push(async () => await (await chrome)?.close());
  }
  return chrome;
}

const browser = () => new TestBrowser(sendHttp, origin);

async function signIn(user: string, path = '/echo') {
  const visitor = browser();
  const toLogin = await visitor.navigate(path);
  expect(toLogin.status).toBe(302);
  expect(locationOf(toLogin)).toMatch(/^http:\/\/localhost:\d+\/auth\/login\?return_to=/);
  const authorizeUrl = locationOf(await visitor.navigate(locationOf(toLogin)));
  const back = await visitor.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
  return { visitor, page: await visitor.navigate(locationOf(back)) };
}

describe.each(PROXIES)('$name', (proxy) => {
  describe.skipIf(!hasProxy(proxy))('with examples/forward-auth', () => {
    let running: RunningProcess;
    beforeAll(async () => {
      running = await startProxy(proxy, ports);
    });
    afterAll(() => running.stop());

    it('signs a visitor in and brings them to the page asked for, query and all', async () => {
      const { page } = await signIn('staff', '/echo?a=%20b&c=%26');
      expect(page.status).toBe(200);
      const { url, headers } = (await page.json()) as Echo;
      expect(url).toBe('/echo?a=%20b&c=%26');
      expect(headers).toMatchObject({
        'x-forwarded-user': SEED.users.staff,
        'x-forwarded-email': 'zoe@acme.example',
        'x-forwarded-roles': 'staff,user',
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
        'x-gateway-secret': GATEWAY_SECRET,
      });
    });

    it('a script is answered 401 problem JSON with the challenge; a form that is not kept, a page', async () => {
      const answer = await browser().fetch('/echo');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", resource_metadata="[^"]+"$/);
      expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
      const form = await browser().navigate('/echo', { method: 'POST', body: 'a=b' });
      expect([form.status, form.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    });

    it('lets nothing through that a visitor claims, signed in or not', async () => {
      const { visitor } = await signIn('nobody');
      const passed = await visitor.navigate('/echo', { headers: FORGED });
      expect(passed.status).toBe(200);
      const { headers } = (await passed.json()) as Echo;
      expect(headers['x-forwarded-user']).toBe(SEED.users.nobody);
      const claimed = Object.entries(headers).filter(
        ([name, value]) =>
          IDENTITY.test(name.replace(/[^a-z0-9]/g, '')) && (value === '1' || /admin|a\.b\.c/.test(value)),
      );
      expect(claimed).toEqual([]);
      expect((await visitor.navigate('/admin', { headers: FORGED })).status).toBe(403);
      expect((await browser().fetch('/echo', { headers: FORGED })).status).toBe(401);
      const welcome = await browser().navigate('/', { headers: FORGED });
      expect(await welcome.text()).toContain('Sign in');
    });

    it('nor anything else that applications believe', async () => {
      const { visitor } = await signIn('nobody');
      const forged = Object.fromEntries(BELIEVED.map((name) => [name, 'forged']));
      const passed = await visitor.navigate('/echo', { headers: forged });
      expect(passed.status).toBe(200);
      const { headers } = (await passed.json()) as Echo;
      expect(Object.entries(headers).filter(([, value]) => value.includes('forged'))).toEqual([]);
    });

    it('RFC 9110 §7.6.1 a Connection field names no identity away', async () => {
      const { visitor } = await signIn('staff');
      const connection =
        'close, X-Forwarded-User, X-Forwarded-Roles, X-Forwarded-Uri, X-Original-Uri, X-Gateway-Secret';
      const answer = await visitor.navigate('/echo', { headers: { connection } });
      // A proxy may refuse such a field.
      if (answer.status === 400) return;
      const { headers } = (await answer.json()) as Echo;
      expect(headers).toMatchObject({
        'x-forwarded-user': SEED.users.staff,
        'x-forwarded-roles': 'staff,user',
        'x-gateway-secret': GATEWAY_SECRET,
      });
    });

    it('403 with its page without the role, also for a path that somebody tidies up', async () => {
      const { visitor } = await signIn('user');
      const refused = await visitor.navigate('/admin');
      expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
      expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await refused.text()).toContain('You have no access');
      for (const path of ['/admin/', '/%61dmin', `${origin}//admin`, '/assets/..%2fadmin', '/assets/%2e%2e/admin']) {
        const { status } = await visitor.navigate(path);
        expect([path, status >= 400 || (status === 307 && 'tidied'), status]).not.toEqual([path, false, status]);
      }
      expect((await (await signIn('admin')).visitor.navigate('/admin')).status).toBe(200);
    });

    it('raw UTF-8 in a target is judged like its escapes', async () => {
      const { visitor: user } = await signIn('user');
      const { visitor: admin } = await signIn('admin');
      const target = Buffer.from('/käse/x').toString('latin1');
      const statusOf = async (visitor: TestBrowser) =>
        sendRequestLine(origin, target, { cookie: await visitor.jar.getCookieString(origin) });
      // A proxy or the application may refuse such bytes by itself; and there is no such page.
      expect([400, 403]).toContain(await statusOf(user));
      expect([400, 404]).toContain(await statusOf(admin));
    });

    it('the session goes on with what the gateway says, in however many cookies', async () => {
      const { project } = worker.zitadel;
      const keys = Array.from({ length: 90 }, (_, index) => `department-${index}-${'x'.repeat(20)}`);
      for (const key of keys) project.roles.set(key, { displayName: key });
      const { visitor } = await signIn('user');
      const before = await visitor.jar.getCookieString(origin);
      worker.zitadel.setUserRoles('user', ['admin', ...keys]);
      try {
        // Claims are read again from the next second on.
        const cookieAfter = async () => {
          await visitor.navigate('/staff');
          return visitor.jar.getCookieString(origin);
        };
        await expect.poll(cookieAfter, { timeout: 10_000 }).not.toBe(before);
        const after = await visitor.cookies();
        expect([...after.keys()].filter((name) => /^postern\.\d$/.test(name)).length).toBeGreaterThan(1);
        const { headers } = (await (await visitor.navigate('/echo')).json()) as Echo;
        expect(headers['x-forwarded-roles']?.split(',')).toHaveLength(91);
      } finally {
        worker.zitadel.setUserRoles('user', ['user']);
      }
    });

    it('RFC 9470 §5 a step-up that is not met ends on a page', async () => {
      const { visitor, page } = await signIn('staff', '/echo');
      expect(page.status).toBe(200);
      const toLogin = locationOf(await visitor.navigate('/strong/a'));
      const authorizeUrl = locationOf(await visitor.navigate(toLogin));
      const back = await visitor.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'staff' }));
      expect((await visitor.navigate(locationOf(back))).status).toBe(403);
    });

    it('an API client passes with its token, which goes no further', async () => {
      const token = await worker.zitadel.mintAccessToken({ sub: SEED.users.service, jwt: true });
      const call = (authorization: string) => browser().send('/echo', { headers: { authorization } });
      const { headers } = (await (await call(`Bearer ${token}`)).json()) as Echo;
      expect(headers['x-forwarded-user']).toBe(SEED.users.service);
      expect(headers['authorization'] ?? '').toBe('');
      const bad = await call('Bearer a.b.c');
      expect(bad.status).toBe(401);
      expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    });

    it('a body reaches the application, though the question had none', async () => {
      const { visitor } = await signIn('user');
      const answer = await visitor.fetch('/echo', { method: 'POST', body: 'x'.repeat(200_000) });
      expect(((await answer.json()) as Echo).body).toHaveLength(200_000);
    });

    it('RFC 6455 §10.2 a WebSocket handshake from another origin is 403', async () => {
      const { visitor } = await signIn('user');
      const handshake = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
      const open = (from: string) => visitor.send('/echo', { headers: { ...handshake, origin: from } });
      expect((await open('https://evil.example')).status).toBe(403);
      expect((await open(origin)).status).toBe(200);
    });

    it('nobody from outside learns anything by asking, and what resource this is, is known', async () => {
      const headers = { 'x-original-method': 'GET', 'x-original-uri': '/', 'x-gateway-secret': 'mine' };
      expect((await browser().send('/auth/check', { headers })).status).toBe(403);
      expect((await browser().send('/.well-known/oauth-protected-resource')).status).toBe(200);
    });

    it('promise 4 signed out is signed out', async () => {
      const { visitor } = await signIn('user');
      const kept = await visitor.jar.getCookieString(origin);
      await visitor.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
      expect((await visitor.fetch('/echo')).status).toBe(401);
      expect((await browser().fetch('/echo', { headers: { cookie: kept } })).status).toBe(401);
    });

    it.skipIf(!hasChromium || proxy.name !== 'Caddy')(
      'in Chromium: a page, the sign-in, the page, a form, a refusal, signed out',
      async () => {
        const context = await (await chromiumOnce()).newContext({ locale: 'en-GB' });
        const page = await context.newPage();
        await page.goto(`${origin}/guestbook?from=start`);
        expect(new URL(page.url()).origin).toBe(worker.zitadel.issuer);
        await page.getByRole('button', { name: /Zoë/ }).click();
        await page.waitForURL(`${origin}/guestbook?from=start`);
        await page.locator('textarea').fill(`Through ${proxy.name}`);
        await page.locator('form.sign button').click();
        await page.getByText(`Through ${proxy.name}`).waitFor();
        expect((await page.goto(`${origin}/admin/`))?.status()).toBe(403);
        await page.getByRole('link', { name: 'Sign out' }).click();
        await page.waitForURL(/\/auth\/logout\/callback/);
        await page.goto(`${origin}/guestbook`);
        expect(new URL(page.url()).origin).toBe(worker.zitadel.issuer);
        await context.close();
      },
    );

    /** What a stranger is answered at a public page. */
    async function statusAlone(changes: Partial<Ports>, spoil?: (text: string) => string) {
      const port = await freePort();
      const alone = await startProxy(proxy, { ...ports, ...changes, port }, spoil);
      try {
        return (await new TestBrowser(sendHttp, `http://localhost:${port}`).navigate('/')).status;
      } finally {
        await alone.stop();
      }
    }

    it('promise 10 without the gateway nothing passes', async () => {
      expect(await statusAlone({ gatewayPort: await freePort() })).toBeGreaterThanOrEqual(500);
    });

    it.runIf(proxy.files.some((file) => file.endsWith('.lua')))('promise 10 nor where its Lua file fails', async () => {
      const spoil = (text: string) => text.replace('local question = {}', 'error("spoilt")');
      expect(await statusAlone({}, spoil)).toBeGreaterThanOrEqual(500);
      // As it is, it asks, and a port that is not the site's is 403.
      expect(await statusAlone({})).toBe(403);
    });
  });
});
