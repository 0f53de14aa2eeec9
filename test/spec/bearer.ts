// A gateway that takes bearer tokens of both kinds, and an API client that brings them.

import { expect } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';

const API_CLIENT = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };

export function createApi(env: Record<string, unknown> = {}): Harness {
  return createHarness({ env: { ...API_CLIENT, ROUTES: [{ path: '/admin/*', roles: ['admin'] }], ...env } });
}

export function call(harness: Harness, authorization: string | undefined, target = '/page', init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  if (authorization !== undefined) headers.set('authorization', authorization);
  return Promise.resolve(harness.app.fetch(new Request(ORIGIN + target, { ...init, headers })));
}

export const callWith = (harness: Harness, token: string, target?: string) => call(harness, `Bearer ${token}`, target);

/** What the client is told, and that the application was not. */
export async function expectChallenge(harness: Harness, response: Response, status: number, error: string | undefined) {
  expect(response.status).toBe(status);
  const challenge = response.headers.get('www-authenticate') ?? '';
  expect(challenge).toMatch(/^Bearer realm="https:\/\/app\.example\.com"/);
  expect(/ error="([^"]*)"/.exec(challenge)?.[1]).toBe(error);
  expect(harness.received).toEqual([]);
}
