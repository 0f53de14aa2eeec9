// Tokens of people and of service accounts, held to recorded ones of a real ZITADEL: which claims are in which, and
// what userinfo and introspection say of them.

import { describe } from 'vitest';
import type { Application } from '../../stand-in/store.ts';
import { holdTo, observeAnswer } from './recordings/hold.ts';
import { mask } from './recordings/mask.ts';
import { type Answer, type Bed, basic, claimsOf, createBed, headerOf, SCOPE, SEED, signAssertion } from './support.ts';

const OWN_SCOPES = ['user:metadata', 'user:resourceowner', 'org:projects:roles'].map(
  (name) => `urn:zitadel:iam:${name}`,
);
const PROJECT = `urn:zitadel:iam:org:project:id:${SEED.projectId}:aud`;
const FULL_SCOPE = [SCOPE, ...OWN_SCOPES, PROJECT].join(' ');

const JWT_APPLICATION = {
  accessTokenType: 'JWT',
  accessTokenRoleAssertion: true,
  idTokenRoleAssertion: true,
  idTokenUserinfoAssertion: true,
} satisfies Partial<Application>;

const isJwt = (observed: Answer | string): observed is string => typeof observed === 'string';

/** A JWT by header and claims, an opaque token by its header, anything else as an answer. */
function observe(observed: Answer | string, recorded: Record<string, unknown>): object {
  if (!isJwt(observed)) return observeAnswer(observed, recorded as never);
  return { header: mask(headerOf(observed)), claims: mask(claimsOf(observed)) };
}

function plays(kind: 'opaque' | 'jwt') {
  async function start() {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    if (kind === 'jwt') Object.assign(bed.zitadel.webApplication, JWT_APPLICATION);
    const answer = await bed.exchange((await bed.signIn({ authorize: { scope: FULL_SCOPE } })).get('code'));
    return { bed, answer, ...(answer.body as Record<'access_token' | 'refresh_token' | 'id_token', string>) };
  }
  const refreshed = async (ask: (started: Awaited<ReturnType<typeof start>>) => Promise<Answer>) => {
    const started = await start();
    await started.bed.refresh(started.refresh_token);
    return ask(started);
  };
  return {
    [`${kind}/token`]: async () => (await start()).answer,
    [`${kind}/id token`]: async () => (await start()).id_token,
    [`${kind}/userinfo`]: async () => start().then(({ bed, access_token }) => bed.userinfo(access_token)),
    [`${kind}/introspection`]: async () => start().then(({ bed, access_token }) => bed.introspect(access_token)),
    [`${kind}/refresh`]: async () => start().then(({ bed, refresh_token }) => bed.refresh(refresh_token)),
    [`${kind}/userinfo of the token before`]: () => refreshed(({ bed, access_token }) => bed.userinfo(access_token)),
    [`${kind}/introspection of the token before`]: () =>
      refreshed(({ bed, access_token }) => bed.introspect(access_token)),
    [`${kind}/refresh token again`]: () => refreshed(({ bed, refresh_token }) => bed.refresh(refresh_token)),
    ...(kind === 'jwt' && { 'jwt/access token': async () => (await start()).access_token }),
  };
}

describe('tokens of people are as a real ZITADEL’s', () => {
  holdTo(
    'tokens',
    {
      ...plays('opaque'),
      ...plays('jwt'),
      'opaque/header': async () => {
        const { access_token, refresh_token } = await createBed().login({ authorize: { scope: FULL_SCOPE } });
        return `${access_token} ${refresh_token}`;
      },
    },
    (observed, recorded) => {
      if (!isJwt(observed) || !observed.includes(' ')) return observe(observed, recorded);
      const [access = '', refresh = ''] = observed.split(' ');
      return {
        header: mask({ parts: access.split('.').length, header: headerOf(access) }),
        refresh: mask(headerOf(refresh)),
      };
    },
  );
});

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';
const SERVICE_SCOPE = `openid profile ${PROJECT} urn:zitadel:iam:org:projects:roles`;

function createServiceBed(accessTokenType: 'JWT' | 'Bearer' = 'JWT', secret: string | undefined = SEED.serviceSecret) {
  const bed = createBed();
  const service = bed.zitadel.findUser('service');
  if (service.kind === 'machine') Object.assign(service, { accessTokenType, secret });
  return bed;
}

async function byKey(
  scope: string,
  {
    claims = {},
    keyId,
    bed = createServiceBed(),
  }: { claims?: Record<string, unknown>; keyId?: string; bed?: Bed } = {},
): Promise<Answer & { bed: Bed }> {
  const file = await bed.zitadel.createServiceAccountKey(SEED.users.service);
  const assertion = await signAssertion({ ...file, ...(keyId && { keyId }) }, bed, claims);
  return { ...(await bed.post('/oauth/v2/token', { grant_type: JWT_BEARER, scope, assertion })), bed };
}

const bySecret = (bed: Bed, clientId = 'svc-reader', secret: string = SEED.serviceSecret) =>
  bed.post(
    '/oauth/v2/token',
    { grant_type: 'client_credentials', scope: SERVICE_SCOPE },
    { authorization: basic(clientId, secret) },
  );

async function byExchange(type: string, isAllowed: boolean): Promise<Answer> {
  const bed = createBed({ settings: { enableImpersonation: isAllowed } });
  bed.zitadel.webApplication.grantTypes.push(EXCHANGE);
  const { access_token: actor_token } = await bed.login({ user: 'admin' });
  return bed.post('/oauth/v2/token', {
    grant_type: EXCHANGE,
    client_id: SEED.webClientId,
    subject_token: SEED.users.user,
    subject_token_type: 'urn:zitadel:params:oauth:token-type:user_id',
    actor_token,
    actor_token_type: `${TOKEN_TYPE}access_token`,
    requested_token_type: TOKEN_TYPE + type,
    scope: `openid profile email ${PROJECT}`,
  });
}

const token = async (answer: Promise<Answer>, name: 'access_token' | 'id_token' = 'access_token'): Promise<string> =>
  (await answer).body[name];

const withPat = async (ask: (bed: Bed, pat: string) => Promise<Answer>) => {
  const bed = createServiceBed('Bearer');
  return ask(bed, await bed.zitadel.createPersonalAccessToken(SEED.users.service));
};

describe('tokens of service accounts are as a real ZITADEL’s', () => {
  holdTo(
    'service-accounts',
    {
      'key/token': () => byKey(SERVICE_SCOPE),
      'key/access token': () => token(byKey(SERVICE_SCOPE)),
      'key/id token': () => token(byKey(SERVICE_SCOPE), 'id_token'),
      'key/userinfo': () => byKey(SERVICE_SCOPE).then(({ bed, body }) => bed.userinfo(body.access_token)),
      'key/introspection': () => byKey(SERVICE_SCOPE).then(({ bed, body }) => bed.introspect(body.access_token)),
      'key/access token for nobody': () => token(byKey('openid')),
      'key/access token without roles': () => token(byKey(`openid ${PROJECT}`)),
      'key/wrong signature': async () => {
        const bed = createServiceBed();
        const file = await bed.zitadel.createServiceAccountKey(SEED.users.service);
        const assertion = `${(await signAssertion(file, bed)).slice(0, -8)}AAAAAAAA`;
        return bed.post('/oauth/v2/token', { grant_type: JWT_BEARER, scope: 'openid', assertion });
      },
      'key/expired': () => byKey('openid', { claims: { exp: 1 } }),
      'key/unknown': () => byKey('openid', { keyId: '1' }),
      'key/none': () => createServiceBed().post('/oauth/v2/token', { grant_type: JWT_BEARER, scope: 'openid' }),
      'key/for the token endpoint': () => byKey('openid', { claims: { aud: 'https://zitadel.test/oauth/v2/token' } }),

      'secret/not projected yet': () => {
        const bed = createServiceBed();
        bed.zitadel.settings.projectionLag = 1;
        const service = bed.zitadel.findUser('service');
        if (service.kind === 'machine') service.secret = undefined;
        return bySecret(bed);
      },
      'secret/wrong': () => bySecret(createServiceBed(), 'svc-reader', 'x'),
      'secret/unknown account': () => bySecret(createServiceBed(), 'nobody-such'),
      'secret/token': () => bySecret(createServiceBed()),

      'pat/introspection': () => withPat((bed, pat) => bed.introspect(pat)),
      'pat/userinfo': () => withPat((bed, pat) => bed.userinfo(pat)),
      'opaque/introspection': async () => {
        const { bed, body } = await byKey(SERVICE_SCOPE, { bed: createServiceBed('Bearer') });
        return bed.introspect(body.access_token);
      },
      'opaque/introspection for nobody': async () => {
        const { bed, body } = await byKey('openid', { bed: createServiceBed('Bearer') });
        return bed.introspect(body.access_token);
      },
      'inactive/pat introspection': () =>
        withPat((bed, pat) => {
          bed.zitadel.deactivateUser('service');
          return bed.introspect(pat);
        }),
      'inactive/key': () => {
        const bed = createServiceBed();
        bed.zitadel.deactivateUser('service');
        return byKey('openid', { bed });
      },

      'exchange/not allowed': () => byExchange('access_token', false),
      'exchange/opaque': () => byExchange('access_token', true),
      'exchange/jwt': () => byExchange('jwt', true),
    },
    observe,
  );
});
