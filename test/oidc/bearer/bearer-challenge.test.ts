// What a client without a good token is told. RFC 6750 §3; RFC 9470 §3; RFC 9728 §2, §5.1.

import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { AppEnv } from '../../../src/answer/answers.ts';
import { bearerChallenge } from '../../../src/answer/challenge.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { protectedResource } from '../../../src/endpoints/protected-resource.ts';
import type { Gateway } from '../../../src/gateway.ts';
import { BASIC, PROJECT_AUD, ROLES_SCOPE, SEED } from './bed.ts';

const config = { origin: 'https://app.example.com', takesBearer: true };
const METADATA = 'resource_metadata="https://app.example.com/.well-known/oauth-protected-resource"';

describe('bearerChallenge', () => {
  it('RFC 6750 §3 names the realm and, where nothing came that could be wrong, no error', () => {
    expect(bearerChallenge(config)).toBe(`Bearer realm="https://app.example.com", ${METADATA}`);
  });

  it('RFC 6750 §3.1 names error, description and scope', () => {
    const challenge = { error: 'insufficient_scope', error_description: 'a role is missing', scope: 'a b' } as const;
    expect(bearerChallenge(config, challenge)).toBe(
      `Bearer realm="https://app.example.com", error="insufficient_scope", error_description="a role is missing", scope="a b", ${METADATA}`,
    );
  });

  it('RFC 9470 §3 says how recent a sign-in must be, zero included, and of what kind', () => {
    const challenge = { error: 'insufficient_user_authentication', max_age: 0, acr_values: 'mfa' } as const;
    expect(bearerChallenge(config, challenge)).toContain(
      'error="insufficient_user_authentication", acr_values="mfa", max_age="0"',
    );
  });

  it('RFC 9728 §5.1 names the metadata only where bearer tokens are taken', () => {
    expect(bearerChallenge({ ...config, takesBearer: false })).toBe('Bearer realm="https://app.example.com"');
  });

  it('lets nothing out of a value: quotes, backslashes, line breaks and other letters are gone', () => {
    const error_description = 'a"b\\c\r\nX-Evil: 1, ö';
    expect(bearerChallenge(config, { error: 'invalid_token', error_description })).toContain(
      'error_description="a?b?c??X-Evil: 1, ?"',
    );
  });
});

describe('GET /.well-known/oauth-protected-resource', () => {
  async function ask(changes: Record<string, unknown>) {
    const loaded = loadConfig({
      UPSTREAM_URL: 'https://upstream.internal',
      ZITADEL_DOMAIN: 'https://zitadel.test',
      ZITADEL_CLIENT_ID: SEED.webClientId,
      ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
      SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
      SESSIONS: { get() {}, put() {} },
      USER_SESSIONS: { idFromName() {}, get() {} },
      ...changes,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    const app = new Hono<AppEnv>();
    app.use(async (c, next) => {
      c.set('event', { event: 'request', level: 'info', request_id: 'r', method: 'GET', host: 'h', path: '/' });
      await next();
    });
    app.get('/.well-known/oauth-protected-resource', protectedResource({ config: loaded.config } as Gateway));
    return app.request('/.well-known/oauth-protected-resource', { headers: { accept: 'application/json' } });
  }

  it('RFC 9728 §2 names the resource, where to get a token, and how to bring it', async () => {
    const response = await ask({ ZITADEL_PROJECT_ID: SEED.projectId, BRAND_NAME: 'Guest book' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      resource: 'https://app.example.com',
      authorization_servers: ['https://zitadel.test'],
      bearer_methods_supported: ['header'],
      scopes_supported: ['openid', PROJECT_AUD, ROLES_SCOPE],
      resource_name: 'Guest book',
    });
  });

  it('names no scopes where no project is configured', async () => {
    const response = await ask(BASIC);
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty('scopes_supported');
  });

  it('is not there where no bearer tokens are taken', async () => {
    const response = await ask({});
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  });
});
