// What is in which token: checklist points 7, 8, 9, 10, 11, 18.

import { describe, expect, it } from 'vitest';
import { claimsOf, createBed, headerOf, PROJECT_ROLES, ROLES, SCOPE, SEED } from './support.ts';

const ACME = { [SEED.organizationId]: 'acme.zitadel.example' };
const STAFF_ROLES = { staff: ACME, user: ACME };
const METADATA = 'urn:zitadel:iam:user:metadata';
const OWNER = 'urn:zitadel:iam:user:resourceowner';
const PROJECTS_ROLES = 'urn:zitadel:iam:org:projects:roles';
const AUDIENCE = [SEED.webClientId, SEED.apiClientId, SEED.projectId];

const roleClaimsOf = (claims: object) => Object.keys(claims).filter((name) => name.endsWith(':roles'));

describe('ID token', () => {
  it('7 has no profile, no e-mail and no roles unless a switch puts them there', async () => {
    const claims = claimsOf((await createBed().login({ authorize: { scope: `${SCOPE} ${PROJECTS_ROLES}` } })).id_token);
    expect(Object.keys(claims).sort()).toEqual(
      ['amr', 'at_hash', 'aud', 'auth_time', 'azp', 'client_id', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'].sort(),
    );
    expect(claims).toMatchObject({ aud: AUDIENCE, azp: SEED.webClientId, sub: SEED.users.staff, nonce: 'nonce-1' });
  });

  it('7 has them with idTokenUserinfoAssertion and idTokenRoleAssertion', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.idTokenUserinfoAssertion = true;
    expect(claimsOf((await bed.login()).id_token)).toMatchObject({
      name: 'Zoë Kõiv-Straße 王',
      email: 'zoe@acme.example',
    });
    expect(roleClaimsOf(claimsOf((await bed.login()).id_token))).toEqual([]);
    bed.zitadel.webApplication.idTokenRoleAssertion = true;
    expect(claimsOf((await bed.login()).id_token)[PROJECT_ROLES]).toEqual(STAFF_ROLES);
    bed.zitadel.project.roleAssertion = false;
    expect(roleClaimsOf(claimsOf((await bed.login()).id_token))).toEqual([]);
  });

  it('has metadata and organisation by scope, without any switch', async () => {
    const claims = claimsOf(
      (await createBed().login({ authorize: { scope: `openid ${METADATA} ${OWNER}` } })).id_token,
    );
    expect(claims[`${OWNER}:id`]).toBe(SEED.organizationId);
    expect(claims).toHaveProperty([METADATA, 'department']);
  });

  it('has a sid of its own for V1', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    expect(claimsOf((await bed.login()).id_token).sid).toMatch(/^V1_\d+$/);
    expect(claimsOf((await createBed().login()).id_token).sid).toMatch(/^\d+$/);
  });

  it('shifts its times by the clock skew of the application', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.clockSkew = 5;
    const { iat, exp, auth_time } = claimsOf((await bed.login()).id_token);
    expect([iat, exp, auth_time].map((time) => time - bed.clock.now)).toEqual([-5, 12 * 3600 + 5, -5]);
  });
});

describe('JWT access token', () => {
  const withJwt = () => {
    const bed = createBed();
    bed.zitadel.webApplication.accessTokenType = 'JWT';
    return bed;
  };

  it('8 has typ JWT, no scope, no e-mail, a list of siblings as audience and a jti that names the session', async () => {
    const { access_token } = await withJwt().login();
    expect(headerOf(access_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    const claims = claimsOf(access_token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub']);
    expect(claims.aud).toEqual(AUDIENCE);
    expect(claims.jti).toMatch(/^V2_\d+-at_\d+$/);
  });

  it('8 has roles with accessTokenRoleAssertion only', async () => {
    const bed = withJwt();
    bed.zitadel.webApplication.accessTokenRoleAssertion = true;
    expect(claimsOf((await bed.login()).access_token)[ROLES]).toEqual(STAFF_ROLES);
  });

  it('8 is as dead at the provider as an opaque one, after a refresh', async () => {
    const bed = withJwt();
    const { access_token, refresh_token } = await bed.login();
    expect((await bed.userinfo(access_token)).status).toBe(200);
    await bed.refresh(refresh_token);
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('is minted for anybody, with an actor and any audience', async () => {
    const bed = createBed();
    const act = { iss: bed.issuer, sub: SEED.users.admin };
    const token = await bed.zitadel.mintAccessToken({ sub: 'user', jwt: true, act, aud: ['else'], lifetime: 60 });
    expect(claimsOf(token)).toMatchObject({ sub: SEED.users.user, act, aud: ['else'], exp: bed.clock.now + 60 });
    expect((await bed.introspect(token)).body).toEqual({ active: false });
    const meant = await bed.zitadel.mintAccessToken({ sub: 'user', act });
    expect((await bed.introspect(meant)).body).toMatchObject({ active: true, act });
  });
});

describe('roles', () => {
  const rolesFor = async (bed = createBed(), scope = 'openid', user = 'staff') =>
    (await bed.userinfo((await bed.login({ user, authorize: { scope } })).access_token)).body;

  it('9 are an object of role → granting organisation → its domain, in both forms', async () => {
    const claims = await rolesFor();
    expect(claims[ROLES]).toEqual(STAFF_ROLES);
    expect(claims[PROJECT_ROLES]).toEqual(STAFF_ROLES);
  });

  it('9 are absent, not empty, for somebody who has none', async () => {
    expect(roleClaimsOf(await rolesFor(createBed(), 'openid', 'nobody'))).toEqual([]);
  });

  it('9 are absent when nobody asked and the project does not assert them', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    expect(roleClaimsOf(await rolesFor(bed))).toEqual([]);
    expect(roleClaimsOf(await rolesFor(bed, `openid ${PROJECTS_ROLES}`))).toHaveLength(2);
  });

  it('9 are absent while the grant is inactive, but not for an inactive project', async () => {
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

  it('9 of a key made after the sign-in show at once, unless role assertion has frozen the list', async () => {
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

  it('9 tell the organisations apart that grant one role, and can be limited to some', async () => {
    const bed = createBed();
    bed.zitadel.setUserRoles('staff', ['user', 'admin'], { organizationId: SEED.otherOrganizationId });
    const GLOBEX = { [SEED.otherOrganizationId]: 'globex.zitadel.example' };
    expect((await rolesFor(bed))[ROLES]).toEqual({ staff: ACME, user: { ...ACME, ...GLOBEX }, admin: GLOBEX });
    const limited = await rolesFor(bed, `openid urn:zitadel:iam:org:roles:id:${SEED.otherOrganizationId}`);
    expect(limited[ROLES]).toEqual({ user: GLOBEX, admin: GLOBEX });
  });

  it('9 of another project come suffixed only, for its aud scope with projects:roles', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    const { store, project } = bed.zitadel;
    store.projects.set('77', { ...project, id: '77', roles: new Map([['editor', { displayName: 'Editor' }]]) });
    bed.zitadel.setUserRoles('staff', ['editor'], { projectId: '77' });
    const claims = await rolesFor(bed, `openid ${PROJECTS_ROLES} urn:zitadel:iam:org:project:id:77:aud`);
    expect(claims['urn:zitadel:iam:org:project:77:roles']).toEqual({ editor: ACME });
    expect(claims[ROLES]).toEqual(STAFF_ROLES);
  });

  it('11 are read live: taken away and given back between two calls', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    bed.zitadel.setUserRoles('staff', []);
    expect(roleClaimsOf((await bed.userinfo(access_token)).body)).toEqual([]);
    bed.zitadel.setUserRoles('staff', ['admin']);
    expect((await bed.userinfo(access_token)).body[ROLES]).toEqual({ admin: ACME });
  });

  it('11 whose key is younger than the login stay unseen until the next one', async () => {
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

describe('userinfo', () => {
  const infoFor = async (user: string, scope: string) => {
    const bed = createBed();
    return (await bed.userinfo((await bed.login({ user, authorize: { scope } })).access_token)).body;
  };

  it('10 leaves email_verified out when it is not', async () => {
    expect(await infoFor('staff', 'openid email')).toMatchObject({ email: 'zoe@acme.example', email_verified: true });
    const claims = await infoFor('nobody', 'openid email');
    expect(claims.email).toBe('noel@acme.example');
    expect(claims).not.toHaveProperty('email_verified');
  });

  it('18 gives metadata in base64url without padding', async () => {
    const { department } = (await infoFor('staff', `openid ${METADATA}`))[METADATA];
    expect(department).toMatch(/^[\w-]+$/);
    expect(department.length % 4).not.toBe(0);
    expect(Buffer.from(department, 'base64url').toString()).toBe('Köögid & Büros, 部');
  });

  it('gives what the scopes ask and no more', async () => {
    expect(Object.keys(await infoFor('nobody', 'openid'))).toEqual(['sub']);
    expect(await infoFor('user', 'openid profile')).toMatchObject({
      preferred_username: 'uma@acme.zitadel.example',
      locale: null,
      updated_at: 1_759_913_600,
    });
    expect(await infoFor('user', 'openid profile')).not.toHaveProperty('gender');
  });

  it('gives the organisation for the resourceowner scope, and org:id for the org scope', async () => {
    const claims = await infoFor('user', `openid urn:zitadel:iam:org:id:${SEED.organizationId}`);
    expect(claims).toMatchObject({
      'urn:zitadel:iam:org:id': SEED.organizationId,
      'urn:zitadel:iam:user:resourceowner:id': SEED.organizationId,
      'urn:zitadel:iam:user:resourceowner:name': 'ACME',
      'urn:zitadel:iam:user:resourceowner:primary_domain': 'acme.zitadel.example',
    });
    expect(await infoFor('user', `openid ${OWNER}`)).not.toHaveProperty(['urn:zitadel:iam:org:id']);
  });
});
