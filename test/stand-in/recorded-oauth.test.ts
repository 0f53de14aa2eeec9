// The OAuth endpoints, held to recorded answers of a real ZITADEL: refusals.

import { describe } from 'vitest';
import { holdTo, observeAnswer } from './recordings/hold.ts';
import { type Answer, basic, CLIENT_ASSERTION_TYPE, createBed, SEED, signAssertion } from './support.ts';

const WITHOUT_CHALLENGE = { code_challenge: undefined, code_challenge_method: undefined };
const SIBLING = '249703852243224444';
const SECRET = 'secret-of-a-confidential-application-0123456789';

async function exchange(changes: Record<string, string>, authorize: Record<string, string | undefined> = {}) {
  const bed = createBed();
  const { webApplication, store } = bed.zitadel;
  store.applications.set(SIBLING, { ...webApplication, id: SIBLING, clientId: SIBLING });
  return bed.exchange((await bed.signIn({ authorize })).get('code'), changes);
}

/** With a code that is not ours: whoever gets past the client hears of it. */
async function authenticate(
  authMethod: 'client_secret_basic' | 'client_secret_post' | 'none',
  form: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const bed = createBed();
  Object.assign(bed.zitadel.webApplication, { authMethod, clientSecret: authMethod === 'none' ? undefined : SECRET });
  return bed.exchange('garbage', { client_id: '', ...form }, headers);
}

async function assertWith(claims: Record<string, unknown>, endpoint: 'token' | 'introspect' = 'token') {
  const bed = createBed();
  const isToken = endpoint === 'token';
  bed.zitadel.webApplication.authMethod = 'private_key_jwt';
  const file = await bed.zitadel.createApplicationKey(isToken ? SEED.webApplicationId : SEED.apiApplicationId);
  const forged = claims['forged'] === true ? { ...file, keyId: '1' } : file;
  const { forged: _, ...own } = claims;
  const client_assertion = claims['raw'] === undefined ? await signAssertion(forged, bed, own) : String(claims['raw']);
  const form = { client_assertion, client_assertion_type: CLIENT_ASSERTION_TYPE };
  if (isToken) return bed.exchange('garbage', { client_id: '', ...form });
  return bed.post('/oauth/v2/introspect', { token: 'garbage', ...form });
}
const now = createBed().clock.now;
const HOUR = 3600;

async function withTokens(
  ask: (bed: ReturnType<typeof createBed>, tokens: Record<string, string>) => Promise<Answer>,
  authorize: Record<string, string> = {},
): Promise<Answer> {
  const bed = createBed();
  const { webApplication, store } = bed.zitadel;
  store.applications.set(SIBLING, { ...webApplication, id: SIBLING, clientId: SIBLING });
  return ask(bed, await bed.login({ authorize }));
}
type Bed = ReturnType<typeof createBed>;

const revoke = (bed: Bed, form: Record<string, string>) =>
  bed.post('/oauth/v2/revoke', { client_id: SEED.webClientId, ...form });

const introspect = (form: Record<string, string>, headers: Record<string, string>) =>
  createBed().post('/oauth/v2/introspect', form, headers);
const OWN = { authorization: basic(SEED.apiClientId, SEED.apiClientSecret) };

describe('token, revocation, userinfo and introspection answer as a real ZITADEL does', () => {
  holdTo(
    'oauth',
    {
      'code/not ours': () => createBed().exchange('garbage'),
      'code/a second time, V1': async () => {
        const bed = createBed({ settings: { loginVersion: 'v1' } });
        const code = (await bed.signIn()).get('code');
        await bed.exchange(code);
        return bed.exchange(code);
      },
      'code/wrong verifier': () => exchange({ code_verifier: 'x' }),
      'code/no verifier': () => exchange({ code_verifier: '' }),
      'code/other redirect URI': () => exchange({ redirect_uri: 'http://x/' }),
      'code/other client': () => exchange({ client_id: SIBLING }),
      'code/right after all that': async () => {
        const bed = createBed();
        const code = (await bed.signIn()).get('code');
        for (const wrong of [{ code_verifier: 'x' }, { redirect_uri: 'http://x/' }]) await bed.exchange(code, wrong);
        return bed.exchange(code);
      },
      'code/verifier without challenge': () => exchange({}, WITHOUT_CHALLENGE),
      'code/neither challenge nor verifier': () => exchange({ code_verifier: '' }, WITHOUT_CHALLENGE),

      'client/unknown': () => exchange({ client_id: '1' }),
      'client/nobody': () => exchange({ client_id: '' }),
      'client/wrong secret': () =>
        authenticate('client_secret_basic', {}, { authorization: basic(SEED.webClientId, 'x') }),
      'client/empty secret': () => authenticate('client_secret_basic', { client_id: SEED.webClientId }),
      'client/secret in the form of one registered for the header': () =>
        authenticate('client_secret_basic', { client_id: SEED.webClientId, client_secret: SECRET }),
      'client/secret in the header of one registered for the form': () =>
        authenticate('client_secret_post', {}, { authorization: basic(SEED.webClientId, SECRET) }),
      'client/secret of a public one': () =>
        authenticate('none', { client_id: SEED.webClientId, client_secret: 'random' }),

      'assertion/expired': () => assertWith({ exp: now - 1 }),
      'assertion/for the token endpoint': () => assertWith({ aud: 'https://zitadel.test/oauth/v2/token' }),
      'assertion/no JWT': () => assertWith({ raw: 'garbage' }),
      'assertion/empty': () => assertWith({ raw: '' }),
      'assertion/good': () => assertWith({}),
      'assertion/good a second time': () => assertWith({}),
      'assertion/for two hours': () => assertWith({ exp: now + 2 * HOUR }),
      'assertion/two hours old': () => assertWith({ iat: now - 2 * HOUR, exp: now + HOUR }),

      'grant/none': () => createBed().exchange('x', { grant_type: '' }),
      'grant/unknown': () => createBed().exchange('x', { grant_type: 'foo' }),

      'refresh/not ours': () => createBed().refresh('garbage'),
      'refresh/none': () => createBed().refresh(''),
      'refresh/other client': () =>
        withTokens((bed, { refresh_token = '' }) => bed.refresh(refresh_token, { client_id: SIBLING })),
      'refresh/wider scope': () =>
        withTokens((bed, { refresh_token = '' }) => bed.refresh(refresh_token, { scope: 'openid phone' })),
      'refresh/an access token': () => withTokens((bed, { access_token = '' }) => bed.refresh(access_token)),
      'refresh/revoked': () =>
        withTokens(async (bed, { refresh_token = '' }) => {
          await revoke(bed, { token: refresh_token });
          return bed.refresh(refresh_token);
        }),

      'revoke/refresh token': () => withTokens((bed, { refresh_token = '' }) => revoke(bed, { token: refresh_token })),
      'revoke/userinfo after it': () =>
        withTokens(async (bed, { refresh_token = '', access_token = '' }) => {
          await revoke(bed, { token: refresh_token });
          return bed.userinfo(access_token);
        }),
      'revoke/again': () =>
        withTokens(async (bed, { refresh_token = '' }) => {
          await revoke(bed, { token: refresh_token });
          return revoke(bed, { token: refresh_token });
        }),
      'revoke/not ours': () => revoke(createBed(), { token: 'garbage' }),
      'revoke/nobody': () => revoke(createBed(), { token: 'x', client_id: '' }),
      'revoke/no token': () => revoke(createBed(), {}),
      'revoke/by a sibling': () =>
        withTokens((bed, { refresh_token = '' }) => revoke(bed, { token: refresh_token, client_id: SIBLING })),
      'revoke/refresh after a sibling': () =>
        withTokens(async (bed, { refresh_token = '' }) => {
          await revoke(bed, { token: refresh_token, client_id: SIBLING });
          return bed.refresh(refresh_token);
        }),
      'revoke/with the wrong hint': () =>
        withTokens((bed, { refresh_token = '' }) =>
          revoke(bed, { token: refresh_token, token_type_hint: 'access_token' }),
        ),
      'revoke/refresh after the wrong hint': () =>
        withTokens(async (bed, { refresh_token = '' }) => {
          await revoke(bed, { token: refresh_token, token_type_hint: 'access_token' });
          return bed.refresh(refresh_token);
        }),

      'userinfo/no token': () => createBed().get('/oidc/v1/userinfo'),
      'userinfo/not ours': () => createBed().userinfo('garbage'),
      'userinfo/openid alone': () =>
        withTokens((bed, { access_token = '' }) => bed.userinfo(access_token), { scope: 'openid' }),
      'token/openid alone': async () => {
        const bed = createBed();
        return bed.exchange((await bed.signIn({ authorize: { scope: 'openid' } })).get('code'));
      },
      'introspect/openid alone': () =>
        withTokens((bed, { access_token = '' }) => bed.introspect(access_token), { scope: 'openid' }),
      'token/without openid': async () => {
        const bed = createBed();
        return bed.exchange((await bed.signIn({ authorize: { scope: 'profile' } })).get('code'));
      },

      'introspect/not ours': () => createBed().introspect('garbage'),
      'introspect/no token': () => introspect({}, OWN),
      'introspect/nobody': () => introspect({ token: 'x' }, {}),
      'introspect/wrong key': () => assertWith({ forged: true }, 'introspect'),
      'introspect/no JWT': () => assertWith({ raw: 'garbage' }, 'introspect'),
      'introspect/expired assertion': () => assertWith({ exp: now - 1 }, 'introspect'),
      'introspect/assertion for another': () => assertWith({ aud: 'https://x.test' }, 'introspect'),
      'introspect/wrong secret': () => introspect({ token: 'x' }, { authorization: basic(SEED.apiClientId, 'x') }),
      'introspect/unknown client': () => introspect({ token: 'x' }, { authorization: basic('1', 'x') }),
      'introspect/the ID token': () => withTokens((bed, { id_token = '' }) => bed.introspect(id_token)),
    },
    observeAnswer,
  );
});
