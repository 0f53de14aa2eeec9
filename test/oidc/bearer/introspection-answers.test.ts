// Answers to introspection that make no caller of a token. RFC 7662 §2.2.

import { describe, expect, it } from 'vitest';
import { bearerErrorOf } from '../../../src/oidc/tokens/token-refusal.ts';
import { BASIC, callerOf, createBed, PLAIN_ROLES, PROJECT_ROLES, RESOURCE_OWNER, refusalOf, SEED } from './bed.ts';
import { answering, faultOf, type Json, mint } from './introspection-bed.ts';

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
