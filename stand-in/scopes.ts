// Which scopes survive, and what the reserved ones ask for. Unknown scopes are dropped without a word.

import { OAuthError } from './respond.ts';
import type { Organization, Project, Store } from './store.ts';

export const PROJECTS_ROLES = 'urn:zitadel:iam:org:projects:roles';
export const USER_METADATA = 'urn:zitadel:iam:user:metadata';
export const USER_RESOURCE_OWNER = 'urn:zitadel:iam:user:resourceowner';
const PROJECT_ROLE = 'urn:zitadel:iam:org:project:role:';
const ORGANIZATION_ID = 'urn:zitadel:iam:org:id:';
const PRIMARY_DOMAIN = 'urn:zitadel:iam:org:domain:primary:';
const ROLES_OF_ORGANIZATION = 'urn:zitadel:iam:org:roles:id:';
const IDENTITY_PROVIDER = 'urn:zitadel:iam:org:idp:id:';
const PROJECT_AUDIENCE = /^urn:zitadel:iam:org:project:id:([^:]+):aud$/;

const STANDARD = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'];
const RESERVED = new Set([...STANDARD, PROJECTS_ROLES, USER_METADATA, USER_RESOURCE_OWNER]);
const OPEN_ENDED = [ORGANIZATION_ID, PRIMARY_DOMAIN, ROLES_OF_ORGANIZATION, IDENTITY_PROVIDER];

export const STANDARD_SCOPES: readonly string[] = STANDARD;

export function splitScope(scope: string | null): string[] {
  return [...new Set((scope ?? '').split(' ').filter((item) => item !== ''))];
}

function valuesAfter(scope: string[], prefix: string): string[] {
  return scope.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
}

/** `project` bounds the role scopes that are kept; a service user has none and may ask for any. */
export function keepKnownScopes(scope: string[], project: Project | undefined): string[] {
  return scope.filter((item) => {
    if (RESERVED.has(item) || PROJECT_AUDIENCE.test(item)) return true;
    if (item.startsWith(PROJECT_ROLE)) return !project || project.roles.has(item.slice(PROJECT_ROLE.length));
    return OPEN_ENDED.some((prefix) => item.startsWith(prefix));
  });
}

/** With role assertion on and no role asked for, every role of the project is appended, and frozen with the login. */
export function appendRoleScopes(scope: string[], project: Project): string[] {
  if (!project.roleAssertion || requestedRoles(scope).length > 0) return scope;
  return [...scope, ...[...project.roles.keys()].map((key) => PROJECT_ROLE + key)];
}

export function allRoleScopes(project: Project): string[] {
  return [...project.roles.keys()].map((key) => PROJECT_ROLE + key);
}

export function requestedRoles(scope: string[]): string[] {
  return valuesAfter(scope, PROJECT_ROLE);
}

export function roleOrganizations(scope: string[]): string[] {
  return valuesAfter(scope, ROLES_OF_ORGANIZATION);
}

export function requestedAudience(scope: string[], systemProjectId: string): string[] {
  return scope.flatMap((item) => {
    const id = PROJECT_AUDIENCE.exec(item)?.[1];
    return id === undefined ? [] : [id === 'zitadel' ? systemProjectId : id];
  });
}

export const hasOrganizationIdScope = (scope: string[]): boolean => valuesAfter(scope, ORGANIZATION_ID).length > 0;
export const hasPrimaryDomainScope = (scope: string[]): boolean => valuesAfter(scope, PRIMARY_DOMAIN).length > 0;

/** The one organisation that the scopes allow; throws what ZITADEL answers by redirect. */
export function requestedOrganization(scope: string[], store: Store): Organization | undefined {
  const organizations = [...store.organizations.values()];
  const named = [
    ...valuesAfter(scope, ORGANIZATION_ID).map((id) => store.organizations.get(id)),
    ...valuesAfter(scope, PRIMARY_DOMAIN).map((name) => organizations.find((item) => item.primaryDomain === name)),
  ];
  if (named.includes(undefined)) throw new OAuthError('invalid_request', 'Errors.Org.NotFound');
  if (new Set(named).size > 1) throw new OAuthError('invalid_scope', 'Only one organization scope may be provided');
  return named[0];
}
