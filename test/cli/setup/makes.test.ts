// `npx postern setup`, in process, against the stand-in’s management API on loopback: what it makes.

import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../../cli/setup/command.ts';
import { createAssertion, parseKey, parseServiceKey } from '../../../cli/zitadel-api/credentials.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { type Bed, CONFIG, createBed, createTestSystem, everything, only, PEOPLE, ROBOT } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

describe('postern setup makes what ZITADEL’s guides do by hand', () => {
  it('makes project, roles, applications, users and grants', async () => {
    const { code, out, err } = await bed.setup(everything(bed));
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^made {7}project Postern \d+$/m);
    expect(out).toMatch(/^Done: \d+ changes\.$/m);
    const { store } = bed.zitadel;
    const project = only(store.projects);
    expect(project).toMatchObject({ name: 'Postern', roleAssertion: true, organizationId: SEED.organizationId });
    expect([...project.roles]).toEqual([
      ['admin', { displayName: 'Administrator' }],
      ['staff', { displayName: 'staff' }],
    ]);
    const [web, api] = [...store.applications.values()];
    expect(web).toMatchObject({
      kind: 'oidc',
      authMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token'],
      responseTypes: ['code'],
      redirectUris: ['http://localhost:8787/auth/callback'],
      postLogoutRedirectUris: ['http://localhost:8787/auth/logout/callback'],
      backChannelLogoutUri: 'http://localhost:8787/auth/backchannel-logout',
      devMode: true,
      accessTokenRoleAssertion: true,
      idTokenRoleAssertion: true,
      idTokenUserinfoAssertion: true,
    });
    expect(api).toMatchObject({ kind: 'api', authMethod: 'private_key_jwt', name: 'Postern API' });
    const alice = bed.zitadel.findUser('alice@example.com');
    expect(alice).toMatchObject({ givenName: 'Alice', familyName: 'Smith', emailVerified: false });
    expect(bed.control.invited).toEqual(new Set([alice.id]));
    const grants = [...store.authorizations.values()].map(({ userId, roleKeys }) => [userId, roleKeys]);
    expect(grants).toEqual([
      [alice.id, ['admin']],
      [bed.zitadel.findUser('reporter').id, ['staff']],
    ]);
  });

  it('writes wrangler.toml’s variables and leaves everything else in it as it was', async () => {
    const before = await bed.read(CONFIG);
    await bed.setup();
    const after = await bed.read(CONFIG);
    const { clientId, projectId } = only(bed.zitadel.store.applications);
    const changed = after.split('\n').filter((line) => !before.split('\n').includes(line));
    expect(changed).toEqual([
      `ZITADEL_DOMAIN = "${bed.domain}"`,
      `ZITADEL_CLIENT_ID = "${clientId}"`,
      `ZITADEL_PROJECT_ID = "${projectId}"`,
    ]);
    expect(after.split('\n')).toHaveLength(before.split('\n').length);
  });

  it('writes .dev.vars for its owner alone, with a strong secret and the API application’s key', async () => {
    await bed.setup(['--api']);
    expect((await stat(bed.path('.dev.vars'))).mode & 0o777).toBe(0o600);
    const secrets = await bed.read('.dev.vars');
    expect(secrets).toMatch(/^SESSION_SECRET=[0-9a-f]{64}$/m);
    const key = JSON.parse(/^ZITADEL_API_KEY='(.*)'$/m.exec(secrets)?.[1] ?? '');
    const api = [...bed.zitadel.store.applications.values()].find(({ kind }) => kind === 'api');
    expect(key).toMatchObject({ type: 'application', clientId: api?.clientId });
    expect(api?.keys.has(key.keyId)).toBe(true);
  });

  it('the service user’s key goes where it was told to, for its owner alone', async () => {
    await bed.setup(everything(bed));
    expect((await stat(bed.path('reporter.json'))).mode & 0o777).toBe(0o600);
    const key = parseServiceKey(await bed.read('reporter.json'), 'reporter.json');
    expect(key).toMatchObject({ kind: 'key', userId: bed.zitadel.findUser('reporter').id });
  });

  it('sets a first password instead of sending an invitation', async () => {
    await bed.write('password', 'correct horse battery\n');
    const { code, out, err } = await bed.setup([...PEOPLE, '--password-file', bed.path('password')]);
    expect(code).toBe(0);
    expect(out + err).not.toContain('correct horse');
    const { id, kind } = bed.zitadel.findUser('alice@example.com');
    expect(kind).toBe('human');
    expect(bed.control.passwords.get(id)).toEqual({ password: 'correct horse battery', changeRequired: true });
    expect(bed.control.invited.size).toBe(0);
  });

  it('makes the roles that ROUTES ask for, unless others are named', async () => {
    await bed.setup();
    expect([...only(bed.zitadel.store.projects).roles.keys()]).toEqual(['staff', 'admin']);
  });

  it('an existing project and application are brought up to date, and keep what they have beyond', async () => {
    await bed.setup();
    const [project, application] = [only(bed.zitadel.store.projects), only(bed.zitadel.store.applications)];
    project.roleAssertion = false;
    Object.assign(application, { grantTypes: ['authorization_code'], idTokenRoleAssertion: false });
    application.redirectUris = ['https://other.example/callback'];
    const { out } = await bed.setup();
    expect(out).toContain('changed    project Postern: asserts roles now');
    expect(out).toContain('changed    web application Postern: redirectUris, grantTypes, idTokenRoleAssertion');
    expect(project.roleAssertion).toBe(true);
    expect(application.grantTypes).toEqual(['authorization_code', 'refresh_token']);
    expect(application.redirectUris).toEqual(['https://other.example/callback', 'http://localhost:8787/auth/callback']);
  });

  it('with a personal access token instead of a key', async () => {
    const token = await bed.zitadel.createPersonalAccessToken(ROBOT);
    const flags = ['--domain', bed.domain, '--url', 'http://localhost:8787', '--upstream', 'http://localhost:8081'];
    const place = ['--config', bed.path(CONFIG)];
    expect(
      await setup([...flags, ...place], { ...createTestSystem(), ...bed.clock, env: { ZITADEL_PAT: token } }),
    ).toBe(0);
    expect(bed.zitadel.store.projects.size).toBe(1);
  });
});

describe('what postern setup has made can be used when it ends', () => {
  it.each([1, 3])('with readers %d s behind: the keys are taken, and the application knows its people', async (lag) => {
    bed.zitadel.settings.projectionLag = lag;
    expect(await bed.setup(everything(bed))).toMatchObject({ code: 0, err: '' });
    const { domain, clock } = bed;
    const service = parseServiceKey(await bed.read('reporter.json'), 'reporter.json');
    if (service.kind !== 'key') throw new Error('a key is wanted');
    const grant = await fetch(`${domain}/oauth/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await createAssertion(service, domain, clock.now()),
        scope: `openid urn:zitadel:iam:org:projects:roles urn:zitadel:iam:org:project:id:${only(bed.zitadel.store.projects).id}:aud`,
      }),
    });
    const { access_token } = (await grant.json()) as { access_token: string };
    expect(JSON.parse(atob(access_token.split('.')[1] ?? ''))).toHaveProperty([
      `urn:zitadel:iam:org:project:${only(bed.zitadel.store.projects).id}:roles`,
      'staff',
    ]);
    const file = /^ZITADEL_API_KEY='(.*)'$/m.exec(await bed.read('.dev.vars'))?.[1] ?? '';
    const introspection = await fetch(`${domain}/oauth/v2/introspect`, {
      method: 'POST',
      body: new URLSearchParams({
        token: access_token,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await createAssertion(parseKey(file), domain, clock.now()),
      }),
    });
    expect(await introspection.json()).toMatchObject({ active: true });
  });

  it('a key that ZITADEL never takes: a note, and no end of waiting', async () => {
    bed.zitadel.faults.set('introspection', { status: 400, body: { error: 'unauthorized_client' } });
    const before = bed.clock.now();
    const { code, out } = await bed.setup(['--api']);
    expect(code).toBe(0);
    expect(out).toMatch(/note .*ZITADEL has made the key in ZITADEL_API_KEY and does not take it yet/);
    expect(bed.clock.now() - before).toBeLessThan(30);
  });
});
