// Hooks with which a test makes the provider hostile: each changes what is about to be sent.

import type { JwtHeader, SigningKey } from './keys.ts';

// biome-ignore lint/suspicious/noExplicitAny: a tampering test reaches into JSON of any shape.
export type Json = Record<string, any>;

export interface TamperedJwt {
  claims: Json;
  header: JwtHeader;
  /** Another key than the instance's own. */
  key?: SigningKey;
}

type Awaitable<T> = T | Promise<T>;
type TamperJwt = (claims: Json, header: JwtHeader) => Awaitable<TamperedJwt>;
type TamperJson = (json: Json) => Awaitable<unknown>;

export interface Tamper {
  idToken?: TamperJwt | undefined;
  accessToken?: TamperJwt | undefined;
  logoutToken?: TamperJwt | undefined;
  userinfo?: TamperJson | undefined;
  introspection?: TamperJson | undefined;
  tokenResponse?: TamperJson | undefined;
  discovery?: TamperJson | undefined;
  jwks?: TamperJson | undefined;
  authorizeResponse?: ((params: URLSearchParams) => Awaitable<URLSearchParams>) | undefined;
}
