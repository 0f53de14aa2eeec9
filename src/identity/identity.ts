// Who somebody is, as rules and headers need it: claims that have been checked and cut to size.
// OIDC Core §5.1; ZITADEL's reserved claims (urn:zitadel:iam:…).

/** What the gateway knows about a person or a service user. Held in the session cookie, so it stays small. */
export interface Identity {
  readonly sub: string;
  /** Only an address that ZITADEL has verified. */
  readonly email?: string;
  readonly preferred_username?: string;
  readonly name?: string;
  /** Role (after ROLE_MAP) → ids of the organisations that granted it. A null-prototype or plain object; own keys only. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Id of the user's own organisation. */
  readonly org?: string;
  /** Its name, for people to read. */
  readonly orgName?: string;
  /** `sub` of whoever acts in the user's place (RFC 8693 §4.1). */
  readonly act?: string;
  /** Further claims, only those that IDENTITY_HEADERS or a route's `claims` name, under the name they are asked by. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** In the order that headers, assertions and people get them in. */
export const roleKeys = ({ roles }: Pick<Identity, 'roles'>): string[] => Object.keys(roles).sort();
