// The names of ZITADEL's reserved claims, in tokens, introspection and userinfo alike.

/** Roles in the project of whoever asked for the token. */
export const ROLES_CLAIM = 'urn:zitadel:iam:org:project:roles';
/** Roles in one project, whoever asked. */
export const projectRolesClaim = (projectId: string): string => `urn:zitadel:iam:org:project:${projectId}:roles`;
/** Name of the organisation that the user belongs to, for people to read; it may change. */
export const ORGANIZATION_NAME_CLAIM = 'urn:zitadel:iam:user:resourceowner:name';
/** Its id. */
export const ORGANIZATION_CLAIM = 'urn:zitadel:iam:user:resourceowner:id';
/** A table of metadata keys and unpadded base64url values. */
export const METADATA_CLAIM = 'urn:zitadel:iam:user:metadata';
