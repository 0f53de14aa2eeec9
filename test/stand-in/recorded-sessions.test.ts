// Signing in through the API, ending sessions, and what else is told of them, held to recorded answers of a real ZITADEL.

import { describe, expect, it } from 'vitest';
import { apiControl } from '../../stand-in/api/control.ts';
import { PATHS } from '../../stand-in/discovery.ts';
import { holdTo, loadRecording, observeAnswer, observeHeaders } from './recordings/hold.ts';
import { type Json, mask, maskLocation } from './recordings/mask.ts';
import { type Answer, type Bed, claimsOf, createBed, headerOf, SCOPE, SEED } from './support.ts';

const PASSWORD = 'correct horse';
const BACK = SEED.postLogoutRedirectUri;
const { users } = SEED;

/** A login page of one's own, that may link sessions unless it is told that it may not. */
async function createLoginPage({ mayLink = true } = {}) {
  const bed = createBed();
  const control = apiControl(bed.zitadel.store);
  control.administrators.add(users.service);
  control.passwords.set(users.staff, { password: PASSWORD, changeRequired: false });
  const token = await bed.zitadel.createPersonalAccessToken(users.service);
  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await bed.zitadel.fetch(bed.issuer + path, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  const start = async (changes: Record<string, string> = {}) => {
    const response = await bed.zitadel.fetch(bed.authorizeUrl({ scope: 'openid', state: 'st', ...changes }));
    const id = new URL(response.headers.get('location') ?? '').searchParams.get('authRequest');
    return `/v2/oidc/auth_requests/${id}`;
  };
  const createSession = async () => {
    const checks = { user: { loginName: 'zoe' }, password: { password: PASSWORD } };
    const { sessionId, sessionToken } = (await call('POST', '/v2/sessions', { checks })).body;
    return { sessionId, sessionToken };
  };
  if (!mayLink) control.administrators.clear();
  const link = async (path: string) => call('POST', path, { session: await createSession() });
  const codeOf = ({ body }: Answer) => new URL(body.callbackUrl).searchParams.get('code');
  return { bed, call, start, createSession, link, codeOf };
}

async function signedIn() {
  const page = await createLoginPage();
  const session = await page.createSession();
  const answer = await page.call('POST', await page.start(), { session });
  const code = page.codeOf(answer);
  const end = () => page.call('DELETE', `/v2/sessions/${session.sessionId}`);
  return { ...page, answer, code, end };
}

async function lockedOut(isUnlocked: boolean): Promise<Answer> {
  const bed = createBed();
  const { access_token } = await bed.login();
  bed.zitadel.lockUser('staff');
  if (isUnlocked) bed.zitadel.activateUser('staff');
  return bed.userinfo(access_token);
}

const fail = async (error: string) => {
  const { call, start } = await createLoginPage();
  return call('POST', await start(), { error: { error, errorDescription: 'because' } });
};

async function endedByV1(ask: (bed: Bed, tokens: Record<string, string>) => Promise<Answer>): Promise<Answer> {
  const bed = createBed({ settings: { loginVersion: 'v1' } });
  Object.assign(bed.zitadel.webApplication, { accessTokenType: 'JWT' });
  const names = ['user:metadata', 'user:resourceowner'].map((name) => `urn:zitadel:iam:${name}`);
  const tokens = await bed.login({ authorize: { scope: `${SCOPE} ${names.join(' ')}` } });
  await bed.get(`/oidc/v1/end_session?${new URLSearchParams({ id_token_hint: tokens.id_token })}`);
  return ask(bed, tokens);
}

describe('sessions', () => {
  holdTo(
    'sessions',
    {
      'link/not allowed': async () => {
        const { call, start } = await createLoginPage({ mayLink: false });
        return call('POST', await start(), { session: { sessionId: '1', sessionToken: 'x' } });
      },
      'link/session': async () => (await signedIn()).answer,
      'link/again': async () => {
        const { link, start } = await createLoginPage();
        const path = await start();
        await link(path);
        return link(path);
      },
      'session ended': async () => (await signedIn()).end(),
      token: async () => signedIn().then(({ bed, code }) => bed.exchange(code)),
      'code a second time': async () => {
        const { bed, code } = await signedIn();
        await bed.exchange(code);
        return bed.exchange(code);
      },
      'ended/userinfo': async () => {
        const { bed, code, end } = await signedIn();
        const { access_token } = (await bed.exchange(code)).body;
        await end();
        return bed.userinfo(access_token);
      },
      'ended/code': async () => {
        const { bed, code, end } = await signedIn();
        await end();
        return bed.exchange(code);
      },
      'refused/access denied': () => fail('ERROR_REASON_ACCESS_DENIED'),
      'refused/login required': () => fail('ERROR_REASON_LOGIN_REQUIRED'),
      'locked/userinfo': () => lockedOut(false),
      'unlocked/userinfo': () => lockedOut(true),
      'V1 ended/userinfo': () => endedByV1((bed, { access_token = '' }) => bed.userinfo(access_token)),
      'V1 ended/refresh': () => endedByV1((bed, { refresh_token = '' }) => bed.refresh(refresh_token)),
      'V1 ended/userinfo of the refreshed': () =>
        endedByV1(async (bed, { refresh_token = '' }) =>
          bed.userinfo((await bed.refresh(refresh_token)).body.access_token),
        ),
    },
    (answer, recorded) => {
      const { callbackUrl } = answer.body;
      const location = callbackUrl && maskLocation(callbackUrl, 'https://zitadel.test', SEED.redirectUri);
      return { ...observeAnswer(answer, recorded), ...(location && { location }) };
    },
  );
});

describe('what a login page is told of a request', () => {
  const told = async (changes: Record<string, string>) => {
    const { call, start } = await createLoginPage();
    return (await call('GET', await start(changes))).body.authRequest;
  };
  holdTo(
    'auth-requests',
    {
      plain: () => told({}),
      ...Object.fromEntries(
        ['prompt=none', 'prompt=login', 'max_age=20', 'login_hint=bob', 'ui_locales=de', 'acr_values=x'].map((pair) => [
          pair,
          () => told(Object.fromEntries([pair.split('=')])),
        ]),
      ),
    },
    (request) => ({ body: mask(request), ...(request.maxAge && { maxAge: request.maxAge }) }),
  );
});

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

describe('the end of a session', () => {
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

describe('the provider', () => {
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
