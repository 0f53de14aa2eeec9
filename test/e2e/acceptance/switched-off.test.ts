// ARCHITECTURE §2: endpoints whose setting is missing are not there, from outside.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlackBox, openBox } from './support/gateway.ts';

describe('what is off is not there', () => {
  let box: BlackBox;
  beforeAll(async () => {
    box = await openBox({ env: { ZITADEL_PROJECT_ID: undefined, ROUTES: [{ path: '/*', access: 'public' }] } });
  });
  afterAll(() => box.stop());

  it.each(['/auth/metrics', '/auth/operator/sessions'])('%s is 404 without OPERATOR_SECRET', async (path) => {
    for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer x']) {
      expect((await box.ask(path, { headers: { authorization } })).status).toBe(404);
    }
  });

  it('check is 403 for every path without UPSTREAM_SECRET', async () => {
    for (const secret of ['', 'undefined', 'x']) {
      const headers = { 'x-gateway-secret': secret, 'x-forwarded-uri': '/', 'x-forwarded-method': 'GET' };
      expect((await box.ask('/auth/check', { headers })).status).toBe(403);
    }
  });

  it('the metadata of RFC 9728 is not the gateway’s where no bearer tokens are taken', async () => {
    const answer = await box.ask('/.well-known/oauth-protected-resource');
    expect(answer.text).not.toContain('authorization_servers');
  });
});
