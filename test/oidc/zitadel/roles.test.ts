// Roles from ZITADEL's claim: objects role → organisations; absent means none; whatever else stands there is none and is told.
// ZITADEL's reserved claims.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRoles } from '../../../src/oidc/zitadel/roles.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createHarness, type Harness } from '../../support/harness.ts';

const PROJECT = '249703732336418457';
const SUFFIXED = `urn:zitadel:iam:org:project:${PROJECT}:roles`;
const PLAIN = 'urn:zitadel:iam:org:project:roles';
const read = (claims: Record<string, unknown>, roleMap: Record<string, string> = {}) =>
  readRoles(claims, PROJECT, roleMap);

describe('roles', () => {
  it('with a project of ours only the claim that names it counts, absent means none', () => {
    const [admin, user] = [{ admin: { '1': 'acme' } }, { user: { '2': 'beta' } }];
    expect(read({ [SUFFIXED]: admin, [PLAIN]: user })).toEqual({ kind: 'roles', roles: { admin: ['1'] } });
    expect(read({ [PLAIN]: user })).toEqual({ kind: 'roles', roles: {} });
    expect(read({ [PLAIN]: ['not', 'even', 'roles'] })).toEqual({ kind: 'roles', roles: {} });
    expect(read({})).toEqual({ kind: 'roles', roles: {} });
    expect(read({ 'urn:zitadel:iam:org:project:999:roles': admin })).toEqual({ kind: 'roles', roles: {} });
  });

  it('without a project of ours only the plain claim counts', () => {
    const claims = { 'urn:zitadel:iam:org:project:undefined:roles': { admin: { '1': 'acme' } }, [PLAIN]: { user: {} } };
    expect(readRoles(claims, undefined, {})).toEqual({ kind: 'roles', roles: { user: [] } });
  });

  it('an empty suffixed claim is no reason to look at the plain one', () => {
    expect(read({ [SUFFIXED]: {}, [PLAIN]: { admin: { '1': 'acme' } } })).toEqual({ kind: 'roles', roles: {} });
  });

  it.each([
    ['null', null],
    ['a list', ['admin']],
    ['a string', 'admin'],
    ['a number', 1],
    ['true', true],
    ['a role with a list', { admin: ['1'] }],
    ['a role with null', { admin: null }],
    ['a role with a string', { admin: '1' }],
    ['a nameless role', { '': { '1': 'acme' } }],
  ])('%s is none, and is told', (_, value) => {
    expect(read({ [SUFFIXED]: value })).toEqual({ kind: 'malformed', claim: SUFFIXED });
  });

  it('never come from scope', () => {
    expect(read({ scope: 'openid urn:zitadel:iam:org:project:role:admin' })).toEqual({ kind: 'roles', roles: {} });
  });

  it('a role called __proto__ or constructor is a name like any other, and nobody’s by inheritance', () => {
    const claims = JSON.parse(`{"${SUFFIXED}": {"__proto__": {"1": "acme"}}}`) as Record<string, unknown>;
    const reading = read(claims);
    const roles = reading.kind === 'roles' ? reading.roles : {};
    expect(Object.keys(roles)).toEqual(['__proto__']);
    expect(Object.hasOwn(roles, 'admin')).toBe(false);
    expect(read({ [SUFFIXED]: {} })).toEqual({ kind: 'roles', roles: {} });
  });

  it('ROLE_MAP names them for the application; two keys may become one name', () => {
    const value = { 'legacy-admin': { '1': 'acme' }, root: { '2': 'beta', '1': 'acme' }, user: { '1': 'acme' } };
    expect(read({ [SUFFIXED]: value }, { 'legacy-admin': 'admin', root: 'admin' })).toEqual({
      kind: 'roles',
      roles: { admin: ['1', '2'], user: ['1'] },
    });
  });

  it('whatever a provider sends, nothing is thrown and no role comes from nowhere', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reading = read({ [SUFFIXED]: value });
        if (reading.kind === 'malformed') return;
        expect(Object.keys(reading.roles).every((role) => Object.hasOwn(value as object, role))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  describe('of a person who signs in', () => {
    const OWN = `urn:zitadel:iam:org:project:${SEED.projectId}:roles`;
    const rolesOf = async (env: Record<string, unknown>, prepare: (harness: Harness) => void) => {
      const harness = createHarness({ env });
      prepare(harness);
      await harness.signIn(harness.browser(), 'admin', '/echo');
      return harness.received.at(-1)?.headers.get('x-forwarded-roles') ?? null;
    };

    it.each([true, false])(
      'the default scopes bring them, with the project’s role assertion %s',
      async (isAsserted) => {
        const prepare = ({ zitadel }: Harness) => Object.assign(zitadel.project, { roleAssertion: isAsserted });
        expect(await rolesOf({}, prepare)).toBe('admin,user');
      },
    );

    it.each([
      ['userinfo', {}],
      ['the ID token, where there is no userinfo', { userinfo_endpoint: undefined }],
    ])('an admin of the client’s own project is none of ours: %s', async (_where, metadata) => {
      const foreign = (claims: Record<string, unknown>) => {
        const { [OWN]: _, ...others } = claims;
        return { ...others, [PLAIN]: { admin: { '1': 'acme' } } };
      };
      const prepare = ({ zitadel }: Harness) => {
        zitadel.tamper.userinfo = foreign;
        zitadel.tamper.idToken = (claims, header) => ({ claims: foreign(claims), header });
        zitadel.tamper.discovery = (document) => ({ ...document, ...metadata });
      };
      expect(await rolesOf({}, prepare)).toBeNull();
      expect(await rolesOf({ ZITADEL_PROJECT_ID: undefined }, prepare)).toBe('admin');
    });
  });

  it('an odd claim at userinfo signs in without roles, and the log says so', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.userinfo = (claims) => ({
      ...claims,
      [`urn:zitadel:iam:org:project:${SEED.projectId}:roles`]: ['admin'],
    });
    await harness.signIn(harness.browser(), 'admin', '/echo');
    expect(harness.received.at(-1)?.headers.get('x-forwarded-roles')).toBeNull();
    expect(harness.events).toContainEqual(expect.objectContaining({ event: 'malformed_claims', level: 'warn' }));
  });
});
