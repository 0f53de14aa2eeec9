// Opaque tokens and personal access tokens, asked about at ZITADEL. RFC 7662; a failure is never a verdict.

import { describe, expect, it } from 'vitest';
import { BASIC, callerOf, createBed, PROJECT_AUD, refusalOf, SEED } from './bed.ts';
import { admin, faultOf, mint, service, staff } from './introspection-bed.ts';

describe('opaque tokens', () => {
  it('gives the user’s identity with e-mail, names, roles, amr and auth_time', async () => {
    const bed = createBed({ env: BASIC });
    const judged = await bed.judge(await mint(bed));
    expect(callerOf(judged)).toEqual({
      via: 'bearer',
      identity: {
        sub: admin,
        email: 'ada@acme.example',
        name: 'Ada Moreau',
        preferred_username: expect.stringContaining('ada@'),
        roles: { admin: [SEED.organizationId], user: [SEED.organizationId] },
        claims: {},
      },
      auth_time: bed.clock.now,
      amr: ['pwd'],
      claimsAt: bed.clock.now,
    });
    expect(judged).toMatchObject({ expiresAt: bed.clock.now + 43_200 });
  });

  it('takes the old format of ZITADEL before v4.14', async () => {
    const bed = createBed({ env: BASIC, zitadel: { settings: { legacyTokens: true } } });
    const token = await mint(bed);
    expect(token).not.toContain('.');
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('RFC 8693 §4.1 reads who acts in the user’s place', async () => {
    const bed = createBed({ env: BASIC });
    const token = await bed.zitadel.mintAccessToken({ sub: 'user', act: { iss: bed.zitadel.issuer, sub: staff } });
    expect(callerOf(await bed.judge(token)).identity.act).toBe(staff);
  });

  it('knows a service user by name, without e-mail, with roles from the project’s claim', async () => {
    const bed = createBed({ env: BASIC });
    const token = await bed.tokenFor({
      grant_type: 'client_credentials',
      client_id: 'svc-reader',
      client_secret: SEED.serviceSecret,
      scope: `openid profile ${PROJECT_AUD}`,
    });
    const { identity } = callerOf(await bed.judge(token));
    expect(identity).toMatchObject({ sub: service, name: 'Reader', roles: { user: [SEED.organizationId] } });
    expect(identity.email).toBeUndefined();
  });

  it('takes a personal access token, which has neither client_id nor auth_time nor amr', async () => {
    const bed = createBed({ env: BASIC });
    const caller = callerOf(await bed.judge(await bed.zitadel.createPersonalAccessToken(service)));
    expect(caller.identity).toMatchObject({ sub: service, name: 'Reader', roles: { user: [SEED.organizationId] } });
    expect(caller.amr).toEqual([]);
    expect(caller.auth_time).toBeUndefined();
  });

  it('refuses a personal access token that was deleted, once it is no longer remembered', async () => {
    const bed = createBed({ env: BASIC });
    const token = await bed.zitadel.createPersonalAccessToken(service);
    await bed.judge(token);
    bed.zitadel.store.personalAccessTokens.clear();
    bed.clock.now += 60;
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('refuses the token of a deactivated user', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.deactivateUser('admin');
    expect(refusalOf(await bed.judge(token))).toMatchObject({ of: 'introspection', problem: 'inactive' });
  });

  it('refuses a service user’s token that was asked for without the project’s scope', async () => {
    const bed = createBed({ env: BASIC });
    const form = {
      grant_type: 'client_credentials',
      client_id: 'svc-reader',
      client_secret: SEED.serviceSecret,
      scope: 'openid',
    };
    expect((await bed.judge(await bed.tokenFor(form))).kind).toBe('refused');
  });

  it('refuses a truncated token, the whole of which has just been good', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    for (const length of [token.length - 1, token.length - 4, 100]) {
      expect((await bed.judge(token.slice(0, length))).kind).toBe('refused');
    }
    // Of the shortened tokens only the first still has the form of a token, so only it is asked about.
    expect(bed.zitadel.calls.introspection).toBeLessThan(4);
  });

  it('refuses an opaque token where no introspection is configured, and asks nobody', async () => {
    const bed = createBed();
    expect(refusalOf(await bed.judge(await mint(bed)))).toMatchObject({ problem: 'no_introspection' });
    expect(bed.zitadel.calls.list).toEqual([]);
  });

  it('asks about JWTs too where there is no audience to hold them against', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_PROJECT_ID: undefined } });
    const token = await bed.zitadel.mintAccessToken({ sub: 'admin', jwt: true });
    expect(callerOf(await bed.judge(token)).identity.roles).toHaveProperty('admin');
    expect(bed.zitadel.calls.introspection).toBe(1);
  });
});

describe('how the gateway asks', () => {
  it('RFC 7662 §2.1 sends the token in the body of a POST, with basic authentication', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    const call = bed.zitadel.calls.list.find(({ endpoint }) => endpoint === 'introspection');
    expect(call).toMatchObject({ method: 'POST', params: { token, token_type_hint: 'access_token' } });
    expect(call?.authorization).toMatch(/^Basic /);
  });

  it('RFC 7523 §2.2 proves itself with the key file of the API application', async () => {
    const key = createBed();
    const file = await key.zitadel.createApplicationKey(SEED.apiApplicationId);
    const isolate = key.isolate({ ZITADEL_API_KEY: JSON.stringify(file) });
    const judged = await isolate.judge(`Bearer ${await mint(key)}`);
    expect(judged.kind).toBe('caller');
    const call = key.zitadel.calls.list.find(({ endpoint }) => endpoint === 'introspection');
    expect(call?.params.client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect(call?.authorization).toBeUndefined();
  });

  it('goes where ZITADEL_INTROSPECTION_URL says, without metadata', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_INTROSPECTION_URL: 'https://zitadel.test/oauth/v2/introspect' } });
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
    expect(bed.zitadel.calls.discovery).toBe(0);
  });

  it('is unavailable where ZITADEL’s metadata names no such endpoint', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.tamper.discovery = ({ introspection_endpoint: _, ...rest }) => rest;
    const fault = await faultOf(bed.judge(await mint(bed)));
    expect(fault).toMatchObject({ code: 'provider_unavailable' });
    expect(fault.message).toBe('introspection: transient: metadata: introspection_endpoint is missing');
  });
});
