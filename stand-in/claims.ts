// Claims about a user: OIDC Core §5.1 as ZITADEL fills it, and its own `urn:zitadel:iam:*`.

import {
  hasOrganizationIdScope,
  hasPrimaryDomainScope,
  requestedOrganization,
  USER_METADATA,
  USER_RESOURCE_OWNER,
} from './scopes.ts';
import { type HumanUser, loginName, type Store, type User } from './store.ts';
import type { Json } from './tamper.ts';

/** What the scopes `profile`, `email` and `phone` give. False and unset are left out, never sent as false. */
export function userinfoClaims(store: Store, user: User, scope: string[], issuer: string): Json {
  const claims: Json = {};
  if (scope.includes('profile')) Object.assign(claims, profileClaims(store, user, issuer));
  if (user.kind !== 'human') return claims;
  if (scope.includes('email')) {
    claims.email = user.email;
    if (user.emailVerified) claims.email_verified = true;
  }
  if (scope.includes('phone') && user.phone !== undefined) {
    claims.phone_number = user.phone;
    if (user.phoneVerified) claims.phone_number_verified = true;
  }
  return claims;
}

function profileClaims(store: Store, user: User, issuer: string): Json {
  const common = { updated_at: user.updatedAt, preferred_username: loginName(store, user) };
  return user.kind === 'machine' ? { name: user.name, ...common } : { ...humanProfile(user, issuer), ...common };
}

function humanProfile(user: HumanUser, issuer: string): Json {
  const profile: Json = {
    name: user.displayName,
    given_name: user.givenName,
    family_name: user.familyName,
    locale: user.preferredLanguage,
  };
  if (user.nickname !== undefined) profile.nickname = user.nickname;
  if (user.gender !== undefined) profile.gender = user.gender;
  if (user.hasAvatar) profile.picture = `${issuer}/assets/v1/${user.organizationId}/users/${user.id}/avatar`;
  return profile;
}

/** Metadata and organisation: by scope alone, in every kind of token. */
export function scopedClaims(store: Store, user: User, scope: string[]): Json {
  const claims: Json = {};
  if (scope.includes(USER_METADATA) && user.metadata.size > 0) {
    const encoded = [...user.metadata].map(([key, value]) => [key, Buffer.from(value).toString('base64url')]);
    claims['urn:zitadel:iam:user:metadata'] = Object.fromEntries(encoded);
  }
  const organization = store.organizations.get(user.organizationId);
  if (organization && (scope.includes(USER_RESOURCE_OWNER) || hasOrganizationIdScope(scope))) {
    claims['urn:zitadel:iam:user:resourceowner:id'] = organization.id;
    claims['urn:zitadel:iam:user:resourceowner:name'] = organization.name;
    claims['urn:zitadel:iam:user:resourceowner:primary_domain'] = organization.primaryDomain;
  }
  // These two repeat the organisation that was asked for. Where it is not enforced, the user may belong to another one.
  if (hasOrganizationIdScope(scope)) claims['urn:zitadel:iam:org:id'] = requestedOrganization(scope, store)?.id;
  if (hasPrimaryDomainScope(scope)) {
    claims['urn:zitadel:iam:org:domain:primary'] = requestedOrganization(scope, store)?.primaryDomain;
  }
  return claims;
}
