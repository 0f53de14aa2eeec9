// `postern init`: what the folder has, and what is known already stands in it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { COMMANDS } from '../../../cli/commands.ts';
import { listFiles } from '../../support/list-files.ts';
import { init, ROOT, read, repository } from './bed.ts';

let place: string;
let gateway: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'postern-init-'));
  gateway = join(place, 'my-gateway');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('the folder that postern init makes', () => {
  it('has everything, in a folder that was not there, and says what comes next', async () => {
    const { code, printed, told, calls } = await init([gateway]);
    expect([code, told]).toEqual([0, '']);
    expect(listFiles(gateway)).toEqual([
      '.dev.vars.example',
      '.github/workflows/deploy.yml',
      '.gitignore',
      '.npmrc',
      'README.md',
      'package.json',
      'policy-tests',
      'postern.toml',
      'src/index.ts',
      'wrangler.toml',
    ]);
    expect(calls).toEqual([['install', '--no-audit', '--no-fund']]);
    expect(printed).toMatch(/^ {2}cd .*my-gateway$\n^ {2}npm run demo$/m);
  });

  it('its package.json has exact versions, those of this release, and lets the same install scripts run', async () => {
    await init([gateway]);
    const { dependencies, devDependencies, allowScripts, name } = JSON.parse(read(gateway, 'package.json'));
    const { node, wrangler } = repository.devDependencies;
    expect({ name, dependencies, devDependencies }).toEqual({
      name: 'my-gateway',
      dependencies: { postern: '1.2.3' },
      devDependencies: { node, wrangler },
    });
    expect(allowScripts).toEqual(repository.allowScripts);
    expect(Object.values(devDependencies).join(' ')).toMatch(/^\d+\.\d+\.\d+ \d+\.\d+\.\d+$/);
  });

  it('each script is one of Postern’s commands', async () => {
    await init([gateway]);
    const scripts: Record<string, string> = JSON.parse(read(gateway, 'package.json')).scripts;
    for (const script of Object.values(scripts)) {
      const [program, name = ''] = script.split(' ');
      expect(program).toBe('postern');
      expect(Object.keys(COMMANDS)).toContain(name);
    }
  });

  it('its worker is one line', async () => {
    await init([gateway]);
    const lines = read(gateway, 'src/index.ts')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'));
    expect(lines).toEqual(["export { default, UserSessions } from 'postern/worker';"]);
  });

  it('its wrangler.toml has the bindings, date and migrations of the repository’s, and no second address', async () => {
    await init([gateway]);
    const [own, theirs] = [ROOT, gateway].map((folder) =>
      unstable_readConfig({ config: join(folder, 'wrangler.toml') }, { hideWarnings: true }),
    );
    for (const name of [
      'compatibility_date',
      'kv_namespaces',
      'durable_objects',
      'migrations',
      'ratelimits',
      'observability',
      'minify',
      'keep_names',
      'upload_source_maps',
      'alias',
    ] as const)
      expect([name, theirs?.[name]]).toEqual([name, own?.[name]]);
    expect(theirs).toMatchObject({
      name: 'my-gateway',
      workers_dev: false,
      preview_urls: false,
    });
  });

  it('the environment that waits in comments has the bindings of the top, with a limit of its own', async () => {
    await init([gateway]);
    const config = join(gateway, 'wrangler.toml');
    const [top = '', waiting = ''] = read(config).split('# [env.staging]\n');
    writeFileSync(config, `${top}[env.staging]\n${waiting.replace(/^# ?/gm, '')}`);
    const [own, staging] = ['', 'staging'].map((env) => unstable_readConfig({ config, env }, { hideWarnings: true }));
    for (const name of ['kv_namespaces', 'durable_objects'] as const) expect(staging?.[name]).toEqual(own?.[name]);
    expect(staging?.ratelimits).toEqual(own?.ratelimits.map((limit: object) => ({ ...limit, namespace_id: '1002' })));
    expect(Object.keys(staging?.vars ?? {})).toEqual(['POSTERN_ENV', ...Object.keys(own?.vars ?? {})]);
    expect(staging?.routes).toEqual([{ pattern: 'staging.example.com', custom_domain: true }]);
  });

  it.each([
    ['Prüf ung', /^ {2}cd '.*Prüf ung'$/m],
    ["it's", /^ {2}cd '.*it'\\''s'$/m],
  ])('a folder named %j is told so that a shell takes it', async (name, way) => {
    expect((await init([join(place, name), '--no-install'])).printed).toMatch(way);
    rmSync(join(place, name), { recursive: true });
    const runNpm = async () => ({ code: 1, stdout: '', stderr: 'npm error' });
    expect((await init([join(place, name)], { runNpm })).told).toMatch(
      new RegExp(`mended: ${way.source.slice(5, -1)} && npm`),
    );
  });

  it('as JSON: the folder, its files, the package, the next commands', async () => {
    const { code, printed } = await init([gateway, '--json', '--no-install']);
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toEqual({
      ok: true,
      folder: gateway,
      files: listFiles(gateway),
      package: '1.2.3',
      installed: false,
      next: [expect.stringMatching(/^cd /), 'npm install', 'npm run demo'],
    });
  });

  it('is filled where a repository has just been made', async () => {
    mkdirSync(join(gateway, '.git'), { recursive: true });
    expect((await init([gateway])).code).toBe(0);
  });
});

describe('postern init writes into wrangler.toml what is known already', () => {
  const config = () => unstable_readConfig({ config: join(gateway, 'wrangler.toml') }, { hideWarnings: true });

  it('address, application, ZITADEL; of an instance of one’s own no client is known yet', async () => {
    const flags = [
      '--name',
      'front-door',
      '--url',
      'app.example.com',
      '--upstream',
      'https://origin.example.net/base/',
    ];
    expect((await init([gateway, ...flags, '--domain', 'acme.zitadel.cloud'])).code).toBe(0);
    expect(config().name).toBe('front-door');
    expect(config().routes).toEqual([{ pattern: 'app.example.com', custom_domain: true }]);
    expect(config().vars).toMatchObject({
      UPSTREAM_URL: 'https://origin.example.net/base',
      ZITADEL_DOMAIN: 'https://acme.zitadel.cloud',
      ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
      ZITADEL_CLIENT_ID: '',
      ZITADEL_PROJECT_ID: '',
    });
  });

  it('a whole callback URL, and none of a public host for an address on this machine', async () => {
    await init([gateway, '--url', 'http://localhost:3000/gate/callback', '--upstream', 'service:REPORTS']);
    expect(config().routes).toBeUndefined();
    expect(config().vars).toMatchObject({
      UPSTREAM_URL: 'service:REPORTS',
      ZITADEL_CALLBACK_URL: 'http://localhost:3000/gate/callback',
    });
  });

  it.each([
    ['My Gateway', 'my-gateway'],
    ['Käse_&_Brot', 'kase-brot'],
    ['门', 'my-gateway'],
    [`--${'a'.repeat(80)}`, 'a'.repeat(54)],
  ])('the folder %s gives the worker the name %s', async (folder, name) => {
    gateway = join(place, folder);
    expect((await init(['--', gateway])).code).toBe(0);
    expect(config().name).toBe(name);
    expect(JSON.parse(read(gateway, 'package.json')).name).toBe(name);
  });
});
