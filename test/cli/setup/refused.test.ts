// `npx postern setup` as a new user tries it: wrong flags, no network, an expired key.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../../cli/setup/command.ts';
import { type Bed, CONFIG, createBed, createTestSystem, only, PEOPLE, ROBOT } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

describe('postern setup refuses, and says what to do', () => {
  const message = async (args: readonly string[], changes = {}) => {
    const ran = await bed.setup(args, changes);
    expect(ran.err).not.toMatch(/^\s+at /m);
    return { code: ran.code, err: ran.err };
  };

  it.each([
    [['--bogus'], 'Unknown option'],
    [['production'], 'nothing is expected besides flags: production'],
    [['--role', 'a b'], 'a role is KEY or KEY=Name'],
    [['--user', 'alice@example.com'], 'a person is "Given Family <address>"'],
    [['--grant', 'alice'], 'a grant is USER=ROLE,ROLE'],
    [['--service-user', 'x'], 'belong together'],
    [['--password-file', 'x'], '--password-file is for those of --user'],
    [['--url', 'http://app.example.com'], '--url begins with https://'],
    [['--domain', 'https://x.example/path'], '--domain is an origin'],
    [['--upstream', 'localhost'], '--upstream is the application’s URL'],
    [['--grant', 'robot=boss', '--role', 'admin'], 'granted, but no role of the project: boss'],
    [['--pat-file', 'x'], 'either --key or --pat-file'],
    [['--key', 'package.json'], 'package.json is not a key file'],
  ])('arguments %j: exit code 2', async (args, text) => {
    expect(await message(args)).toEqual({ code: 2, err: expect.stringContaining(text) });
  });

  it('a key file that is not there: exit code 1', async () => {
    expect(await message(['--key', bed.path('none.json')])).toEqual({
      code: 1,
      err: expect.stringContaining('there is no such file'),
    });
  });

  it('an application’s key instead of a service account’s', async () => {
    await bed.write('app.json', '{"type":"application"}');
    expect((await message(['--key', bed.path('app.json')])).err).toContain('is the key of an application');
  });

  it('a wrangler.toml that is not there', async () => {
    expect(await message(['--config', bed.path('none.toml')])).toEqual({
      code: 2,
      err: expect.stringContaining('--config FILE'),
    });
  });

  it('no network: nothing answers', async () => {
    const { err, code } = await message(['--domain', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(err).toContain('no answer from http://127.0.0.1:9');
  });

  it('a server that is no ZITADEL', async () => {
    bed.zitadel.faults.set('discovery', 'html');
    expect((await message([])).err).toContain('there is no ZITADEL at');
  });

  it('an alias of the issuer, and names the issuer', async () => {
    const alias = bed.domain.replace('127.0.0.1', 'localhost');
    expect((await message(['--domain', alias])).err).toContain('knows itself by another name: 127.0.0.1');
  });

  it.each([
    ['openid', ['openid']],
    ['none at all', []],
  ])('a token of a first instance, with scopes %s: the account itself tells its organisation', async (_name, scope) => {
    await bed.write('pat', await bed.zitadel.createPersonalAccessToken(ROBOT, undefined, scope));
    const flags = ['--domain', bed.domain, '--pat-file', bed.path('pat'), '--config', bed.path(CONFIG)];
    const urls = ['--url', 'http://localhost:8787', '--upstream', 'http://localhost:8081'];
    expect(await setup([...flags, ...urls], { ...createTestSystem(), ...bed.clock })).toBe(0);
    expect(only(bed.zitadel.store.projects).name).toBe('Postern');
  });

  it('a token that tells nothing of its account: a way on', async () => {
    bed.zitadel.tamper.userinfo = ({ sub }) => ({ sub });
    const mute = (url: string, init: RequestInit) =>
      url.endsWith('/auth/v1/users/me') ? Promise.resolve(new Response('', { status: 404 })) : fetch(url, init);
    const { code, err } = await message([], { fetch: mute });
    expect(code).toBe(1);
    expect(err).toContain('does not say whose account this is');
    expect(err).toContain('--org ID names the organisation');
  });

  it('an expired key: said before ZITADEL is asked', async () => {
    const old = Math.floor(Date.now() / 1000) - 60;
    await bed.write('old.json', JSON.stringify(await bed.zitadel.createServiceAccountKey(ROBOT, old)));
    const { err, code } = await message(['--key', bed.path('old.json')]);
    expect(code).toBe(1);
    expect(err).toContain('the service account’s key expired on');
    expect(bed.zitadel.calls.token).toBe(0);
  });

  it('a deleted key', async () => {
    const robot = bed.zitadel.findUser('robot');
    if (robot.kind === 'machine') robot.keys.clear();
    expect((await message([])).err).toContain('ZITADEL does not take the service account’s key: invalid assertion');
  });

  it('a service account that may not', async () => {
    bed.control.administrators.clear();
    const { err } = await message([]);
    expect(err).toContain('this account may not see the projects');
    expect(err).toContain('Org Owner');
  });

  it('a key file that is somebody else’s is not written over', async () => {
    await bed.write('mine.json', 'precious');
    const { code, err } = await message(['--service-user', 'x', '--service-key', bed.path('mine.json')]);
    expect(code).toBe(1);
    expect(err).toContain('is there already');
    expect(await bed.read('mine.json')).toBe('precious');
  });

  it('a public URL on this machine and ZITADEL elsewhere: no back-channel logout, and it says so', async () => {
    const elsewhere = (url: string, init: RequestInit) =>
      fetch(url.replace('https://zitadel.example.com', bed.domain), init);
    bed.zitadel.tamper.discovery = (metadata) =>
      JSON.parse(JSON.stringify(metadata).replaceAll(bed.domain, 'https://zitadel.example.com'));
    const token = await bed.zitadel.createPersonalAccessToken(ROBOT);
    await bed.write('pat', token);
    const out: string[] = [];
    const system = {
      ...createTestSystem(),
      ...bed.clock,
      fetch: elsewhere,
      print: (line: string) => void out.push(line),
    };
    const flags = [
      '--domain',
      'https://zitadel.example.com',
      '--pat-file',
      bed.path('pat'),
      '--config',
      bed.path(CONFIG),
    ];
    expect(
      await setup([...flags, '--url', 'http://localhost:8787', '--upstream', 'http://localhost:8081'], system),
    ).toBe(0);
    expect(only(bed.zitadel.store.applications).backChannelLogoutUri).toBeUndefined();
    expect(out.join('\n')).toContain('no back-channel logout');
  });

  it('--json: the result, and errors too', async () => {
    const { out, err } = await bed.setup(['--json', ...PEOPLE, '--role', 'admin']);
    const result = JSON.parse(out);
    expect(err).toBe('');
    expect(result).toMatchObject({ ok: true, isChanged: true, isDryRun: false });
    expect(result.entries[0]).toMatchObject({ outcome: 'made', what: 'project', name: 'Postern' });
    expect(JSON.parse((await bed.setup(['--json', '--role', 'admin'])).out)).toMatchObject({ isChanged: false });
    expect(JSON.parse((await bed.setup(['--json', '--role', '=']))['out'])).toMatchObject({ ok: false });
  });

  it('without a terminal, the missing flags are named', async () => {
    const command = promisify(execFile)(process.execPath, [
      'bin/postern.js',
      'setup',
      '--url',
      'https://app.example.com',
    ]);
    const failed = await command.catch((cause: unknown) => cause);
    expect(failed).toMatchObject({ code: 2, stdout: '' });
    expect(failed).toMatchObject({
      stderr: expect.stringContaining('missing: --domain URL, --upstream URL, --key FILE'),
    });
    expect(failed).toMatchObject({ stderr: expect.not.stringContaining('\u001b[') });
  }, 30_000);
});
