// The FastAPI recipe: pages for people, an API for their scripts and for machines.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { locationOf } from '../../support/browser.ts';
import { hasModules, PYTHON, type Recipe, startRecipe, UPSTREAM_SECRET } from './recipe.ts';

const packages = 'FastAPI (python3-fastapi, python3-uvicorn)';

describe.skipIf(!hasModules(packages, 'fastapi', 'uvicorn'))('examples/fastapi', () => {
  let recipe: Recipe;
  beforeAll(async () => {
    recipe = await startRecipe({
      folder: 'fastapi',
      command: (port) => [PYTHON, '-m', 'uvicorn', '--host', '127.0.0.1', '--port', String(port), 'main:app'],
      variables: {
        CLAIMS_MAX_AGE: '1',
        ZITADEL_API_CLIENT_ID: SEED.apiClientId,
        ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
      },
    });
  });
  afterAll(() => recipe?.stop());

  const json = { 'content-type': 'application/json' };
  const callWith = (token: string, path: string, init: RequestInit = {}) =>
    fetch(recipe.worker.origin + path, { ...init, headers: { ...json, authorization: `Bearer ${token}` } });

  it('shows everybody the landing page and the public endpoint', async () => {
    const stranger = recipe.worker.browser();
    expect(await (await stranger.navigate('/')).text()).toContain('Everybody may read');
    expect(await (await stranger.fetch('/api/public')).json()).toEqual({
      message: 'Public endpoint - no authentication required',
    });
  });

  it('signs in for a page, greets by name, and shows the profile', async () => {
    const { browser, page } = await recipe.signIn('staff', '/profile');
    const html = await page.text();
    for (const fact of ['Zoë Kõiv-Straße 王', 'zoe@acme.example', SEED.users.staff]) expect(html).toContain(fact);
    expect(await (await browser.navigate('/')).text()).toContain('Hello, Zoë Kõiv-Straße 王!');
  });

  it('answers 401 to a script without a session, and never a redirect to a login page', async () => {
    const stranger = recipe.worker.browser();
    for (const answer of [await stranger.fetch('/api/protected'), await stranger.navigate('/api/protected')]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('serves the page’s own script by the session', async () => {
    const { browser } = await recipe.signIn('user', '/profile');
    expect(await (await browser.fetch('/api/protected')).json()).toMatchObject({
      user_id: SEED.users.user,
      email: 'uma@acme.example',
    });
    const init = { method: 'POST', body: JSON.stringify({ text: 'Käse' }), headers: json };
    expect((await browser.fetch('/api/notes', init)).status).toBe(201);
    expect(await (await browser.fetch('/api/notes')).json()).toEqual([{ text: 'Käse', author: 'Uma Lind' }]);
    expect((await browser.fetch('/api/notes', { ...init, body: '{}' })).status).toBe(422);
    const foreign = { ...init, headers: { ...json, 'sec-fetch-site': 'cross-site' } };
    expect((await browser.fetch('/api/notes', foreign)).status).toBe(403);
  });

  it.each([
    ['an opaque token', false],
    ['a JWT', true],
  ])('serves machines with %s', async (_, jwt) => {
    const token = await recipe.worker.zitadel.mintAccessToken({ sub: 'admin', jwt });
    const answer = await callWith(token, '/api/protected');
    expect(await answer.json()).toMatchObject({ user_id: SEED.users.admin, email: jwt ? null : 'ada@acme.example' });
    expect((await callWith(token, '/api/admin')).status).toBe(200);
    expect((await callWith(token, '/api/notes', { method: 'POST', body: '{"text":"by a machine"}' })).status).toBe(201);
    const lesser = await recipe.worker.zitadel.mintAccessToken({ sub: 'user', jwt });
    const refused = await callWith(lesser, '/api/admin');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect((await callWith(`${token}x`, '/api/protected')).status).toBe(401);
  });

  it('shows administrators what is theirs, and no longer once the role is gone', async () => {
    expect((await recipe.signIn('staff', '/admin')).page.status).toBe(403);
    const { browser, page } = await recipe.signIn('admin', '/admin');
    expect(page.status).toBe(200);
    expect((await browser.fetch('/api/admin')).status).toBe(200);
    recipe.worker.zitadel.setUserRoles('admin', ['user']);
    try {
      const statuses = async () => [
        (await browser.navigate('/admin')).status,
        (await browser.fetch('/api/admin')).status,
      ];
      await vi.waitFor(async () => expect(await statuses()).toEqual([403, 403]), { timeout: 15_000, interval: 200 });
    } finally {
      recipe.worker.zitadel.setUserRoles('admin', ['admin', 'user']);
    }
  });

  it('has a second lock behind the gateway’s: the application itself judges too', async () => {
    const ask = (path: string, identity: Record<string, string> = {}) =>
      fetch(recipe.application + path, {
        headers: { 'X-Gateway-Secret': UPSTREAM_SECRET, ...identity },
        redirect: 'manual',
      });
    const staff = { 'X-Forwarded-User': '1', 'X-Forwarded-Roles': 'staff,not%2Cadmin' };
    expect(await (await ask('/api/admin', staff)).json()).toEqual({ detail: 'Admin access required' });
    expect((await ask('/admin', staff)).status).toBe(403);
    const stranger = await ask('/api/protected');
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(locationOf(await ask('/profile?a=b'))).toBe('/auth/login?return_to=%2Fprofile%3Fa%3Db');
  });

  it('signs out', async () => {
    const { browser } = await recipe.signIn('user', '/profile');
    expect((await recipe.signOut(browser)).status).toBe(200);
    expect((await browser.fetch('/api/protected')).status).toBe(401);
    expect(new URL(locationOf(await browser.navigate('/profile'))).pathname).toBe('/oauth/v2/authorize');
  });

  it('refuses whoever comes past the gateway', async () => {
    const forged = { 'X-Forwarded-User': SEED.users.admin, 'X-Forwarded-Roles': 'admin' };
    expect((await fetch(`${recipe.application}/api/admin`, { headers: forged })).status).toBe(403);
    const guessed = { ...forged, 'X-Gateway-Secret': UPSTREAM_SECRET.slice(1) };
    expect((await fetch(recipe.application, { headers: guessed })).status).toBe(403);
  });
});
