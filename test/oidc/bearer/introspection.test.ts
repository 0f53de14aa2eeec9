// Opaque tokens and personal access tokens, asked about at ZITADEL. RFC 7662; a failure is never a verdict.

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { bearerErrorOf } from '../../../src/oidc/tokens/token-refusal.ts';
import type { Fault } from '../../../stand-in/faults.ts';
import {
  BASIC,
  type Bed,
  callerOf,
  createBed,
  inventedOld,
  PLAIN_ROLES,
  PROJECT_AUD,
  PROJECT_ROLES,
  RESOURCE_OWNER,
  refusalOf,
  SEED,
} from './bed.ts';

type Json = Record<string, unknown>;

const mint = (bed: Bed) => bed.zitadel.mintAccessToken({ sub: 'admin' });
const { service, admin, staff } = SEED.users;

async function faultOf(judging: Promise<unknown>): Promise<GatewayError> {
  const error = await judging.then(
    (judged) => new Error(`judged: ${JSON.stringify(judged)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw error;
  return error;
}

/** ZITADEL's answer with some members changed; `undefined` takes one out. */
function answering(bed: Bed, changes: Json) {
  bed.zitadel.tamper.introspection = (answer) => ({ ...answer, ...changes });
}

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
    // Only the first is cut so that it could still be a token.
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

describe('answers that do not count', () => {
  it.each<[string, Json]>([
    ['active: false', { active: false }],
    ['another iss', { iss: 'https://evil.example' }],
    ['an iss that only begins alike', { iss: 'https://zitadel.test.evil.example' }],
    ['token_type N_A', { token_type: 'N_A' }],
    ['token_type DPoP', { token_type: 'DPoP' }],
    ['a token_type that cannot be made a text', { token_type: { toString: 1, valueOf: 1 } }],
    ['a token bound to a key', { cnf: { jkt: 'x' } }],
    ['no aud', { aud: undefined }],
    ['an empty aud', { aud: [] }],
    ['a sibling’s aud', { aud: [SEED.webClientId] }],
    ['the introspecting client alone, where a project is configured', { aud: [SEED.apiClientId] }],
    ['an aud that contains ours only as text', { aud: [`x${SEED.projectId}`] }],
    ['no sub', { sub: undefined }],
    ['an empty sub', { sub: '' }],
    ['a sub that is a number', { sub: 249703 }],
    ['no exp', { exp: undefined }],
    ['exp as a string', { exp: '1890000000' }],
    ['exp in the past', { exp: 1_789_999_999 }],
    ['exp now', { exp: 1_790_000_000 }],
    ['exp in milliseconds', { exp: 1_790_043_200_000 }],
    ['iat in the future', { iat: 1_790_000_100 }],
    ['nbf in the future', { nbf: 1_790_000_100 }],
  ])('refuses %s', async (_name, changes) => {
    const bed = createBed({ env: BASIC });
    answering(bed, changes);
    expect(bearerErrorOf(refusalOf(await bed.judge(await mint(bed))))).toBe('invalid_token');
  });

  it.each<[string, Json]>([
    ['active as a string', { active: 'true' }],
    ['active as a number', { active: 1 }],
    ['active null', { active: null }],
    ['no active', { active: undefined }],
  ])('is unavailable for %s, which makes no sense', async (_name, changes) => {
    const bed = createBed({ env: BASIC });
    answering(bed, changes);
    expect(await faultOf(bed.judge(await mint(bed)))).toMatchObject({ code: 'provider_unavailable' });
  });

  it('takes members that RFC 7662 leaves out: iss, token_type, iat, nbf', async () => {
    const bed = createBed({ env: BASIC });
    answering(bed, { iss: undefined, token_type: undefined, iat: undefined, nbf: undefined });
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
  });

  it('without a configured audience takes what is meant for the introspecting client, and nothing else', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_PROJECT_ID: undefined } });
    answering(bed, { aud: [SEED.apiClientId] });
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
    answering(bed, { aud: [SEED.projectId, SEED.webClientId] });
    expect((await bed.judge(await mint(bed))).kind).toBe('refused');
  });

  it('counts the project’s roles claim only, not the plain one, where a project is configured', async () => {
    const bed = createBed({ env: BASIC });
    answering(bed, { [PROJECT_ROLES]: undefined, [PLAIN_ROLES]: { admin: { '1': 'x' } } });
    expect(callerOf(await bed.judge(await mint(bed))).identity.roles).toEqual({});
  });

  it('never takes a role from scope, which lists all of the project’s', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.setUserRoles('admin', []);
    answering(bed, { scope: 'openid urn:zitadel:iam:org:project:role:admin' });
    expect(callerOf(await bed.judge(await mint(bed))).identity.roles).toEqual({});
  });

  it('holds ZITADEL_ORG_ID against the user’s organisation', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_ORG_ID: SEED.organizationId } });
    const tokenOf = (sub: string) => bed.zitadel.mintAccessToken({ sub, scope: ['openid', RESOURCE_OWNER] });
    expect((await bed.judge(await tokenOf('user'))).kind).toBe('caller');
    expect(refusalOf(await bed.judge(await tokenOf('outsider')))).toMatchObject({ problem: 'other_organization' });
    expect(refusalOf(await bed.judge(await mint(bed)))).toMatchObject({ problem: 'no_organization' });
  });
});

describe('when ZITADEL cannot be asked', () => {
  it.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['502 in HTML', { status: 502, body: '<h1>Bad gateway</h1>', headers: { 'content-type': 'text/html' } }],
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a broken connection', 'reset'],
    ['silence', 'hang'],
    ['HTML with status 200', 'html'],
    ['JSON that does not parse', 'wrong-json'],
    ['megabytes', 'huge-body'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }],
    ['404', { status: 404 }],
    ['204', { status: 204 }],
    ['a list', { status: 200, body: [] }],
    ['403 of a proxy with a challenge', { status: 403, headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['active: true with status 201', { status: 201, body: { active: true, sub: admin } }],
  ])('throws provider_unavailable for %s: never a pass, never a 401', async (_name, fault) => {
    const bed = createBed({ env: BASIC, providerDeadline: 500 });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', fault);
    expect(await faultOf(bed.judge(token))).toMatchObject({ code: 'provider_unavailable' });
    bed.zitadel.faults.clear();
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('throws provider_unavailable when metadata can’t be had', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('discovery', 'reset');
    expect(await faultOf(bed.judge(await mint(bed)))).toMatchObject({ code: 'provider_unavailable' });
  });

  it('RFC 9110 §10.2.3 leaves ZITADEL alone for as long as it asks, and says so', async () => {
    const bed = createBed({ env: BASIC });
    const tokens = [await mint(bed), await mint(bed)] as const;
    bed.zitadel.faults.set('introspection', { status: 429, headers: { 'retry-after': '20' } });
    expect(await faultOf(bed.judge(tokens[0]))).toMatchObject({ retryAfter: 20 });
    bed.zitadel.faults.clear();
    bed.clock.now += 5;
    expect(await faultOf(bed.judge(tokens[1]))).toMatchObject({ code: 'provider_unavailable', retryAfter: 15 });
    expect(bed.zitadel.calls.introspection).toBe(1);
    bed.clock.now += 15;
    expect((await bed.judge(tokens[1])).kind).toBe('caller');
  });

  it('does not stay away for longer than a minute, whatever ZITADEL asks', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', { status: 503, headers: { 'retry-after': '86400' } }, { times: 1 });
    await faultOf(bed.judge(token));
    bed.clock.now += 60;
    expect((await bed.judge(token)).kind).toBe('caller');
  });
});

describe('when ZITADEL refuses the gateway itself', () => {
  const reasonFor = async (bed: Bed) => {
    const fault = await faultOf(bed.judge(await mint(bed)));
    expect(fault.code).toBe('provider_unavailable');
    return fault.message;
  };

  it('logs a wrong secret as the operator’s mistake', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_API_CLIENT_SECRET: 'wrong' } });
    expect(await reasonFor(bed)).toMatch(/operator's mistake.*400 unauthorized_client/);
  });

  it('logs an API application that was deactivated as the operator’s mistake', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.apiApplication.active = false;
    expect(await reasonFor(bed)).toMatch(/operator's mistake/);
  });

  it('logs a key that was deleted at ZITADEL as the operator’s mistake', async () => {
    const bed = createBed();
    const file = await bed.zitadel.createApplicationKey(SEED.apiApplicationId);
    bed.zitadel.apiApplication.keys.clear();
    const isolate = bed.isolate({ ZITADEL_API_KEY: JSON.stringify(file) });
    const fault = await faultOf(isolate.judge(`Bearer ${await mint(bed)}`));
    expect(fault).toMatchObject({ code: 'provider_unavailable', message: expect.stringMatching(/operator's mistake/) });
  });

  it.each<[string, Fault]>([
    ['400 invalid_client', { status: 400, body: { error: 'invalid_client' } }],
    ['401 invalid_client', { status: 401, body: { error: 'invalid_client' } }],
    ['401 with a challenge', { status: 401, headers: { 'www-authenticate': 'Basic realm="zitadel"' } }],
    ['400 invalid_request', { status: 400, body: { error: 'invalid_request', error_description: 'token missing' } }],
    [
      '400 with words about a user',
      { status: 400, body: { error: 'invalid_request', error_description: 'Errors.User.X' } },
    ],
    ['403 in JSON', { status: 403, body: { error: 'access_denied' } }],
  ])('logs %s as the operator’s mistake', async (_name, fault) => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('introspection', fault);
    expect(await reasonFor(bed)).toMatch(/operator's mistake/);
  });

  it('tells ZITADEL’s own trouble apart from it', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('introspection', { status: 503, body: { error: 'server_error' } });
    expect(await reasonFor(bed)).toMatch(/^introspection: transient/);
  });

  it('notes that active: false may be about the gateway, until ZITADEL has once called a token active', async () => {
    const bed = createBed({ env: BASIC });
    const inactive = { of: 'introspection', problem: 'inactive' };
    expect(refusalOf(await bed.judge(inventedOld(1)))).toEqual({ ...inactive, wasAnyActive: false });
    await bed.judge(await mint(bed));
    expect(refusalOf(await bed.judge(inventedOld(2)))).toEqual({ ...inactive, wasAnyActive: true });
  });

  it('puts neither token nor secret into a reason', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_API_CLIENT_SECRET: 'wrong-secret-of-the-operator' } });
    const token = await mint(bed);
    const { message, cause } = await faultOf(bed.judge(token));
    const shown = `${message} ${String(cause)}`;
    expect(shown).not.toContain(token);
    expect(shown).not.toContain('wrong-secret');
  });
});
