// `doctor`: a good installation passes, and what is merely worth a thought is no failure.

import { describe, expect, it } from 'vitest';
import { type Bed, createBed } from '../doctor-bed.ts';
import { useKey } from './planted-faults.ts';

const SCOPE = ['openid', 'profile', 'email', 'urn:zitadel:iam:user:resourceowner'];

describe('doctor of a good installation', () => {
  it('says that it is one', async () => {
    const { code, findings } = await createBed().run();
    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'skipped')).toEqual([]);
    expect(code).toBe(0);
    const checks = findings.filter(({ status }) => status === 'ok').map(({ check }) => check);
    for (const check of [
      'discovery',
      'issuer',
      'clock',
      'keys',
      'redirect URI',
      'post-logout URI',
      'client',
      'introspection',
    ])
      expect(checks).toContain(check);
    for (const check of [
      'configuration',
      'secrets',
      'bindings',
      'addresses',
      'routes',
      'gateway',
      'back channel',
      'upstream',
    ])
      expect(checks).toContain(check);
  });

  it('changes nothing at ZITADEL: no session, no token', async () => {
    const bed = createBed();
    await bed.run();
    const { sessions } = bed.harness.zitadel;
    expect(sessions.oidc.size).toBe(0);
    expect(bed.harness.zitadel.calls.list.some(({ status, endpoint }) => endpoint === 'token' && status < 400)).toBe(
      false,
    );
  });

  it('shows no secret and no token', async () => {
    const bed = createBed();
    const token = await bed.harness.zitadel.mintAccessToken({ sub: 'admin', scope: SCOPE });
    const { printed } = await bed.run('--token', token);
    for (const secret of ['SESSION_SECRET', 'OPERATOR_SECRET', 'UPSTREAM_SECRET', 'ZITADEL_API_CLIENT_SECRET'])
      expect(printed).not.toContain(String(bed.values[secret]));
    expect(printed).not.toContain(token);
    expect(printed).not.toContain('Moreau');
  });

  it('passes with a key file too', async () => {
    const bed = createBed();
    await useKey(bed);
    const { code, findings } = await bed.run();
    expect(findings.find(({ check }) => check === 'client')?.found).toContain('private_key_jwt');
    expect(code).toBe(0);
  });

  it('asks nobody with --local', async () => {
    const bed = createBed();
    const { code } = await bed.run('--local');
    expect(code).toBe(0);
    expect(bed.harness.zitadel.calls.list).toEqual([]);
  });
});

describe('doctor warns, and does not fail', () => {
  it.each([
    ['no Workers Logs', ({ wrangler }: Bed) => Object.assign(wrangler, { observability: undefined }), 'log'],
    [
      'another compatibility date',
      ({ wrangler }: Bed) => Object.assign(wrangler, { compatibility_date: '2024-01-01' }),
      'runtime',
    ],
    ['secrets that are elsewhere', ({ values }: Bed) => delete values['SESSION_SECRET'], 'secrets'],
    [
      'an older ZITADEL',
      ({ harness }: Bed) =>
        Object.assign(harness.zitadel.tamper, {
          discovery: (json: object) => ({ ...json, backchannel_logout_supported: false }),
        }),
      'back channel',
    ],
  ])('%s', async (_, plant, check) => {
    const bed = createBed();
    plant(bed);
    const { code, findings } = await bed.run();
    expect(code).toBe(0);
    expect(findings.filter(({ status }) => status === 'warning').map((each) => each.check)).toEqual([check]);
  });

  it('says in claims what the token’s user would be to the application', async () => {
    const bed = createBed();
    const token = await bed.harness.zitadel.mintAccessToken({ sub: 'admin', scope: SCOPE });
    const { findings } = await bed.run('--token', token);
    const claims = findings.filter(({ check }) => check === 'claims');
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({ status: 'ok', found: expect.stringContaining('roles: admin, user') });
    expect(claims[0]?.found).toContain('X-Forwarded-Email');
  });

  it('says in claims that there is no role where routes ask for one', async () => {
    const bed = createBed();
    const token = await bed.harness.zitadel.mintAccessToken({ sub: 'nobody', scope: SCOPE });
    const { findings } = await bed.run('--token', `Bearer ${token}`);
    expect(findings.find(({ status }) => status === 'warning')?.cure).toContain('Assert Roles on Authentication');
  });
});

describe('ARCHITECTURE §2: addresses of the application’s in the gateway’s folder', () => {
  const UPSTREAM = 'https://upstream.example.net';
  const folderOf = async (bed: Bed) => (await bed.run()).findings.filter(({ check }) => check === 'folder');

  it('are found, and another folder is named', async () => {
    const bed = createBed();
    bed.others.set(UPSTREAM, (request) => {
      const isThere = ['/', '/auth/sign_in'].includes(new URL(request.url).pathname);
      return new Response(null, { status: isThere ? 403 : 404 });
    });
    const [finding] = await folderOf(bed);
    expect(finding).toMatchObject({ status: 'warning', found: expect.stringContaining('/auth/sign_in') });
    expect(finding?.cure).toContain('--url https://app.example.com/_auth/callback');
  });

  it('can’t be told where it refuses everybody, and are not there where it has none', async () => {
    const bed = createBed();
    expect(await folderOf(bed)).toMatchObject([{ status: 'skipped', found: expect.stringContaining('403') }]);
    bed.others.set(
      UPSTREAM,
      (request) => new Response(null, { status: new URL(request.url).pathname === '/' ? 403 : 404 }),
    );
    expect(await folderOf(bed)).toMatchObject([{ status: 'ok' }]);
  });

  it.each(['/auth/*', '/auth', '/auth/github/*'])('a rule for %s decides nothing', async (path) => {
    const bed = createBed();
    bed.values['ROUTES'] = [{ path, access: 'public' }];
    expect((await folderOf(bed))[0]).toMatchObject({ status: 'warning', found: expect.stringContaining(path) });
  });

  it.each(['/authors/*', '/api/auth/*', '/*'])('a rule for %s is none of these', async (path) => {
    const bed = createBed();
    bed.values['ROUTES'] = [{ path, roles: ['admin'] }];
    expect(await folderOf(bed)).toMatchObject([{ status: 'skipped' }]);
  });
});
