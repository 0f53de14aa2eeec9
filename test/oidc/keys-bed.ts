// A provider’s keys that a test may change, and how often they were asked for.

import { expect } from 'vitest';
import type { ProviderFetch } from '../../src/oidc/provider-fetch.ts';
import { createSigningKeys } from '../../src/oidc/signing-keys.ts';

export const key = (kid: string, more: object = {}) => ({ kty: 'RSA', kid, n: 'n', e: 'AQAB', ...more });
export const header = (kid?: string) => ({ alg: 'RS256', ...(kid !== undefined && { kid }) });
export const STRANGERS = { isTrustedChannel: false };
export const OWN = { isTrustedChannel: true };
export const LOGOUT = { isTrustedChannel: false, isLogoutToken: true };

export function createBed(keys: unknown = [key('1')], jwks_uri: string | undefined = 'https://zitadel.test/keys') {
  const bed = {
    now: 1_790_000_000,
    keys,
    isAway: false,
    asked: 0,
    answer: Promise.resolve(),
    tasks: [] as Promise<unknown>[],
  };
  const fetch: ProviderFetch = async (url) => {
    bed.asked += 1;
    expect(url).toBe('https://zitadel.test/keys');
    const answer = bed.isAway ? new Response('away', { status: 503 }) : Response.json({ keys: bed.keys });
    await bed.answer;
    return answer;
  };
  const metadata = {
    load: async () => ({ issuer: 'https://zitadel.test', jwks_uri }) as never,
    reload: undefined as never,
  };
  const signingKeys = createSigningKeys({
    metadata,
    fetch,
    now: () => bed.now,
    waitUntil: (task) => bed.tasks.push(task),
  });
  return Object.assign(bed, { signingKeys, find: signingKeys.find, settle: () => Promise.allSettled(bed.tasks) });
}

export const NO_KEY: unknown[] = [];
