// The rows of the table: what is measured against what, each a server and the one request that it is sent again and again.

import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { SEED } from '../stand-in/seed.ts';
import { BROWSER_HEADERS, type Stage } from './stage.ts';
import type { RunningWorkerd } from './workerd.ts';

export interface Contender {
  readonly name: string;
  readonly worker: RunningWorkerd;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SECRET = 'bench-bench-bench-bench-bench-bench-bench';
/** Of an application: it passes. */
const OTHER_COOKIE = 'theme=dark';

export const FLOOR = 'the floor';

export async function createContenders(stage: Stage, against: string | undefined): Promise<Contender[]> {
  const { zitadel } = stage;
  const api = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
  const publicRoute = { path: '/public/*', access: 'public' };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const plain = await stage.startPostern({ ROUTES: [publicRoute] });
  const takesBearer = await stage.startPostern({ ROUTES: [publicRoute], ...api });
  const asserting = await stage.startPostern({ ASSERTION_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })) });
  const routed = await stage.startPostern({ ROUTES: createRoutes(50) });
  stage.grantRoles('admin', 90, (index) => `r${index}`);
  const chunked = await stage.signIn(plain, 'admin');
  if (!chunked.includes('.1=')) throw new Error(`no chunked cookie: ${chunked.length} characters`);
  const cookie = await stage.signIn(plain, 'staff');

  const withCookie = (sent: string) => ({ ...BROWSER_HEADERS, Cookie: `${OTHER_COOKIE}; ${sent}` });
  const row = (
    name: string,
    worker: RunningWorkerd,
    headers: Readonly<Record<string, string>>,
    path = '/last/page?q=1',
  ) => ({
    name,
    worker,
    path,
    headers,
  });
  const signedIn = async (name: string, worker: RunningWorkerd) =>
    row(name, worker, withCookie(await stage.signIn(worker, 'staff')));
  const bearer = (token: string) => ({
    ...BROWSER_HEADERS,
    Accept: 'application/json',
    Cookie: OTHER_COOKIE,
    Authorization: `Bearer ${token}`,
  });
  const floor = await stage.bundle('floor-worker');
  const oidcAuth = await stage.start(await stage.bundle('oidc-auth-worker'), {
    OIDC_AUTH_SECRET: SECRET,
    OIDC_ISSUER: zitadel.issuer,
    OIDC_CLIENT_ID: 'bench',
    OIDC_CLIENT_SECRET: 'bench',
  });

  return [
    row('the upstream alone', stage.upstream, withCookie(cookie)),
    row('a bare pass-through', await stage.start(await stage.bundle('pass-through-worker')), withCookie(cookie)),
    row(FLOOR, await stage.start(floor), withCookie(cookie)),
    row('the floor, one event logged', await stage.start(floor, { LOGS: 'yes' }), withCookie(cookie)),
    row('the floor, chunked cookie', await stage.start(floor), withCookie(chunked)),
    row('a public route', plain, { ...BROWSER_HEADERS, Cookie: OTHER_COOKIE }, '/public/page?q=1'),
    row('signed in', plain, withCookie(cookie)),
    await signedIn('signed in, signed assertion', asserting),
    await signedIn('signed in, 50 routes', routed),
    row('signed in, chunked cookie', plain, withCookie(chunked)),
    row('bearer JWT', takesBearer, bearer(await zitadel.mintAccessToken({ sub: 'staff', jwt: true }))),
    row('bearer opaque', takesBearer, bearer(await zitadel.mintAccessToken({ sub: 'staff' }))),
    row('@hono/oidc-auth', oidcAuth, withCookie(`oidc-auth=${oidcAuthSession()}`)),
    ...(against === undefined
      ? []
      : [await signedIn('signed in, the other build', await stage.startPostern({ ROUTES: [publicRoute] }, against))]),
  ];
}

/** Growth: one row for each number of roles and of routes. */
export async function createGrowth(stage: Stage, sizes: readonly number[]): Promise<Contender[]> {
  const rows: Contender[] = [];
  const plain = await stage.startPostern();
  for (const size of sizes) {
    stage.grantRoles('user', size);
    const Cookie = await stage.signIn(plain, 'user');
    rows.push({
      name: `${size} roles`,
      worker: plain,
      path: '/last/page?q=1',
      headers: { ...BROWSER_HEADERS, Cookie },
    });
  }
  for (const size of sizes) {
    const worker = await stage.startPostern({ ROUTES: createRoutes(size) });
    const Cookie = await stage.signIn(worker, 'staff');
    rows.push({ name: `${size} routes`, worker, path: '/last/page?q=1', headers: { ...BROWSER_HEADERS, Cookie } });
  }
  return rows;
}

/** Exact, prefix and wildcard paths, with roles and methods; the last one is met. */
function createRoutes(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    path:
      index === count - 1
        ? '/last/*'
        : ([`/section-${index}/*`, `/page-${index}`, `/users/*/tab-${index}`][index % 3] ?? '/'),
    roles: ['admin', 'staff'],
    ...(index % 5 === 0 && index < count - 1 && { methods: ['POST', 'PUT'] }),
  }));
}

/** The session cookie that @hono/oidc-auth would have set: a JWT under HS256. */
function oidcAuthSession(): string {
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const who = {
    sub: SEED.users.staff,
    email: 'zoe@acme.example',
    rtk: 'refresh-token',
    rtkexp: inAnHour,
    ssnexp: inAnHour,
  };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(who)}`;
  return `${text}.${createHmac('sha256', createSecretKey(SECRET, 'utf8')).update(text).digest('base64url')}`;
}
