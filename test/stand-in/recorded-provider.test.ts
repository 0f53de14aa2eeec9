// Logout tokens, discovery, and a provider that is away, held to recorded answers of a real ZITADEL.

import { describe, expect, it } from 'vitest';
import { PATHS } from '../../stand-in/discovery.ts';
import { holdTo, loadRecording, observeAnswer, observeHeaders } from './recordings/hold.ts';
import { type Json, mask } from './recordings/mask.ts';
import { claimsOf, createBed, headerOf } from './support.ts';

describe('the provider is as a real ZITADEL', () => {
  it('sends logout tokens', async () => {
    const recorded = loadRecording('back-channel') as Record<string, Json>;
    const received: Request[] = [];
    const fetch = async (request: Request) => {
      received.push(request);
      return new Response();
    };
    const bed = createBed({ settings: { loginVersion: 'v1' }, fetch });
    await bed.login();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    const [request] = received;
    if (!request) throw new Error('no logout token came');
    const form = new URLSearchParams(await request.text());
    const token = form.get('logout_token') ?? '';
    const claims = claimsOf(token);
    expect({
      method: request.method,
      headers: observeHeaders(request.headers, recorded['headers'] ?? {}),
      body: [...form.keys()],
      header: mask(headerOf(token)),
      claims: mask(claims),
      lifetime: claims.exp - claims.iat,
      events: Object.keys(claims.events),
    }).toEqual(recorded);
  });

  holdTo(
    'discovery',
    { discovery: () => createBed().get(PATHS.discovery), keys: () => createBed().get(PATHS.keys) },
    (answer, recorded) => {
      if (answer.body.keys) return observeAnswer(answer, recorded);
      const body = JSON.parse(JSON.stringify(answer.body).replaceAll('https://zitadel.test', '{issuer}'));
      return { ...observeAnswer(answer, recorded), body };
    },
  );

  const send = async (url: string, method = 'GET', databaseDown = false) => {
    const response = await createBed({ settings: { databaseDown } }).zitadel.fetch(url, { method });
    return { response, text: await response.text() };
  };
  const without = (method: string, path: string) => send(`https://zitadel.test${path}`, method, true);
  holdTo(
    'away',
    {
      'GET /.well-known/openid-configuration': () => without('GET', PATHS.discovery),
      'GET /oauth/v2/keys': () => without('GET', PATHS.keys),
      'GET /oidc/v1/userinfo': () => without('GET', PATHS.userinfo),
      'POST /oauth/v2/token': () => without('POST', PATHS.token),
      'POST /oauth/v2/introspect': () => without('POST', PATHS.introspection),
      'GET /debug/ready': () => without('GET', '/debug/ready'),
      'unknown host': () => send(`https://127.0.0.1${PATHS.discovery}`),
    },
    ({ response, text }, recorded) => {
      const words = String(recorded['words']);
      const type = response.headers.get('content-type');
      return { status: response.status, type, words: text.includes(words) ? words : text };
    },
  );
});
