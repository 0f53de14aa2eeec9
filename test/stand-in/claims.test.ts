// What is in which token.

import { describe, expect, it } from 'vitest';
import { claimsOf, createBed, headerOf, PROJECT_ROLES, ROLES, SCOPE, SEED } from './support.ts';

const ACME = { [SEED.organizationId]: 'acme.zitadel.example' };
const STAFF_ROLES = { staff: ACME, user: ACME };
const METADATA = 'urn:zitadel:iam:user:metadata';
const OWNER = 'urn:zitadel:iam:user:resourceowner';
const PROJECTS_ROLES = 'urn:zitadel:iam:org:projects:roles';
const AUDIENCE = [SEED.webClientId, SEED.apiClientId, SEED.projectId];
const roleClaimsOf = (claims: object) => Object.keys(claims).filter((name) => name.endsWith(':roles'));

describe('an ID token of the stand-in', () => {
  it('has no profile, no e-mail and no roles unless a switch puts them there', async () => {
    const claims = claimsOf((await createBed().login({ authorize: { scope: `${SCOPE} ${PROJECTS_ROLES}` } })).id_token);
    expect(Object.keys(claims).sort()).toEqual(
      ['amr', 'at_hash', 'aud', 'auth_time', 'azp', 'client_id', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'].sort(),
    );
    expect(claims).toMatchObject({ aud: AUDIENCE, azp: SEED.webClientId, sub: SEED.users.staff, nonce: 'nonce-1' });
  });

  it('has them with idTokenUserinfoAssertion and idTokenRoleAssertion', async () => {
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

describe('a JWT access token of the stand-in', () => {
  const withJwt = () => {
    const bed = createBed();
    bed.zitadel.webApplication.accessTokenType = 'JWT';
    return bed;
  };

  it('has typ JWT, no scope, no e-mail, a list of siblings as audience and a jti that names the session', async () => {
    const { access_token } = await withJwt().login();
    expect(headerOf(access_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    const claims = claimsOf(access_token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub']);
    expect(claims.aud).toEqual(AUDIENCE);
    expect(claims.jti).toMatch(/^V2_\d+-at_\d+$/);
  });

  it('has roles with accessTokenRoleAssertion only', async () => {
    const bed = withJwt();
    bed.zitadel.webApplication.accessTokenRoleAssertion = true;
    expect(claimsOf((await bed.login()).access_token)[ROLES]).toEqual(STAFF_ROLES);
  });

  it('is as dead at the provider as an opaque one, after a refresh', async () => {
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

describe('userinfo of the stand-in', () => {
  const infoFor = async (user: string, scope: string) => {
    const bed = createBed();
    return (await bed.userinfo((await bed.login({ user, authorize: { scope } })).access_token)).body;
  };

  it('leaves email_verified out when it is not', async () => {
    expect(await infoFor('staff', 'openid email')).toMatchObject({ email: 'zoe@acme.example', email_verified: true });
    const claims = await infoFor('nobody', 'openid email');
    expect(claims.email).toBe('noel@acme.example');
    expect(claims).not.toHaveProperty('email_verified');
  });

  it('gives metadata in base64url without padding', async () => {
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
