// Issues ID tokens, access tokens and refresh tokens of an OIDC session. OIDC Core §2, RFC 9068's shape but not its `typ`.

import { createHash } from 'node:crypto';
import { scopedClaims, userinfoClaims } from './claims.ts';
import type { Instance } from './instance.ts';
import { signJwt } from './keys.ts';
import { roleClaims } from './roles.ts';
import type { OidcSession } from './sessions.ts';
import type { AccessTokenType, Application, User } from './store.ts';
import type { Json, Tamper, TamperedJwt } from './tamper.ts';

/** How a token is made: the application's switches, or a service user's own few. */
export interface TokenPolicy {
  accessTokenType: AccessTokenType;
  accessTokenRoleAssertion: boolean;
  idTokenRoleAssertion: boolean;
  idTokenUserinfoAssertion: boolean;
  clockSkew: number;
  /** False for a service user's ID token, which expires at once, because no lifetime is set for it. */
  hasIdTokenLifetime?: boolean;
}

export function policyOf(holder: Application | User): TokenPolicy {
  if ('clientId' in holder) return holder;
  return {
    accessTokenType: holder.kind === 'machine' ? holder.accessTokenType : 'Bearer',
    accessTokenRoleAssertion: true,
    idTokenRoleAssertion: true,
    idTokenUserinfoAssertion: false,
    clockSkew: 0,
    hasIdTokenLifetime: false,
  };
}

export interface Issuance {
  instance: Instance;
  session: OidcSession;
  user: User;
  policy: TokenPolicy;
  issuer: string;
}

/** `typ` is `JWT` for every kind of token: neither `at+jwt` nor `logout+jwt`. */
export async function signClaims(
  instance: Instance,
  claims: Json,
  kind: keyof Pick<Tamper, 'idToken' | 'accessToken' | 'logoutToken'>,
): Promise<string> {
  const active = await instance.webKeys.active();
  const header = { alg: active.alg as string, kid: active.kid, typ: 'JWT' };
  const tampered: TamperedJwt = (await instance.tamper[kind]?.(claims, header)) ?? { claims, header };
  return signJwt(tampered.claims, tampered.header, tampered.key ?? active.privateKey);
}

const HASHES: Record<string, string> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };

function leftHalfHash(alg: string, value: string): string {
  const digest = createHash(HASHES[alg.slice(-3)] ?? 'sha512')
    .update(value)
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** A new access token; the one before is dead from this moment. */
export async function issueAccessToken(issuance: Issuance, lifetime?: number, extra: Json = {}): Promise<string> {
  const { instance, session, user, policy } = issuance;
  const now = instance.now();
  const id = `at_${instance.nextId()}`;
  const expiresAt = now + (lifetime ?? instance.lifetimes.accessToken) + policy.clockSkew;
  session.accessToken = { id, type: policy.accessTokenType, issuedAt: now - policy.clockSkew, expiresAt };
  if (policy.accessTokenType === 'Bearer') return instance.opaqueTokens.seal(`${session.id}-${id}:${user.id}`);
  const roles = policy.accessTokenRoleAssertion ? roleClaims(instance.store, user, session) : {};
  const claims = {
    iss: issuance.issuer,
    sub: user.id,
    aud: session.audience.length > 0 ? session.audience : [session.clientId],
    exp: expiresAt,
    iat: now - policy.clockSkew,
    nbf: now - policy.clockSkew,
    client_id: session.clientId,
    jti: `${session.id}-${id}`,
    ...(session.act && { act: session.act }),
    ...roles,
    ...scopedClaims(instance.store, user, session.scope),
    ...extra,
  };
  return signClaims(instance, claims, 'accessToken');
}

export async function issueIdToken(issuance: Issuance, accessToken: string): Promise<string> {
  const { instance, session, user, policy, issuer } = issuance;
  const now = instance.now();
  const { alg } = await instance.webKeys.active();
  const claims: Json = {
    iss: issuer,
    sub: user.id,
    aud: [...new Set([...session.audience, session.clientId])],
    exp: now + (policy.hasIdTokenLifetime === false ? 0 : instance.lifetimes.idToken) + policy.clockSkew,
    iat: now - policy.clockSkew,
    azp: session.clientId,
    client_id: session.clientId,
    at_hash: leftHalfHash(alg, accessToken),
    ...(session.authTime !== undefined && { auth_time: session.authTime - policy.clockSkew }),
    ...(session.nonce !== undefined && { nonce: session.nonce }),
    ...(session.amr && session.amr.length > 0 && { amr: session.amr }),
    ...(session.sid !== undefined && { sid: session.sid }),
    ...(session.act && { act: session.act }),
    ...(policy.idTokenUserinfoAssertion && userinfoClaims(instance.store, user, session.scope, issuer)),
    ...(policy.idTokenRoleAssertion && roleClaims(instance.store, user, session)),
    ...scopedClaims(instance.store, user, session.scope),
  };
  return signClaims(instance, claims, 'idToken');
}

/** Rotates: idle expiry starts again, the absolute one stays where the login put it. */
async function issueRefreshToken({ instance, session, user }: Issuance): Promise<string> {
  const now = instance.now();
  const id = `rt_${instance.nextId()}`;
  const expiresAt = session.refreshToken?.expiresAt ?? now + instance.lifetimes.refreshTokenAbsolute;
  session.refreshToken = { id, expiresAt, idleExpiresAt: now + instance.lifetimes.refreshTokenIdle };
  return instance.opaqueTokens.seal(`${session.id}-${id}:${user.id}`, 'refresh_token');
}

/** No `scope` in it, and `expires_in` one less than the lifetime: ZITADEL rounds the rest of a second down. */
export async function issueTokenResponse(issuance: Issuance, withRefreshToken: boolean): Promise<Json> {
  const { instance, session } = issuance;
  const access_token = await issueAccessToken(issuance);
  const refresh_token = withRefreshToken ? await issueRefreshToken(issuance) : undefined;
  const id_token = session.scope.includes('openid') ? await issueIdToken(issuance, access_token) : undefined;
  return {
    access_token,
    token_type: 'Bearer',
    ...(refresh_token !== undefined && { refresh_token }),
    expires_in: Math.max(0, instance.lifetimes.accessToken - 1),
    ...(id_token !== undefined && { id_token }),
  };
}
