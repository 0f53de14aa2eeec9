// The authorization endpoint, held to recorded answers of a real ZITADEL: what each scope brings.

import { describe } from 'vitest';
import { holdTo, observeHeaders } from './recordings/hold.ts';
import { maskLocation } from './recordings/mask.ts';
import { type Answer, createBed, SEED } from './support.ts';

const ORGANIZATION = 'urn:zitadel:iam:org:id:';

async function authorize(changes: Record<string, string | undefined>): Promise<Answer> {
  const bed = createBed({ settings: { loginVersion: 'v1' } });
  const response = await bed.zitadel.fetch(bed.authorizeUrl({ state: 's1', ...changes }));
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

describe('the authorization endpoint answers as a real ZITADEL does', () => {
  holdTo(
    'authorize',
    {
      good: () => authorize({}),
      'unknown client': () => authorize({ client_id: '1' }),
      'no client': () => authorize({ client_id: undefined }),
      'unregistered redirect URI': () => authorize({ redirect_uri: 'https://x.test/' }),
      'no redirect URI': () => authorize({ redirect_uri: undefined }),
      'no scope': () => authorize({ scope: undefined }),
      'unknown scope alone': () => authorize({ scope: 'read:messages' }),
      'response type token': () => authorize({ response_type: 'token' }),
      'response type id_token': () => authorize({ response_type: 'id_token' }),
      'prompt none and login': () => authorize({ prompt: 'none login' }),
      'prompt none': () => authorize({ prompt: 'none' }),
      'unknown organisation': () => authorize({ scope: `openid ${ORGANIZATION}1` }),
      'two organisations': () =>
        authorize({ scope: `openid ${ORGANIZATION}${SEED.organizationId} ${ORGANIZATION}${SEED.otherOrganizationId}` }),
      'max_age 0': () => authorize({ max_age: '0' }),
      acr_values: () => authorize({ acr_values: 'x' }),
      claims: () => authorize({ claims: '{"userinfo":{}}' }),
    },
    ({ status, headers, body }, recorded) => {
      const location = headers.get('location');
      const seen = { status, headers: observeHeaders(headers, recorded['headers'] ?? {}) };
      if (location === null) return { ...seen, body };
      return { ...seen, location: maskLocation(location, 'https://zitadel.test', SEED.redirectUri) };
    },
  );
});
