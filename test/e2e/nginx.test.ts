// A real nginx passes requests on by itself and asks the built worker about each of them: examples/nginx.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../demo/app/application.ts';
import { SEED } from '../../stand-in/seed.ts';
import { GATEWAY_SECRET } from '../flow/asking.ts';
import { locationOf, TestBrowser } from '../support/browser.ts';
import { sendHttp, sendRequestLine } from '../support/http.ts';
import { hasNginx, NGINX, startNginx } from '../support/nginx.ts';
import { freePort, type RunningWorker, startWorker } from '../support/worker.ts';

if (!hasNginx) console.log(`No nginx at ${NGINX}: its tests are skipped.`);

const ROUTES = [
  { path: '/', access: 'public' },
  { path: '/assets/*', access: 'public' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/käse/*', roles: ['admin'] },
];
const FORGED = {
  'x-forwarded-user': '1',
  'x-forwarded-roles': 'admin',
  'x-forwarded-actor': '1',
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/assets/style.css',
  'x-original-method': 'GET',
  'x-original-uri': '/assets/style.css',
  'x-gateway-secret': 'mine',
  x_forwarded_user: '1',
  'x.forwarded.user': '1',
};

interface Echo {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe.skipIf(!hasNginx)('nginx with auth_request', () => {
  let worker: RunningWorker;
  let origin: string;
  let applicationPort: number;
  const stops: (() => Promise<void>)[] = [];
  const browser = () => new TestBrowser(sendHttp, origin);

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
    worker.zitadel.webApplication.redirectUris = [`${origin}/auth/callback`];
    applicationPort = Number(new URL(application.origin).port);
    const nginx = await startNginx({
      port,
      gatewayPort: Number(new URL(worker.origin).port),
      applicationPort,
      gatewaySecret: GATEWAY_SECRET,
    });
    stops.push(nginx.stop);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const challenge = async () => (await browser().fetch('/echo')).headers.get('www-authenticate') ?? '';

  async function signIn(user: string, path = '/echo') {
    const visitor = browser();
    const toLogin = await visitor.navigate(path);
    expect(toLogin.status).toBe(302);
    const authorizeUrl = locationOf(await visitor.navigate(locationOf(toLogin)));
    const back = await visitor.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
    return { visitor, page: await visitor.navigate(locationOf(back)) };
  }

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

  it('lets nothing through that a visitor claims, signed in or not', async () => {
    const { visitor } = await signIn('nobody');
    const { headers } = (await (await visitor.navigate('/echo', { headers: FORGED })).json()) as Echo;
    expect(headers['x-forwarded-user']).toBe(SEED.users.nobody);
    for (const name of [
      'x-forwarded-roles',
      'x-forwarded-actor',
      'x-original-uri',
      'x_forwarded_user',
      'x.forwarded.user',
    ]) {
      expect(headers[name]).toBeUndefined();
    }
    expect((await browser().fetch('/echo', { headers: FORGED })).status).toBe(401);
    const welcome = await browser().navigate('/', { headers: FORGED });
    expect(welcome.status).toBe(200);
    expect(await welcome.text()).toContain('Sign in');
  });

  it('403 without the role, also for a path that nginx tidies up', async () => {
    const { visitor } = await signIn('user');
    for (const path of ['/admin', '/admin/', '/%61dmin', `${origin}//admin`, '/assets/..%2fadmin']) {
      expect([path, (await visitor.navigate(path)).status]).toEqual([path, 403]);
    }
    expect((await (await signIn('admin')).visitor.navigate('/admin')).status).toBe(200);
  });

  it('a script is answered 401 problem JSON with the challenge, once', async () => {
    const answer = await browser().fetch('/echo');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", resource_metadata="[^"]+"$/);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated', login_url: `${origin}/auth/login` });
  });

  it('an API client passes with its token, which goes no further', async () => {
    const token = await worker.zitadel.mintAccessToken({ sub: SEED.users.service, jwt: true });
    const call = (authorization: string) => browser().send('/echo', { headers: { authorization } });
    const answer = await call(`Bearer ${token}`);
    const { headers } = (await answer.json()) as Echo;
    expect(headers['x-forwarded-user']).toBe(SEED.users.service);
    expect(headers['authorization']).toBeUndefined();
    const bad = await call('Bearer a.b.c');
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('a body reaches the application, though the question had none', async () => {
    const { visitor } = await signIn('user');
    const answer = await visitor.fetch('/echo', { method: 'POST', body: 'x'.repeat(20_000) });
    expect(((await answer.json()) as Echo).body).toHaveLength(20_000);
  });

  it('RFC 6455 §10.2 a WebSocket handshake from another origin is 403', async () => {
    const { visitor } = await signIn('user');
    const handshake = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const open = (from: string) => visitor.send('/echo', { headers: { ...handshake, origin: from } });
    expect((await open('https://evil.example')).status).toBe(403);
    expect((await open(origin)).status).toBe(200);
  });

  it('nobody from outside asks, not even with the secret', async () => {
    for (const path of ['/auth/check', '/auth//check', '/auth/%63heck']) {
      const headers = { 'x-gateway-secret': GATEWAY_SECRET, 'x-original-method': 'GET', 'x-original-uri': '/' };
      expect([path, (await browser().send(path, { headers })).status]).toEqual([path, 404]);
    }
  });

  it('programs find the resource’s metadata where the challenge says', async () => {
    const [, address = ''] = /resource_metadata="([^"]+)"/.exec(await challenge()) ?? [];
    expect((await browser().send(address)).status).toBe(200);
  });

  it('raw UTF-8 in a target is judged like its escapes', async () => {
    const target = Buffer.from('/käse/x').toString('latin1');
    const { visitor } = await signIn('user');
    const cookie = await visitor.jar.getCookieString(origin);
    expect(await sendRequestLine(origin, target, { cookie })).toBe(403);
    const { visitor: admin } = await signIn('admin');
    // The application takes no such bytes.
    expect(await sendRequestLine(origin, target, { cookie: await admin.jar.getCookieString(origin) })).toBe(400);
    // Bytes that are no UTF-8 are nobody's path.
    expect(await sendRequestLine(origin, '/k\xe4se/x', { cookie })).toBe(403);
  });

  it('ingress-nginx names a whole URL, which nobody else can', async () => {
    const port = await freePort();
    const gatewayPort = Number(new URL(worker.origin).port);
    const ingress = await startNginx({
      port,
      gatewayPort,
      applicationPort,
      gatewaySecret: GATEWAY_SECRET,
      asksLikeIngress: true,
    });
    try {
      const { visitor } = await signIn('user');
      const cookie = await visitor.jar.getCookieString(origin);
      // The public site's name is in `Host`, as behind a load balancer.
      const send = (target: string, more = {}) =>
        sendRequestLine(`http://localhost:${port}`, target, { cookie, host: new URL(origin).host, ...more });
      expect(await send('/echo?a=%20b')).toBe(200);
      expect(await send('/admin')).toBe(403);
      expect(await send('/admin', FORGED)).toBe(403);
      expect(await send('/echo', { 'x-original-url': `${origin}/admin` })).toBe(200);
      expect(await send('/echo', { cookie: '' })).toBe(401);
    } finally {
      await ingress.stop();
    }
  });

  it('promise 4 signed out is signed out', async () => {
    const { visitor } = await signIn('user');
    await visitor.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect((await visitor.fetch('/echo')).status).toBe(401);
  });

  it('promise 10 without the gateway nothing passes', async () => {
    await worker.stop();
    stops.splice(stops.indexOf(worker.stop), 1);
    expect((await browser().navigate('/')).status).toBe(500);
  });
});
