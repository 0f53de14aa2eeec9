// What the instance knows: organisations, projects, applications, users and their authorizations.
// Plain mutable records, so that a test, or a management API, changes them while the stand-in runs.

import type { KeyObject } from 'node:crypto';

type AuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
export type AccessTokenType = 'Bearer' | 'JWT';
export type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'implicit'
  | 'urn:ietf:params:oauth:grant-type:device_code'
  | 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Which login pages an application's people see; V2's may lie elsewhere. */
export type LoginVersion = { readonly version: 'v1' } | { readonly version: 'v2'; readonly baseUri?: string };

export interface Organization {
  readonly id: string;
  name: string;
  primaryDomain: string;
  /** Whether login names end in the domain, as they do by default. */
  hasDomainInLoginNames?: boolean;
}

interface ProjectRole {
  displayName: string;
  group?: string;
}

export interface Project {
  readonly id: string;
  readonly organizationId: string;
  name: string;
  active: boolean;
  roles: Map<string, ProjectRole>;
  /** "Assert roles on authentication": roles come without being asked for by scope. */
  roleAssertion: boolean;
  /** "Check role assignment on authentication": nobody without a role gets in. */
  authorizationRequired: boolean;
}

export interface PublicKeyEntry {
  readonly publicKey: KeyObject;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface Application {
  readonly id: string;
  readonly clientId: string;
  readonly projectId: string;
  readonly kind: 'oidc' | 'api';
  name: string;
  active: boolean;
  authMethod: AuthMethod;
  clientSecret: string | undefined;
  keys: Map<string, PublicKeyEntry>;
  grantTypes: GrantType[];
  responseTypes: string[];
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backChannelLogoutUri: string | undefined;
  additionalOrigins: string[];
  /** Without one, the instance's. */
  loginVersion: LoginVersion | undefined;
  devMode: boolean;
  accessTokenType: AccessTokenType;
  accessTokenRoleAssertion: boolean;
  idTokenRoleAssertion: boolean;
  idTokenUserinfoAssertion: boolean;
  /** Seconds, 0 to 5. */
  clockSkew: number;
}

interface UserBase {
  readonly id: string;
  readonly organizationId: string;
  username: string;
  state: 'active' | 'inactive' | 'locked';
  /** Values as text; on the wire they are base64url. */
  metadata: Map<string, string>;
  updatedAt: number;
}

export interface HumanUser extends UserBase {
  readonly kind: 'human';
  givenName: string;
  familyName: string;
  displayName: string;
  nickname?: string;
  gender?: 'female' | 'male' | 'diverse';
  preferredLanguage: string | null;
  email: string;
  emailVerified: boolean;
  phone?: string;
  phoneVerified?: boolean;
  hasAvatar?: boolean;
}

export interface MachineUser extends UserBase {
  readonly kind: 'machine';
  name: string;
  accessTokenType: AccessTokenType;
  secret: string | undefined;
  keys: Map<string, PublicKeyEntry>;
}

export type User = HumanUser | MachineUser;

/** Roles of a user on a project, given by an organisation that need not be the user's own. */
interface Authorization {
  readonly id: string;
  readonly userId: string;
  readonly projectId: string;
  readonly organizationId: string;
  roleKeys: string[];
  active: boolean;
}

export interface PersonalAccessToken {
  readonly id: string;
  readonly userId: string;
  readonly scope: string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface Store {
  organizations: Map<string, Organization>;
  projects: Map<string, Project>;
  applications: Map<string, Application>;
  users: Map<string, User>;
  authorizations: Map<string, Authorization>;
  personalAccessTokens: Map<string, PersonalAccessToken>;
}

export function createStore(): Store {
  return {
    organizations: new Map(),
    projects: new Map(),
    applications: new Map(),
    users: new Map(),
    authorizations: new Map(),
    personalAccessTokens: new Map(),
  };
}

export function findApplicationByClientId(store: Store, clientId: string): Application | undefined {
  for (const application of store.applications.values()) {
    if (application.clientId === clientId) return application;
  }
  return undefined;
}

export function loginName(store: Store, user: User): string {
  const organization = store.organizations.get(user.organizationId);
  const hasDomain = organization !== undefined && organization.hasDomainInLoginNames !== false;
  return hasDomain ? `${user.username}@${organization.primaryDomain}` : user.username;
}

export function findUserByLoginName(store: Store, name: string): User | undefined {
  for (const user of store.users.values()) {
    if (name === loginName(store, user) || name === user.username) return user;
    if (user.kind === 'human' && name === user.email) return user;
  }
  return undefined;
}
