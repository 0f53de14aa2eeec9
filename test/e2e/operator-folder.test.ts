// The whole life of an operator's folder, from the packed tarball and nothing else: made in an empty place, started, signed in to in Chromium,
// checked, built, committed, updated, removed. Real npm; packages come from the registry.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMissing, findUnverifiable, loadLock } from '../package/lock.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts';
import { listFiles } from '../support/list-files.ts';
import { goOutside, hasRegistry, type Outside, type Started } from '../support/outside.ts';
import { createPacker, packRepository } from '../support/package.ts';
import { freePort } from '../support/worker.ts';

const ROOT = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** Minutes: the packages come over a line of unknown speed. */
const LONG = 300_000;

describe.skipIf(!hasRegistry())('an operator’s folder', () => {
  let place: string;
  let packed: ReturnType<typeof packRepository>;
  let outside: Outside;
  /** Where the commands are typed, at first empty; and the folder that comes to be in it. */
  let empty: string;
  let gateway: string;
  let ports: { gateway: number; standIn: number; page: number };
  let demo: Started | undefined;

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'postern-life-'));
    [empty, gateway] = [join(place, 'empty'), join(place, 'empty/my-gateway')];
    for (const folder of ['empty', 'packages']) mkdirSync(join(place, folder));
    packed = packRepository(join(place, 'packages'));
    // A cache of its own: nothing is there yet, as for a newcomer, and nothing is left behind.
    // And in a container, where npm would leave the tools out.
    outside = goOutside({ npm_config_cache: join(place, 'cache'), NODE_ENV: 'production' });
    ports = { gateway: await freePort(), standIn: await freePort(), page: await freePort() };
  }, LONG);
  afterAll(async () => {
    await demo?.interrupt();
    rmSync(place, { recursive: true, force: true });
  });

  const postern = (...args: string[]) => outside.run(gateway, 'npx', 'postern', ...args);

  it('two commands lead from an empty place to the sign-in page', { timeout: LONG }, async () => {
    const started = performance.now();
    const made = await outside.run(
      empty,
      'npx',
      '--yes',
      `../packages/${basename(packed.postern)}`,
      'init',
      'my-gateway',
    );
    expect([made.code, made.stderr.replace(/^installing …\n/, '')]).toEqual([0, '']);
    const between = performance.now();
    const { gateway: port, standIn, page } = ports;
    const flags = ['--demo-app', `--port=${port}`, `--stand-in-port=${standIn}`, `--page-port=${page}`];
    demo = outside.start(gateway, 'npm', 'run', 'demo', '--', ...flags);
    await demo.says(new RegExp(`Open .*http://localhost:${port}`));
    const answer = await fetch(`http://localhost:${port}/auth/login`);
    expect(new URL(answer.url).origin).toBe(`http://localhost:${standIn}`);
    expect(await answer.text()).toContain('Ada Moreau');
    const seconds = [between - started, performance.now() - between].map((ms) => (ms / 1000).toFixed(1));
    console.log(`init ${seconds[0]} s, demo ${seconds[1]} s`);
  });

  it.skipIf(!hasChromium)(
    'a visitor signs in there with Chromium, and meets the rules',
    { timeout: LONG },
    async () => {
      const origin = `http://localhost:${ports.gateway}`;
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
      try {
        const page = await browser.newPage();
        await page.goto(`${origin}/profile`);
        await page.getByRole('button', { name: /Zoë/ }).click();
        await page.waitForURL(`${origin}/profile`);
        expect(await page.locator('body').innerText()).toContain('Zoë Kõiv-Straße 王');
        expect((await page.goto(`${origin}/admin/`))?.status()).toBe(403);
        expect((await page.goto(`${origin}/staff`))?.status()).toBe(200);
      } finally {
        await browser.close();
      }
    },
  );

  it('Ctrl-C ends all of it', { timeout: LONG }, async () => {
    await demo?.interrupt();
    demo = undefined;
    for (const port of Object.values(ports))
      await expect(fetch(`http://localhost:${port}/`), `port ${port}`).rejects.toThrow();
  });

  it('explain, doctor and deploy --dry-run are content with it', { timeout: LONG }, async () => {
    expect(await outside.run(gateway, 'npm', 'test')).toMatchObject({ code: 0 });
    const looked = await postern('doctor', '--local', '--json');
    expect([looked.code, looked.stderr]).toEqual([0, '']);
    expect(JSON.parse(looked.stdout).findings.filter(({ status }: { status: string }) => status === 'failed')).toEqual(
      [],
    );
    const deployed = await postern('deploy', '--dry-run');
    expect([deployed.code, deployed.stdout + deployed.stderr]).toEqual([0, expect.stringContaining('USER_SESSIONS')]);
  });

  it('its commented staging is a whole environment, for each command and for Wrangler alone', {
    timeout: LONG,
  }, async () => {
    const file = join(gateway, 'wrangler.toml');
    const before = readFileSync(file, 'utf8');
    const from = before.indexOf('# [env.staging]');
    writeFileSync(file, before.slice(0, from) + before.slice(from).replace(/^# ?/gm, ''));
    try {
      const looked = await postern('doctor', '--local', '--env', 'staging');
      expect([looked.code, looked.stdout]).toEqual([
        0,
        expect.stringContaining('staging.example.com leads to the gateway'),
      ]);
      expect(await postern('explain', '--check', 'policy-tests', '--env', 'staging')).toMatchObject({ code: 0 });
      const built = await outside.run(gateway, 'npx', 'wrangler', 'deploy', '--dry-run', '--env', 'staging');
      expect([built.code, built.stdout]).toEqual([0, expect.stringContaining('https://staging-origin.example.net')]);
    } finally {
      writeFileSync(file, before);
    }
  });

  it('the worker has types', { timeout: LONG }, async () => {
    const place = join(gateway, 'types');
    mkdirSync(place);
    writeFileSync(
      join(place, 'worker.ts'),
      `import worker, { UserSessions } from 'postern/worker';
export { UserSessions };
export default {
  fetch: (request, env, ctx): Response | Promise<Response> => worker.fetch(request, env, ctx),
} satisfies ExportedHandler;
// @ts-expect-error it has nothing else
worker.scheduled;
`,
    );
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        target: 'ES2024',
        lib: ['ES2024'],
        module: 'ESNext',
        moduleResolution: 'Bundler',
      },
      types: [join(ROOT, 'node_modules/@cloudflare/workers-types')],
    };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['worker.ts'] }));
    const { code, stdout } = await outside.run(
      place,
      join(ROOT, 'node_modules/.bin/node'),
      join(ROOT, 'node_modules/.bin/tsc'),
      '-p',
      '.',
    );
    rmSync(place, { recursive: true });
    expect([code, stdout]).toEqual([0, '']);
  });

  it('a commit of everything leaves the tree clean and takes no secret', async () => {
    const secrets = ['.dev.vars', '.dev.vars.staging', '.secrets', 'service-account.json', '249703852243222581.json'];
    for (const name of secrets) writeFileSync(join(gateway, name), 'secret');
    const git = (...args: string[]) => execFileSync('git', args, { cwd: gateway, encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=Operator', '-c', 'user.email=operator@example.com', 'commit', '--quiet', '--message', 'first');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('ls-files').trim().split('\n')).toEqual([
      '.dev.vars.example',
      '.github/workflows/deploy.yml',
      '.gitignore',
      '.npmrc',
      'README.md',
      'package-lock.json',
      'package.json',
      'policy-tests',
      'postern.toml',
      'src/index.ts',
      `vendor/${basename(packed.postern)}`,
      'wrangler.toml',
    ]);
  });

  it('its lock file serves every platform', () => {
    const lock = loadLock(join(gateway, 'package-lock.json'));
    expect(lock['node_modules/@cloudflare/workerd-darwin-arm64']).toBeDefined();
    expect([findMissing(lock), findUnverifiable(lock)]).toEqual([[], []]);
  });

  it('npm ci in a clone of it installs the same Postern, from the tarball that went along', {
    timeout: LONG,
  }, async () => {
    const clone = join(place, 'clone');
    execFileSync('git', ['clone', '--quiet', gateway, clone]);
    expect(
      await outside.run(clone, 'npm', 'ci', '--omit=dev', '--omit=optional', '--omit=peer', '--no-audit', '--no-fund'),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { stdout } = await outside.run(clone, 'npx', 'postern', 'version', '--json');
    expect(JSON.parse(stdout).postern).toBe(version);
    rmSync(clone, { recursive: true });
  });

  it('updates from a version before, and keeps the new tarball instead of the old', { timeout: LONG }, async () => {
    const packages = join(place, 'before');
    mkdirSync(packages);
    const old = basename(createPacker(packages)({ version: '0.0.9' }));
    const asked = () => JSON.parse(readFileSync(join(gateway, 'package.json'), 'utf8')).dependencies.postern;
    const kept = () => readdirSync(join(gateway, 'vendor'));
    renameSync(join(packages, old), join(gateway, 'vendor', old));
    rmSync(join(gateway, 'vendor', basename(packed.postern)));
    await outside.run(gateway, 'npm', 'install', '--save-exact', '--no-audit', `postern@file:vendor/${old}`);
    expect([asked(), kept()]).toEqual([`file:vendor/${old}`, [old]]);
    const updated = await postern('update', `../../packages/${basename(packed.postern)}`, '--yes', '--json');
    expect([updated.code, JSON.parse(updated.stdout)]).toEqual([0, expect.objectContaining({ status: 'updated' })]);
    expect([asked(), kept()]).toEqual([`file:vendor/${basename(packed.postern)}`, [basename(packed.postern)]]);
    expect(JSON.parse((await postern('version', '--json')).stdout).postern).toBe(version);
  });

  it('the initialiser makes the same folder', { timeout: LONG }, async () => {
    const packages = [packed.create, packed.postern].map((path) => `--package=../packages/${basename(path)}`);
    const { code, stderr } = await outside.run(
      empty,
      'npx',
      '--yes',
      ...packages,
      'create-postern',
      'other',
      '--no-install',
      '--name=my-gateway',
    );
    expect([code, stderr]).toEqual([0, '']);
    const other = join(empty, 'other');
    for (const path of listFiles(other))
      expect([path, readFileSync(join(other, path))]).toEqual([path, readFileSync(join(gateway, path))]);
    rmSync(other, { recursive: true });
  });

  it('is removed with its folder: nothing else is left', () => {
    rmSync(gateway, { recursive: true });
    expect(readdirSync(empty)).toEqual([]);
    expect(existsSync(gateway)).toBe(false);
  });
});
