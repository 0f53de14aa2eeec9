// The Django API recipe: the three endpoints of ZITADEL's guide, with JWTs, and with opaque tokens by the guide's key file.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, createGuideKey, fetchServiceToken } from './api-client.ts';
import { hasModules, PYTHON, type Recipe, startRecipe } from './recipe.ts';

const MESSAGES = {
  public: "Hello from a public endpoint! You don't need to be authenticated to see this.",
  private: 'Hello from a private endpoint! You need to be authenticated to see this.',
  'private-scoped':
    'Hello from a private endpoint! You need to be authenticated and have a scope of read:messages to see this.',
};

describe.skipIf(!hasModules('Django (python3-django)', 'django'))('examples/django-api', () => {
  let recipe: Recipe;
  beforeAll(async () => {
    const key = await createGuideKey();
    recipe = await startRecipe({
      folder: 'django-api',
      command: (port) => [PYTHON, 'manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`],
      variables: { ZITADEL_API_KEY: key.file, CLAIMS_MAX_AGE: '1' },
    });
    const { zitadel } = recipe.worker;
    key.register(zitadel);
    zitadel.project.roles.set('read:messages', { displayName: 'Reads messages' });
  });
  afterAll(() => recipe?.stop());

  const messageOf = async (answer: Response) => ((await answer.json()) as { message?: string }).message;

  it('answers everybody on /api/public, and nobody elsewhere', async () => {
    const { worker } = recipe;
    expect(await messageOf(await call(worker, '/api/public'))).toBe(MESSAGES.public);
    for (const path of ['/api/private', '/api/private-scoped']) {
      const answer = await call(worker, path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+"(?!.*error=)/);
    }
    expect((await call(worker, '/admin')).status).toBe(403);
  });

  it.each(['JWT', 'opaque'] as const)(
    'a service user with a %s token: private, and private-scoped with the role',
    async (kind) => {
      const { worker } = recipe;
      const { zitadel } = worker;
      zitadel.setUserRoles('service', ['user']);
      const token = await fetchServiceToken(zitadel, kind);
      expect(token.split('.')).toHaveLength(kind === 'JWT' ? 3 : 5);
      expect(await messageOf(await call(worker, '/api/private', token))).toBe(MESSAGES.private);
      const refused = await call(worker, '/api/private-scoped', token);
      expect(refused.status).toBe(403);
      expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      zitadel.setUserRoles('service', ['read:messages']);
      const allowed = await call(worker, '/api/private-scoped', await fetchServiceToken(zitadel, kind));
      expect(await messageOf(allowed)).toBe(MESSAGES['private-scoped']);
    },
  );

  it('a bad token is 401 invalid_token, as JSON', async () => {
    const answer = await call(recipe.worker, '/api/private', 'eyJhbGciOiJub25lIn0.e30.');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('believes nobody who comes past the gateway', async () => {
    const headers = { 'x-forwarded-user': '1', 'x-forwarded-roles': 'read:messages' };
    for (const more of [{}, { 'x-gateway-secret': 'x' }]) {
      const answer = await fetch(`${recipe.application}/api/private-scoped`, { headers: { ...headers, ...more } });
      expect(answer.status).toBe(403);
    }
  });
});
