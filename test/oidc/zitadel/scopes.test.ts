// ZITADEL's reserved scopes, as its documentation writes them.

import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SCOPES,
  isClaimOfRoles,
  isOrganizationScope,
  organizationScope,
  projectScope,
  ROLES_SCOPE,
} from '../../../src/oidc/zitadel/scopes.ts';

describe('reserved scopes', () => {
  it('ARCHITECTURE §1 ZITADEL_SCOPES: what is asked for by default', () => {
    expect(DEFAULT_SCOPES).toBe(
      'openid profile email offline_access urn:zitadel:iam:user:metadata urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles',
    );
  });

  it('one organisation, and one project’s audience', () => {
    expect(organizationScope('7')).toBe('urn:zitadel:iam:org:id:7');
    expect(projectScope('7')).toBe('urn:zitadel:iam:org:project:id:7:aud');
  });

  it.each([
    ['urn:zitadel:iam:org:id:7', true],
    ['urn:zitadel:iam:org:project:id:7:aud', false],
    ['x-urn:zitadel:iam:org:id:7', false],
  ])('%s names an organisation: %s', (scope, isOne) => {
    expect(isOrganizationScope(scope)).toBe(isOne);
  });

  it.each([
    ['urn:zitadel:iam:org:project:roles', true],
    [ROLES_SCOPE, false],
    ['urn:zitadel:iam:org:project:7:roles', false],
    ['urn:zitadel:iam:org:project:roles:x', false],
  ])('%s is the claim where the scope belongs: %s', (scope, isClaim) => {
    expect(isClaimOfRoles(scope)).toBe(isClaim);
  });
});
