// The gateway's side of its conversations with ZITADEL, over a provider whose answers a case makes up.

import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/schema.ts';
import { createIssuer, createProvider, type Issuer, type Runtime } from '../../../src/gateway.ts';
import { type BearerTokens, createBearerTokens } from '../../../src/oidc/bearer/bearer-tokens.ts';
import { createProviderRest } from '../../../src/oidc/provider-rest.ts';
import { createProviderSide } from '../../../src/oidc/session-provider.ts';
import type { ProviderSide } from '../../../src/user-object/dependencies.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { ENVIRONMENT } from '../../config/environment.ts';
import { publishedKeys } from '../generate/tokens.ts';

export const NOW = 1_790_000_000;
export const ISSUER = 'https://zitadel.test';
export const CLIENT_ID = SEED.webClientId;
export const PROJECT_ID = SEED.projectId;
export const ROLES_CLAIM = `urn:zitadel:iam:org:project:${PROJECT_ID}:roles`;
export const [ADA, UMA] = [SEED.users.admin, SEED.users.user];

/** Also what a case finds when it spoils none of them. */
export const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  userinfo_endpoint: `${ISSUER}/userinfo`,
  introspection_endpoint: `${ISSUER}/introspect`,
  revocation_endpoint: `${ISSUER}/revoke`,
  end_session_endpoint: `${ISSUER}/end_session`,
  jwks_uri: `${ISSUER}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
  code_challenge_methods_supported: ['S256'],
};

export const USERINFO = {
  sub: UMA,
  name: 'Uma Lind',
  preferred_username: 'uma@acme.zitadel.example',
  email: 'uma@acme.example',
  email_verified: true,
  'urn:zitadel:iam:user:resourceowner:id': SEED.organizationId,
  'urn:zitadel:iam:user:metadata': { department: 'U2FsZXM' },
  [ROLES_CLAIM]: { user: { [SEED.organizationId]: 'acme.zitadel.example' } },
  deep: { a: [1, { b: null }] },
};

/** Claims and values that mean something, to put in the place of others. */
export const TELLING_NAMES = [
  ...[
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'nbf',
    'auth_time',
    'amr',
    'azp',
    'nonce',
    'sid',
    'jti',
    'act',
    'events',
    'cnf',
  ],
  ...['client_id', 'typ', 'name', 'email', 'email_verified', 'deep', 'active', 'token_type', 'scope', ROLES_CLAIM],
  ...['urn:zitadel:iam:org:project:roles', 'urn:zitadel:iam:user:metadata', 'access_token', 'expires_in', 'id_token'],
];
export const TELLING_VALUES = [
  ...[
    ADA,
    UMA,
    ISSUER,
    'https://evil.example',
    CLIENT_ID,
    PROJECT_ID,
    NOW,
    NOW - 10_000,
    NOW + 10_000,
    NOW + 61,
    'Bearer',
  ],
  ...[
    [CLIENT_ID],
    [CLIENT_ID, 'other'],
    [PROJECT_ID],
    { admin: { '1': 'x' } },
    { sub: ADA },
    true,
    false,
    'DPoP',
    'N_A',
  ],
  ...['@deep:30000', `${'='.repeat(30_000)}x`, 'a\r\nb', { department: `${'='.repeat(30_000)}x` }],
];

const loaded = loadConfig({
  ...ENVIRONMENT,
  ZITADEL_DOMAIN: ISSUER,
  ZITADEL_CLIENT_ID: CLIENT_ID,
  ZITADEL_PROJECT_ID: PROJECT_ID,
  ZITADEL_API_CLIENT_ID: SEED.apiClientId,
  ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
  IDENTITY_HEADERS: { 'X-Deep': 'deep', 'X-Department': 'metadata.department' },
  ROUTES: [{ path: '/a', claims: { deep: ['1'], act: ['1'] } }],
});

export function configured(): Config {
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

/** By the path of the endpoint: `/token`. */
export type Answers = Readonly<Record<string, () => Response>>;

export interface Bed extends Issuer, ReturnType<typeof createProvider> {
  readonly bearer: BearerTokens;
  readonly side: ProviderSide;
  /** Waits for what goes on behind an answer, which may fail, but not loudly. */
  settle(): Promise<unknown>;
}

export async function createBed(answers: Answers): Promise<Bed> {
  const keys = await publishedKeys();
  const tasks: Promise<unknown>[] = [];
  const honest: Answers = {
    '/.well-known/openid-configuration': () => Response.json(METADATA),
    '/keys': () => Response.json(keys),
  };
  const config = configured();
  const surroundings: Runtime = {
    now: () => NOW,
    emit: () => undefined,
    waitUntil: (task) => void tasks.push(task),
    fetch: async (input) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      const answer = answers[pathname] ?? honest[pathname];
      return answer ? answer() : new Response('not found', { status: 404 });
    },
  };
  const issuer = createIssuer(config, surroundings);
  const provider = { ...issuer, ...createProvider(config, surroundings, issuer) };
  const { relyingParty, identityOptions } = provider;
  return {
    ...provider,
    bearer: createBearerTokens({ config, ...surroundings, ...provider }),
    side: createProviderSide({
      relyingParty,
      identityOptions,
      rest: createProviderRest(() => NOW),
      reportMalformed: () => undefined,
    }),
    settle: () => Promise.allSettled(tasks),
  };
}
