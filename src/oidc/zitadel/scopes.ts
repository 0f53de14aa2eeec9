// ZITADEL's reserved scopes: those that are asked for by default, and those that name an organisation or a project.

const ORGANIZATION = 'urn:zitadel:iam:org:id:';

/** Brings the roles, in all projects of the token's audience. */
export const ROLES_SCOPE = 'urn:zitadel:iam:org:projects:roles';

export const DEFAULT_SCOPES = [
  ...['openid', 'profile', 'email', 'offline_access'],
  ...['urn:zitadel:iam:user:metadata', 'urn:zitadel:iam:user:resourceowner', ROLES_SCOPE],
].join(' ');

/** Lets members of one organisation in; ZITADEL takes one such scope at most. */
export const organizationScope = (organizationId: string): string => `${ORGANIZATION}${organizationId}`;

export const isOrganizationScope = (scope: string): boolean => scope.startsWith(ORGANIZATION);

/** Puts a project into the audience of whoever asks for it. */
export const projectScope = (projectId: string): string => `urn:zitadel:iam:org:project:id:${projectId}:aud`;

/** The claim's name where the scope belongs; ZITADEL takes no notice of it. */
export const isClaimOfRoles = (scope: string): boolean => /:org:project:roles$/.test(scope);
