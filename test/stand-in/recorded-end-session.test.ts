// Ending sessions, held to recorded answers of a real ZITADEL.

import { describe, expect, it } from 'vitest';
import { holdTo, loadRecording } from './recordings/hold.ts';
import { type Json, mask, maskLocation } from './recordings/mask.ts';
import { type Answer, claimsOf, createBed, headerOf, SEED } from './support.ts';

const BACK = SEED.postLogoutRedirectUri;
type Version = 'v1' | 'v2';

/** `required`: "Login V2 required" for the whole instance; else V1 answers whoever comes without a hint. */
async function endSession(params: Record<string, string>, required = false): Promise<Answer> {
  const bed = createBed({ settings: { loginVersion: required ? 'v2' : 'v1' } });
  return bed.get(`/oidc/v1/end_session?${new URLSearchParams(params)}`);
}

async function endHinted(version: Version, changes: (hint: string) => Record<string, string>, times = 1) {
  const bed = createBed({ settings: { loginVersion: version } });
  const { id_token } = await bed.login();
  const end = () => bed.get(`/oidc/v1/end_session?${new URLSearchParams(changes(id_token))}`);
  for (let time = 1; time < times; time++) await end();
  return end();
}
const CLIENT = { client_id: SEED.webClientId };
const TO = { post_logout_redirect_uri: BACK };
const broken = (hint: string) => `${hint.slice(0, hint.lastIndexOf('.'))}.${'A'.repeat(342)}`;
const hinted = (id_token_hint: string) => ({ id_token_hint, ...TO, state: 's2' });

const REQUIRED = {
  client: () => endSession({ ...CLIENT, ...TO, state: 's' }, true),
  nothing: () => endSession({}, true),
  logout_hint: () => endSession({ ...CLIENT, ...TO, logout_hint: 'bob', ui_locales: 'de' }, true),
};

describe('the end of a session is as at a real ZITADEL', () => {
  holdTo(
    'end-session',
    {
      'V1/client': () => endSession({ ...CLIENT, ...TO, state: 's' }),
      'V1/unregistered URI': () => endSession({ ...CLIENT, post_logout_redirect_uri: 'https://x.test/' }),
      'V1/hint of no use': () => endSession({ id_token_hint: 'garbage', ...TO }),
      'V1/hint of another client': () =>
        endHinted('v1', (id_token_hint) => ({ id_token_hint, client_id: SEED.apiClientId })),
      'V1/unknown client': () => endSession({ client_id: '1', ...TO }),
      'V1/nothing': () => endSession({}),
      'V1/URI alone': () => endSession(TO),
      'V1/hint with a broken signature': () => endHinted('v1', (hint) => ({ id_token_hint: broken(hint), ...TO })),
      'V1/logout_hint': () => endSession({ ...CLIENT, ...TO, logout_hint: 'bob' }),
      'V2/hint alone': () => endHinted('v2', (id_token_hint) => ({ id_token_hint })),
      'V2/hint': () => endHinted('v2', hinted),
      'V2/hint a second time': () => endHinted('v2', hinted, 2),
      'required/client': REQUIRED.client,
      'required/nothing': REQUIRED.nothing,
      'required/logout_hint': REQUIRED.logout_hint,
    },
    ({ status, headers, body }, recorded) => {
      if (recorded['body']) return { status, body };
      const location = maskLocation(headers.get('location') ?? '', 'https://zitadel.test', BACK);
      const html = recorded['html'] !== undefined && maskLocation(body.trim(), 'https://zitadel.test', BACK);
      return { status, location, ...(html && { html }) };
    },
  );

  it.each(Object.entries(REQUIRED))('the token for V2’s page: %s', async (name, end) => {
    const location = new URL((await end()).headers.get('location') ?? '');
    const token = location.searchParams.get('logout_token') ?? '';
    const claims = Object.entries<Json>(claimsOf(token)).map(([claim, value]) => [
      claim,
      typeof value === 'string' ? maskLocation(value, 'https://zitadel.test', BACK) : value,
    ]);
    expect({ header: mask(headerOf(token)), claims: Object.fromEntries(claims) }).toEqual(
      loadRecording('logout-tokens')[`required/${name}`],
    );
  });
});
