// The FastAPI recipe: the Python guide's API, with JWTs, opaque tokens and a signed-in visitor.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { locationOf } from '../../support/browser.ts';
import { call, createGuideKey, fetchServiceToken } from './api-client.ts';
import { hasModules, PYTHON, type Recipe, startRecipe } from './recipe.ts';

const { users } = SEED;
const hasFastApi = hasModules('FastAPI and uvicorn (python3-fastapi, uvicorn)', 'fastapi', 'uvicorn');

describe.skipIf(!hasFastApi)('examples/fastapi-api', () => {
  let recipe: Recipe;
  beforeAll(async () => {
    const key = await createGuideKey();
    recipe = await startRecipe({
      folder: 'fastapi-api',
      command: (port) => [PYTHON, '-m', 'uvicorn', 'main:app', '--port', String(port)],
      variables: { ZITADEL_API_KEY: key.file },
    });
    key.register(recipe.worker.zitadel);
  });
  afterAll(() => recipe?.stop());

  it('answers everybody on /api/public, and nobody elsewhere', async () => {
    const { worker } = recipe;
    const open = await call(worker, '/api/public');
    expect(await open.json()).toEqual({ message: 'Public endpoint - no authentication required' });
    expect((await call(worker, '/api/protected')).status).toBe(401);
    expect((await call(worker, '/api/admin')).status).toBe(401);
    expect((await call(worker, '/openapi.json')).status).toBe(403);
  });

  it.each(['JWT', 'opaque'] as const)(
    'a service user with a %s token is told its id, and has no e-mail',
    async (kind) => {
      const { worker } = recipe;
      const token = await fetchServiceToken(worker.zitadel, kind);
      const answer = await call(worker, '/api/protected', token);
      expect(await answer.json()).toMatchObject({ user_id: users.service, email: null });
      const refused = await call(worker, '/api/admin', token);
      expect(refused.status).toBe(403);
      expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    },
  );

  it.each([true, false])(
    'an administrator’s token passes, and says the e-mail if it is no JWT (JWT: %s)',
    async (jwt) => {
      const { worker } = recipe;
      const token = await worker.zitadel.mintAccessToken({ sub: 'admin', jwt });
      const answer = await call(worker, '/api/protected', token);
      expect(await answer.json()).toMatchObject({ user_id: users.admin, email: jwt ? null : 'ada@acme.example' });
      expect(await (await call(worker, '/api/admin', token)).json()).toMatchObject({ user_id: users.admin });
    },
  );

  it('a signed-in visitor’s page calls it without a token', async () => {
    const { worker } = recipe;
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/auth/login?return_to=/api/public'));
    await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'staff' }));
    const answer = await browser.fetch('/api/protected');
    expect(await answer.json()).toMatchObject({ user_id: users.staff, email: 'zoe@acme.example' });
    expect((await browser.fetch('/api/admin')).status).toBe(403);
  });

  it('believes nobody who comes past the gateway', async () => {
    const headers = { 'x-forwarded-user': '1', 'x-forwarded-roles': 'admin', 'x-gateway-secret': 'x' };
    expect((await fetch(`${recipe.application}/api/admin`, { headers })).status).toBe(403);
    expect((await fetch(`${recipe.application}/api/public`)).status).toBe(403);
  });
});
