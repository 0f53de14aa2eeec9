// Role claims: an object of role key → { granting organisation → its primary domain }, and nothing at all for no roles.

import { SYSTEM_PROJECT_ID } from './instance.ts';
import { PROJECTS_ROLES, requestedAudience, requestedRoles, roleOrganizations } from './scopes.ts';
import type { Store, User } from './store.ts';

export interface RoleRequest {
  scope: string[];
  /** Project of the client that asks; a service user's token has none. */
  projectId: string | undefined;
  /** At introspection: always the introspecting client's own project, and only that. */
  currentProjectOnly?: boolean;
}

type RoleMap = Record<string, Record<string, string>>;

function roleAudience(store: Store, { scope, projectId, currentProjectOnly }: RoleRequest): Set<string> {
  if (currentProjectOnly) return new Set(projectId === undefined ? [] : [projectId]);
  const isAsked = scope.includes(PROJECTS_ROLES) || requestedRoles(scope).length > 0;
  const audience = new Set<string>();
  if (scope.includes(PROJECTS_ROLES) || (isAsked && projectId === undefined)) {
    for (const id of requestedAudience(scope, SYSTEM_PROJECT_ID)) audience.add(id);
  }
  const isAsserted = projectId !== undefined && store.projects.get(projectId)?.roleAssertion === true;
  if (projectId !== undefined && (isAsked || isAsserted)) audience.add(projectId);
  return audience;
}

function projectRoles(store: Store, user: User, projectId: string, scope: string[]): RoleMap {
  const wanted = requestedRoles(scope);
  const organizations = roleOrganizations(scope);
  const roles: RoleMap = {};
  const project = store.projects.get(projectId);
  // Of a deactivated project too
  if (!project) return roles;
  for (const grant of store.authorizations.values()) {
    if (grant.userId !== user.id || grant.projectId !== projectId || !grant.active) continue;
    if (organizations.length > 0 && !organizations.includes(grant.organizationId)) continue;
    for (const key of grant.roleKeys) {
      // The frozen role scopes filter here: a role key made after the login stays unseen until the next one.
      if (!project.roles.has(key) || (wanted.length > 0 && !wanted.includes(key))) continue;
      roles[key] = { ...roles[key], [grant.organizationId]: primaryDomain(store, grant.organizationId) };
    }
  }
  return roles;
}

function primaryDomain(store: Store, organizationId: string): string {
  return store.organizations.get(organizationId)?.primaryDomain ?? '';
}

export function roleClaims(store: Store, user: User, request: RoleRequest): Record<string, RoleMap> {
  const claims: Record<string, RoleMap> = {};
  for (const projectId of roleAudience(store, request)) {
    const roles = projectRoles(store, user, projectId, request.scope);
    if (Object.keys(roles).length === 0) continue;
    claims[`urn:zitadel:iam:org:project:${projectId}:roles`] = roles;
    if (projectId === request.projectId) claims['urn:zitadel:iam:org:project:roles'] = roles;
  }
  return claims;
}

export function hasRoleOn(store: Store, userId: string, projectId: string): boolean {
  const grants = [...store.authorizations.values()];
  return grants.some((grant) => grant.userId === userId && grant.projectId === projectId && grant.active);
}
