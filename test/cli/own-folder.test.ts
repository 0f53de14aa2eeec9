// Applications that have addresses of their own where the gateway's endpoints shall be. ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { findFolderUse, namePaths } from '../../cli/installation/own-folder.ts';

type Application = (path: string) => Response;

const text = (status: number, body = '', headers = {}) =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
const to = (location: string) => text(302, '', { location });
const has =
  (pages: Record<string, number>, other: Application = () => text(404)): Application =>
  (path) =>
    path in pages ? text(pages[path] ?? 200) : other(path);

async function look(application: Application, folder = '/auth', base = '') {
  const asked: string[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    expect([init.method ?? 'GET', init.redirect, init.body]).toEqual(['GET', 'manual', undefined]);
    const { origin, pathname } = new URL(url);
    expect(origin).toBe('http://app.internal:8081');
    asked.push(pathname);
    return application(pathname);
  };
  return { use: await findFolderUse(fetch, `http://app.internal:8081${base}`, folder), asked };
}

const TAKEN: [who: string, application: Application, paths: string[]][] = [
  [
    'OmniAuth in a Rails application',
    has({ '/auth/failure': 302, '/auth/google_oauth2/callback': 302 }),
    ['/auth/failure', '/auth/google_oauth2/callback'],
  ],
  ['Devise under /auth', has({ '/auth/sign_in': 200 }), ['/auth/sign_in']],
  ['Keycloak', has({ '/auth/': 200, '/auth/realms/master': 200 }), ['/auth/', '/auth/realms/master']],
  ['Home Assistant', has({ '/auth/providers': 200 }), ['/auth/providers']],
  ['a page for POST alone', has({ '/auth/login': 405 }), ['/auth/login']],
  ['a page behind its own login', has({ '/auth/google': 401 }), ['/auth/google']],
  ['one page for every address, but for some', has({ '/auth/login': 302 }, () => text(200, 'app')), ['/auth/login']],
  ['OmniAuth with another provider', has({ '/auth/github/callback': 302 }), ['/auth/github/callback']],
  ['a callback of its own', has({ '/auth/callback': 400 }), ['/auth/callback']],
  [
    'OmniAuth in development, which fails without a question of its own',
    has({ '/auth/google_oauth2/callback': 500 }),
    ['/auth/google_oauth2/callback'],
  ],
  [
    'a slash at every end, but for one',
    (path) => (path === '/auth/login' ? text(200) : to(`${path}/`)),
    ['/auth/login'],
  ],
  [
    'JSON among pages',
    (path) => (path === '/auth/providers' ? Response.json([]) : text(200, 'app')),
    ['/auth/providers'],
  ],
  [
    'a login for every address, but for some',
    (path) => (path === '/auth/sign_in' ? text(200) : to(`/users/sign_in?next=${path}`)),
    ['/auth/sign_in'],
  ],
];

const NOT_TAKEN: [who: string, application: Application, kind: string][] = [
  ['nothing there', has({ '/login': 200 }), 'free'],
  ['one page for every address', () => text(200, 'app'), 'unclear'],
  ['whoever has no secret is refused', () => text(403), 'unclear'],
  ['a login for every address', (path) => to(`/login?next=${path}`), 'unclear'],
  ['TLS for every address', (path) => to(`https://app.internal${path}`), 'unclear'],
  ['a slash at every end', (path) => (path.endsWith('/') ? text(404) : to(`${path}/`)), 'unclear'],
  [
    'no slash at any end',
    (path) => (path.endsWith('/') ? text(308, '', { location: path.slice(0, -1) }) : text(404)),
    'free',
  ],
  ['a language before every address', (path) => to(`/de${path}`), 'unclear'],
  ['a login that names the page in its path', (path) => to(`/login/${encodeURIComponent(path)}`), 'unclear'],
  ['ill', () => text(503), 'silent'],
  ['too many questions', () => text(429), 'silent'],
  ['away at one address', has({ '/auth/login': 503 }), 'free'],
  [
    'nobody',
    () => {
      throw new TypeError('fetch failed');
    },
    'silent',
  ],
];

describe('ARCHITECTURE §2: the folder is the gateway’s', () => {
  it.each(TAKEN)('%s uses it', async (_who, application, paths) => {
    const { use, asked } = await look(application);
    expect(use).toEqual({ kind: 'taken', paths, folder: '/_auth' });
    expect(asked.length).toBeLessThanOrEqual(20);
    expect(asked.filter((path) => /out|delete|revoke/.test(path))).toEqual([]);
  });

  it.each(NOT_TAKEN)('%s: %s', async (_who, application, kind) => {
    expect((await look(application)).use.kind).toBe(kind);
  });

  it('another folder is proposed that is free', async () => {
    const others: Application = (path) => text(path.startsWith('/_auth/') || path === '/auth/login' ? 200 : 404);
    expect((await look(others)).use).toMatchObject({ folder: '/_gateway' });
    const same: Application = (path) => text(path === '/_auth/login' ? 200 : 404);
    expect((await look(same, '/_auth')).use).toMatchObject({ paths: ['/_auth/login'], folder: '/_gateway' });
  });

  it('the application is asked below its base path', async () => {
    const { use, asked } = await look(has({ '/old/auth/login': 200 }), '/auth', '/old');
    expect(use).toMatchObject({ paths: ['/auth/login'] });
    expect(asked.every((path) => path.startsWith('/old/'))).toBe(true);
  });

  it('an answer of nobody’s ends the questions', async () => {
    expect((await look(() => text(503))).asked).toHaveLength(1);
  });

  it('three of them are named', () => {
    expect(namePaths(['/a', '/b'])).toBe('/a, /b');
    expect(namePaths(['/a', '/b', '/c', '/d'])).toBe('/a, /b, /c and others');
  });
});
