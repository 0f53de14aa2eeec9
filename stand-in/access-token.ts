// From an access token as it arrives back to what it stands for, whatever its format; used by userinfo and introspection.

import { compactVerify } from 'jose';
import type { Instance } from './instance.ts';
import type { LiveAccessToken, OidcSession } from './sessions.ts';
import type { PersonalAccessToken, User } from './store.ts';

export type ResolvedToken =
  | { kind: 'session'; session: OidcSession; accessToken: LiveAccessToken; user: User }
  | { kind: 'pat'; token: PersonalAccessToken; user: User };

const HANDLE = /^(V2_\d+)-((?:at|rt)_\d+):(.+)$/;

export interface TokenHandle {
  session: OidcSession;
  tokenId: string;
}

/** Splits `V2_<session>-at_<id>:<user>` and finds its session. */
export function findHandle(instance: Instance, plaintext: string): TokenHandle | undefined {
  const [, sessionId, tokenId, userId] = HANDLE.exec(plaintext) ?? [];
  const session = sessionId === undefined ? undefined : instance.sessions.oidc.get(sessionId);
  return session && tokenId !== undefined && session.userId === userId ? { session, tokenId } : undefined;
}

/** The handle inside a JWT of our own, expired or not; undefined when no key of ours signed it. */
async function unsealJwt(instance: Instance, token: string): Promise<string | undefined> {
  const claims = await verifyOwnJwt(instance, token);
  return claims && typeof claims.jti === 'string' ? `${claims.jti}:${claims.sub}` : undefined;
}

export async function verifyOwnJwt(instance: Instance, token: string): Promise<Record<string, unknown> | undefined> {
  for (const key of await instance.webKeys.all()) {
    try {
      const { payload } = await compactVerify(token, key.publicKey, { algorithms: [key.alg] });
      return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    } catch (cause) {
      // Another key may fit. An error that jose did not throw is a mistake of ours.
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
    }
  }
  return undefined;
}

export async function unsealToken(instance: Instance, token: string): Promise<string | undefined> {
  return token.split('.').length === 3 ? unsealJwt(instance, token) : instance.opaqueTokens.unseal(token);
}

/** A live access token, or undefined. The user may still be deactivated: who asks decides what that means. */
export async function resolveAccessToken(instance: Instance, token: string): Promise<ResolvedToken | undefined> {
  const plaintext = await unsealToken(instance, token);
  if (plaintext === undefined) return undefined;
  const now = instance.now();
  const handle = findHandle(instance, plaintext);
  if (!handle) return resolvePersonalAccessToken(instance, plaintext, now);
  const { session, tokenId } = handle;
  const user = instance.store.users.get(session.userId);
  const live = session.accessToken;
  if (!user || !live || live.id !== tokenId || live.expiresAt <= now) return undefined;
  return { kind: 'session', session, accessToken: live, user };
}

function resolvePersonalAccessToken(instance: Instance, plaintext: string, now: number): ResolvedToken | undefined {
  const [tokenId = '', userId = ''] = plaintext.split(':');
  const token = instance.store.personalAccessTokens.get(tokenId);
  const user = instance.store.users.get(userId);
  if (!token || !user || token.userId !== user.id || token.expiresAt <= now) return undefined;
  return { kind: 'pat', token, user };
}
