// What goes on: authorization requests, the provider's own browser sessions, and OIDC sessions (one per login and client).

import type { Instance } from './instance.ts';
import type { AccessTokenType } from './store.ts';

export interface AuthRequest {
  readonly id: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseMode: 'query' | 'fragment' | 'form_post';
  readonly scope: string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly prompt: string[];
  readonly maxAge: number | undefined;
  readonly loginHint: string | null;
  readonly codeChallenge: string | null;
  readonly organizationId: string | undefined;
  readonly issuer: string;
  readonly loginVersion: 'v1' | 'v2';
  /** For what the API tells login pages. */
  readonly uiLocales: string[];
  readonly createdAt: number;
  phase: 'added' | 'code_added' | 'code_exchanged' | 'failed';
  session?: SsoSession;
}

/** A session of the provider's in one browser. `sid` is what tokens call it. */
export interface SsoSession {
  readonly id: string;
  readonly sid: string;
  /** Proves possession in the provider's cookie. */
  readonly secret: string;
  readonly userId: string;
  /** The browser it is in, for V1. */
  readonly agent: string | undefined;
  /** Signing in again on V1's page renews it. */
  authTime: number;
  amr: string[];
  isTerminated: boolean;
}

export interface Actor {
  iss: string;
  sub: string;
  act?: Actor;
}

export interface LiveAccessToken {
  readonly id: string;
  readonly type: AccessTokenType;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

interface LiveRefreshToken {
  readonly id: string;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
}

/** `V2_…`, the prefix of `jti`. At most one access token and one refresh token of it are alive. */
export interface OidcSession {
  readonly id: string;
  readonly clientId: string;
  /** Project of the client; none for a service user's own token. */
  readonly projectId: string | undefined;
  readonly userId: string;
  readonly scope: string[];
  readonly audience: string[];
  readonly nonce?: string | undefined;
  readonly authTime?: number | undefined;
  readonly amr?: string[] | undefined;
  readonly sid?: string | undefined;
  readonly act?: Actor | undefined;
  /** As it was registered when the login happened. */
  readonly backChannelLogoutUri?: string | undefined;
  accessToken?: LiveAccessToken | undefined;
  refreshToken?: LiveRefreshToken | undefined;
}

export interface Sessions {
  readonly authRequests: Map<string, AuthRequest>;
  readonly sso: Map<string, SsoSession>;
  readonly oidc: Map<string, OidcSession>;
}

export function createSessions(): Sessions {
  return { authRequests: new Map(), sso: new Map(), oidc: new Map() };
}

/**
 * Ends a browser session: access tokens die with it, refresh tokens do not (a refresh gives a working access token
 * again), and each client that registered a URI at login is told, on the origin where it happened.
 */
export function terminateSession(instance: Instance, session: SsoSession, issuer: string): void {
  if (session.isTerminated) return;
  session.isTerminated = true;
  for (const oidcSession of instance.sessions.oidc.values()) {
    if (oidcSession.sid !== session.sid) continue;
    oidcSession.accessToken = undefined;
    instance.backChannel.notify(instance, oidcSession, issuer);
  }
}

export function findSessionBySid(instance: Instance, sid: unknown): SsoSession | undefined {
  return [...instance.sessions.sso.values()].find((session) => session.sid === sid);
}
