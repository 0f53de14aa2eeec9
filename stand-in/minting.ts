// Tokens without a login, for tests and machines: access tokens of any make, and personal access tokens.

import { NEVER } from './application-key.ts';
import { audienceOf } from './grant-code.ts';
import type { Instance } from './instance.ts';
import { SEED } from './seed.ts';
import type { Actor, OidcSession } from './sessions.ts';
import { findUser } from './sign-in.ts';
import { findApplicationByClientId } from './store.ts';
import type { Json } from './tamper.ts';
import { issueAccessToken, policyOf } from './tokens.ts';

export interface MintOptions {
  /** As in `signIn`. */
  sub: string;
  /** A JWT instead of an opaque token. */
  jwt?: boolean;
  act?: Actor;
  aud?: string[];
  scope?: string[];
  clientId?: string;
  /** Seconds. */
  lifetime?: number;
  amr?: string[];
  /** Seconds since 1970. */
  authTime?: number;
  issuer?: string;
  /** More claims of a JWT, or other values for them. */
  claims?: Json;
}

const DEFAULT_SCOPE = ['openid', 'profile', 'email', 'urn:zitadel:iam:org:projects:roles'];

export async function mintAccessToken(instance: Instance, issuer: string, options: MintOptions): Promise<string> {
  const { sub, jwt = false, clientId = SEED.webClientId, scope = DEFAULT_SCOPE } = options;
  const user = findUser(instance, sub);
  const application = findApplicationByClientId(instance.store, clientId);
  const session: OidcSession = {
    id: `V2_${instance.nextId()}`,
    clientId,
    projectId: application?.projectId,
    userId: user.id,
    scope,
    audience: options.aud ?? (application ? audienceOf(instance.store, application.projectId, scope) : []),
    authTime: options.authTime ?? instance.now(),
    amr: options.amr ?? ['pwd'],
    act: options.act,
  };
  instance.sessions.oidc.set(session.id, session);
  const policy = {
    ...policyOf(application ?? user),
    accessTokenType: jwt ? ('JWT' as const) : ('Bearer' as const),
    accessTokenRoleAssertion: true,
  };
  const issuance = { instance, session, user, policy, issuer: options.issuer ?? issuer };
  return issueAccessToken(issuance, options.lifetime, options.claims);
}

const PAT_SCOPE = ['openid', 'profile', 'urn:zitadel:iam:user:metadata', 'urn:zitadel:iam:user:resourceowner'];

/** For service users only. Its scopes can't be chosen; the one that a new instance's first machine user has brings `openid` alone. */
export async function createPersonalAccessToken(
  { written: store, nextId, now, opaqueTokens }: Instance,
  userId: string,
  expiresAt = NEVER,
  scope = PAT_SCOPE,
  id = nextId(),
): Promise<string> {
  const user = store.users.get(userId);
  if (user?.kind !== 'machine') throw new Error(`no service user ${userId}`);
  store.personalAccessTokens.set(id, { id, userId, scope, issuedAt: now(), expiresAt });
  return opaqueTokens.seal(`${id}:${userId}`);
}
