// What the store suite needs of a place where sessions live: user's objects, KV, ZITADEL counted, a clock.

import type { TokenSet } from '../../src/oidc/relying-party.ts';
import { encodeBase64url } from '../../src/shared/base64url.ts';
import type { SessionStart, UserSessionsApi } from '../../src/user-object/api.ts';

export interface StoresUnderTest {
  open(name: string): UserSessionsApi;
  readonly kv: {
    get(key: string): Promise<string | null>;
    put(key: string, value: string, ttl: number): Promise<void>;
    delete(key: string): Promise<void>;
    keys(): Promise<string[]>;
  };
  /** Calls of the object's storage, one after another, in the object of this name; what `list` and `get` gave. */
  storage(name: string, calls: readonly StorageCall[]): Promise<unknown[]>;
  /** Throws the object out of memory; its storage stays. */
  evict(name: string): Promise<void>;
  /** Calls of ZITADEL since the start. */
  providerCalls(): { refresh: number; userinfo: number; revoke: number };
  now(): number;
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export type StorageCall =
  | readonly ['get', string]
  | readonly ['put', string, unknown]
  | readonly ['delete', string]
  | readonly ['list', string];

export const SUB = 'user';

/** The gateway reads the claims inside, which it checked when the token came. */
export const idToken = (turn: number) => `e30.${encodeBase64url(JSON.stringify({ sub: SUB, turn }))}.sig`;

export function tokenSet(now: number, turn = 1, lifetime = 600): TokenSet {
  return {
    access_token: `access-token-${turn}`,
    refresh_token: `refresh-token-${turn}`,
    id_token: idToken(turn),
    receivedAt: now,
    expiresAt: now + lifetime,
  };
}

export function sessionStart(id: string, now: number, more: Partial<SessionStart> = {}): SessionStart {
  const times = { startedAt: now, expiresAt: now + 43_200, claimsAt: now };
  return {
    id,
    sub: SUB,
    sid: `sid-${id}`,
    device: {},
    identity: { sub: SUB, roles: { admin: ['org'] }, claims: {} },
    tokens: tokenSet(now),
    ...times,
    ...more,
  };
}
