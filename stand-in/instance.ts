// The record that every endpoint gets: what is known, what is switched on, what is going on, and the way to the clock.

import type { BackChannel } from './back-channel.ts';
import type { NextId } from './ids.ts';
import type { WebKeys } from './keys.ts';
import type { OpaqueTokens } from './opaque-token.ts';
import type { Projections } from './projections.ts';
import type { Sessions } from './sessions.ts';
import type { Store } from './store.ts';
import type { Tamper } from './tamper.ts';

/** Seconds each. */
export interface Lifetimes {
  accessToken: number;
  idToken: number;
  refreshTokenIdle: number;
  refreshTokenAbsolute: number;
  logoutToken: number;
  /** How long a password check counts: after that the provider's own session is asked to sign in again. */
  passwordCheck: number;
}

export const DEFAULT_LIFETIMES: Lifetimes = {
  accessToken: 12 * 3600,
  idToken: 12 * 3600,
  refreshTokenIdle: 30 * 86_400,
  refreshTokenAbsolute: 90 * 86_400,
  logoutToken: 15 * 60,
  passwordCheck: 10 * 86_400,
};

export interface InstanceSettings {
  /** Opaque tokens as before v4.14; those of both formats are read. */
  legacyTokens: boolean;
  /** Of applications that name none, and whether signing out without a hint asks on a page (the feature "Login V2 required"). */
  loginVersion: 'v1' | 'v2';
  /** v4.12.3 refuses users of another organisation than the scope's; before, the scope was a hint to the login page. */
  enforceOrganizationScope: boolean;
  /** Refuses back-channel URIs on loopback and private addresses and of hosts that don't resolve, as ZITADEL does since v4.16. */
  backChannelDenyList: boolean;
  /** The names that resolve, as far as that list asks. */
  resolvableHosts: string[];
  /** Seconds by which lists, tokens and logins come after what the API wrote. */
  projectionLag: number;
  /** PostgreSQL is away: 500 on every path. */
  databaseDown: boolean;
  /** Answers 429 to everything, as the cloud's edge does to a banned address. */
  rateLimited: boolean;
  /** The security setting without which nobody is impersonated. */
  enableImpersonation: boolean;
}

export const DEFAULT_SETTINGS: InstanceSettings = {
  legacyTokens: false,
  loginVersion: 'v2',
  enforceOrganizationScope: true,
  backChannelDenyList: false,
  resolvableHosts: [],
  projectionLag: 0,
  databaseDown: false,
  rateLimited: false,
  enableImpersonation: false,
};

/** The project of ZITADEL's own APIs, which `…:project:id:zitadel:aud` stands for. */
export const SYSTEM_PROJECT_ID = '249703000000000000';

export interface Instance {
  /** As readers see it: behind what is written, by the lag of the projections. */
  readonly store: Store;
  /** What is written, at once. */
  readonly written: Store;
  readonly projections: Projections;
  readonly settings: InstanceSettings;
  readonly lifetimes: Lifetimes;
  readonly sessions: Sessions;
  readonly webKeys: WebKeys;
  readonly opaqueTokens: OpaqueTokens;
  readonly backChannel: BackChannel;
  readonly tamper: Tamper;
  readonly nextId: NextId;
  /** Whole seconds since 1970. */
  readonly now: () => number;
}

/** One HTTP exchange. The issuer is the origin that was asked: each domain of an instance is its own. */
export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  readonly params: URLSearchParams;
  readonly issuer: string;
}

export type Endpoint = (exchange: Exchange) => Promise<Response>;
