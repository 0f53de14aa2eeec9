// Signing in through the API, and what a login page is told, held to recorded answers of a real ZITADEL.

import { describe } from 'vitest';
import { apiControl } from '../../stand-in/api/control.ts';
import { holdTo, observeAnswer } from './recordings/hold.ts';
import { mask, maskLocation } from './recordings/mask.ts';
import { type Answer, type Bed, createBed, SCOPE, SEED } from './support.ts';

const PASSWORD = 'correct horse';
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

describe('sessions are as a real ZITADEL’s', () => {
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

describe('what a login page is told of a request is as at a real ZITADEL', () => {
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
