// Roles in tokens: which claims they are in, and which roles.

import { describe, expect, it } from 'vitest';
import { createBed, PROJECT_ROLES, ROLES, SEED } from './support.ts';

const ACME = { [SEED.organizationId]: 'acme.zitadel.example' };
const STAFF_ROLES = { staff: ACME, user: ACME };
const PROJECTS_ROLES = 'urn:zitadel:iam:org:projects:roles';
const roleClaimsOf = (claims: object) => Object.keys(claims).filter((name) => name.endsWith(':roles'));

describe('role claims', () => {
  const rolesFor = async (bed = createBed(), scope = 'openid', user = 'staff') =>
    (await bed.userinfo((await bed.login({ user, authorize: { scope } })).access_token)).body;

  it('are an object of role → granting organisation → its domain, in both forms', async () => {
    const claims = await rolesFor();
    expect(claims[ROLES]).toEqual(STAFF_ROLES);
    expect(claims[PROJECT_ROLES]).toEqual(STAFF_ROLES);
  });

  it('are absent, not empty, for somebody who has none', async () => {
    expect(roleClaimsOf(await rolesFor(createBed(), 'openid', 'nobody'))).toEqual([]);
  });

  it('are absent when nobody asked and the project does not assert them', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    expect(roleClaimsOf(await rolesFor(bed))).toEqual([]);
    expect(roleClaimsOf(await rolesFor(bed, `openid ${PROJECTS_ROLES}`))).toHaveLength(2);
  });

  it('are absent while the grant is inactive, but not for an inactive project', async () => {
    const bed = createBed();
    bed.zitadel.project.active = false;
    expect(roleClaimsOf(await rolesFor(bed))).toHaveLength(2);
    for (const grant of bed.zitadel.store.authorizations.values()) grant.active = false;
    expect(roleClaimsOf(await rolesFor(bed))).toEqual([]);
  });

  it('preferred_username is a bare user name where the organisation wants no domain in login names', async () => {
    const bed = createBed();
    const organization = bed.zitadel.store.organizations.get(SEED.organizationId);
    if (organization) organization.hasDomainInLoginNames = false;
    const { access_token } = await bed.login({ user: 'zoe' });
    expect((await bed.userinfo(access_token)).body.preferred_username).toBe('zoe');
  });

  it('of a key made after the sign-in show at once, unless role assertion has frozen the list', async () => {
    const shown = async (roleAssertion: boolean) => {
      const bed = createBed();
      bed.zitadel.project.roleAssertion = roleAssertion;
      const { access_token } = await bed.login({ authorize: { scope: `openid ${PROJECTS_ROLES}` } });
      bed.zitadel.project.roles.set('late', { displayName: 'Late' });
      bed.zitadel.setUserRoles('staff', ['staff', 'late']);
      return Object.keys((await bed.userinfo(access_token)).body[ROLES]);
    };
    expect(await shown(false)).toEqual(['staff', 'late']);
    expect(await shown(true)).toEqual(['staff']);
  });

  it('tell the organisations apart that grant one role, and can be limited to some', async () => {
    const bed = createBed();
    bed.zitadel.setUserRoles('staff', ['user', 'admin'], { organizationId: SEED.otherOrganizationId });
    const GLOBEX = { [SEED.otherOrganizationId]: 'globex.zitadel.example' };
    expect((await rolesFor(bed))[ROLES]).toEqual({ staff: ACME, user: { ...ACME, ...GLOBEX }, admin: GLOBEX });
    const limited = await rolesFor(bed, `openid urn:zitadel:iam:org:roles:id:${SEED.otherOrganizationId}`);
    expect(limited[ROLES]).toEqual({ user: GLOBEX, admin: GLOBEX });
  });

  it('of another project come suffixed only, for its aud scope with projects:roles', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    const { store, project } = bed.zitadel;
    store.projects.set('77', { ...project, id: '77', roles: new Map([['editor', { displayName: 'Editor' }]]) });
    bed.zitadel.setUserRoles('staff', ['editor'], { projectId: '77' });
    const claims = await rolesFor(bed, `openid ${PROJECTS_ROLES} urn:zitadel:iam:org:project:id:77:aud`);
    expect(claims['urn:zitadel:iam:org:project:77:roles']).toEqual({ editor: ACME });
    expect(claims[ROLES]).toEqual(STAFF_ROLES);
  });

  it('are read live: taken away and given back between two calls', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    bed.zitadel.setUserRoles('staff', []);
    expect(roleClaimsOf((await bed.userinfo(access_token)).body)).toEqual([]);
    bed.zitadel.setUserRoles('staff', ['admin']);
    expect((await bed.userinfo(access_token)).body[ROLES]).toEqual({ admin: ACME });
  });

  it('whose key is younger than the login stay unseen until the next one', async () => {
    const bed = createBed();
    const { access_token, refresh_token } = await bed.login();
    bed.zitadel.project.roles.set('auditor', { displayName: 'Auditor' });
    bed.zitadel.setUserRoles('staff', ['auditor', 'staff']);
    expect((await bed.userinfo(access_token)).body[ROLES]).toEqual({ staff: ACME });
    const renewed = (await bed.refresh(refresh_token)).body.access_token;
    expect((await bed.userinfo(renewed)).body[ROLES]).toEqual({ staff: ACME });
    const { access_token: later } = await bed.login();
    expect((await bed.userinfo(later)).body[ROLES]).toEqual({ auditor: ACME, staff: ACME });
  });

  it('are never granted under a key that the project does not have', () => {
    expect(() => createBed().zitadel.setUserRoles('staff', ['wizard'])).toThrow('Errors.Project.Role.NotExisting');
  });
});
