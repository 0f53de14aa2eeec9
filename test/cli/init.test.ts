// `postern init`: what the folder has, where its Postern comes from, what is refused, and that nothing is ever written over.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { COMMANDS } from '../../cli/commands.ts';
import { type InitSurroundings, runInit } from '../../cli/init/command.ts';
import { findOwnSource } from '../../cli/init/package-source.ts';
import { createSystem } from '../../cli/support/this-system.ts';
import { listFiles } from '../support/list-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const repository = JSON.parse(read(ROOT, 'package.json'));

let place: string;
let gateway: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'postern-init-'));
  gateway = join(place, 'my-gateway');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

async function init(args: readonly string[], surroundings: Partial<InitSurroundings> = {}) {
  const printed: string[] = [];
  const told: string[] = [];
  const calls: (readonly string[])[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    prompts: undefined,
  };
  const code = await runInit(args, system, {
    findSource: async () => ({ kind: 'spec', spec: '1.2.3' }),
    runNpm: async (words) => {
      calls.push(words);
      return { code: 0, stdout: '', stderr: '' };
    },
    ...surroundings,
  });
  return { code, printed: printed.join('\n'), told: told.join('\n'), calls };
}

describe('the operator’s folder', () => {
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

describe('init refuses', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    ['a folder with a file', (folder) => writeFileSync(join(folder, 'notes.txt'), 'mine'), /notes\.txt/],
    ['a folder with a hidden file', (folder) => writeFileSync(join(folder, '.env'), 'mine'), /\.env/],
    ['a folder with a folder', (folder) => mkdirSync(join(folder, 'src')), /src/],
    [
      'a folder with a link that leads nowhere',
      (folder) => symlinkSync('nowhere', join(folder, 'README.md')),
      /README\.md/,
    ],
    [
      'a folder with several',
      (folder) => void ['a', 'b', 'c'].map((name) => mkdirSync(join(folder, name))),
      /a and 2 more/,
    ],
  ])('%s, names what is in the way, and writes nothing', async (_, fill, named) => {
    mkdirSync(gateway);
    fill(gateway);
    const before = readdirSync(gateway);
    const { code, told, calls } = await init([gateway]);
    expect(code).toBe(1);
    expect(told).toMatch(named);
    expect(readdirSync(gateway)).toEqual(before);
    expect(calls).toEqual([]);
  });

  it('a path that is a file, or leads through one', async () => {
    writeFileSync(gateway, 'mine');
    for (const path of [gateway, join(gateway, 'below')]) {
      const { code, told } = await init([path]);
      expect([code, told]).toEqual([1, expect.stringContaining('nothing was written')]);
    }
    expect(read(gateway)).toBe('mine');
  });

  it.each([
    ['no folder', []],
    ['two folders', ['one', 'two']],
    ['a worker’s name with capitals', ['g', '--name', 'Gateway']],
    ['a worker’s name that is too long', ['g', '--name', 'a'.repeat(55)]],
    ['an empty name', ['g', '--name=']],
    ['plain HTTP in public', ['g', '--url', 'http://app.example.com']],
    ['a public URL with a query', ['g', '--url', 'https://app.example.com/auth/callback?x=1']],
    ['a callback that is another of the endpoints', ['g', '--url', 'https://app.example.com/auth/logout']],
    ['a callback with an encoded path', ['g', '--url', 'https://app.example.com/a%20b/callback']],
    ['an issuer with a path', ['g', '--domain', 'https://zitadel.example/ui']],
    ['an issuer on plain HTTP', ['g', '--domain', 'http://zitadel.example']],
    ['an upstream that is no URL', ['g', '--upstream', 'app-origin']],
    ['an upstream with a query', ['g', '--upstream', 'https://app.example/?x']],
    ['an upstream with a password', ['g', '--upstream', 'https://a:b@app.example']],
    ['a tarball that is not there', ['g', '--package', './postern-9.9.9.tgz']],
    ['a file that is no tarball', ['g', '--package', join(ROOT, 'README.md')]],
    ['an empty package', ['g', '--package', ' ']],
    ['a flag that nobody knows', ['g', '--force']],
  ])('%s with exit code 2, before anything is written', async (_, args) => {
    const [folder, ...flags] = args;
    const given = folder === 'g' ? [gateway, ...flags] : args.map((name) => join(place, name));
    const { code } = await init(given);
    expect(code).toBe(2);
    expect(readdirSync(place)).toEqual([]);
  });
});

describe('what is known already stands in wrangler.toml', () => {
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

describe('where the folder gets Postern from', () => {
  /** As npm lays it out for a Postern that was asked for like this. */
  function installed(dependencies: object, packages: object = {}): string {
    const root = join(place, 'node_modules/postern');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ dependencies }));
    writeFileSync(join(place, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
    return root;
  }
  const tarball = () => {
    writeFileSync(join(place, 'postern-0.1.0.tgz'), 'packed');
    return { kind: 'tarball', path: join(place, 'postern-0.1.0.tgz') };
  };
  const version = { kind: 'spec', spec: repository.version };

  it.each([
    ['a version', { postern: '^0.1.0' }, version],
    ['a tag', { postern: 'latest' }, version],
    ['a tarball on the web', { postern: 'https://example.com/postern.tgz' }],
    ['a repository', { postern: 'github:example/postern' }],
    ['a repository by its name', { postern: 'example/postern' }],
    ['a repository by its address', { postern: 'git+ssh://git@example.com/postern.git' }],
    ['another package', { 'create-postern': '^0.1.0' }, version],
  ])('asked for as %s', async (_, dependencies, source?: object) => {
    const asked = 'postern' in dependencies ? dependencies.postern : '';
    expect(await findOwnSource(installed(dependencies))).toEqual(source ?? { kind: 'spec', spec: asked });
  });

  it('without npm’s notes it is this version', async () => {
    const root = join(place, 'node_modules/postern');
    mkdirSync(root, { recursive: true });
    expect(await findOwnSource(root)).toEqual(version);
  });

  it('from a tarball: the one that npm has noted, also where it came with create-postern', async () => {
    const packed = tarball();
    expect(await findOwnSource(installed({ postern: 'file:postern-0.1.0.tgz' }))).toEqual(packed);
    const packages = { 'node_modules/postern': { resolved: 'file:postern-0.1.0.tgz' } };
    expect(await findOwnSource(installed({ 'create-postern': '0.1.0' }, packages))).toEqual(packed);
  });

  it('a tarball that is gone is named', async () => {
    await expect(findOwnSource(installed({ postern: 'file:gone.tgz' }))).rejects.toThrow(/gone: .*gone\.tgz/);
  });

  it('in a clone, it is the clone', async () => {
    expect(await findOwnSource()).toEqual({ kind: 'clone', root: ROOT });
  });

  it('a tarball goes into the folder, so that another machine has it, too', async () => {
    const { path } = tarball();
    expect((await init([gateway, '--package', path, '--json'])).code).toBe(0);
    expect(JSON.parse(read(gateway, 'package.json')).dependencies).toEqual({
      postern: 'file:vendor/postern-0.1.0.tgz',
    });
    expect(read(gateway, 'vendor/postern-0.1.0.tgz')).toBe('packed');
  });

  it('a clone is packed into it; where that fails, nothing is left and npm’s words are handed on', async () => {
    const findSource = async () => ({ kind: 'clone', root: ROOT }) as const;
    const failing = { findSource, runNpm: async () => ({ code: 1, stdout: '', stderr: 'npm error no disk' }) };
    const { code, told } = await init([gateway], failing);
    expect([code, told]).toEqual([1, expect.stringContaining('npm error no disk')]);
    expect(existsSync(gateway) && readdirSync(gateway)).toEqual([]);
    const packing = async (words: readonly string[], folder: string) => {
      if (words[0] !== 'pack') return { code: 0, stdout: '', stderr: '' };
      expect(folder).toBe(ROOT);
      writeFileSync(join(words.at(-1) ?? '', 'postern-0.1.0.tgz'), 'packed');
      return { code: 0, stdout: '> prepack\n\npostern-0.1.0.tgz\n', stderr: '' };
    };
    expect((await init([gateway], { findSource, runNpm: packing })).code).toBe(0);
    expect(read(gateway, 'vendor/postern-0.1.0.tgz')).toBe('packed');
  });

  it.each(['0.1.0', 'npm:@acme/postern@0.1.0', 'https://example.com/postern-0.1.0.tgz'])(
    '--package %s stands in package.json as it is',
    async (spec) => {
      await init([gateway, '--package', spec]);
      expect(JSON.parse(read(gateway, 'package.json')).dependencies.postern).toBe(spec);
    },
  );

  it('an install that fails is exit code 1 with npm’s words, and the folder stays', async () => {
    const runNpm = async () => ({ code: 1, stdout: '', stderr: 'npm error network' });
    const { code, told } = await init([gateway], { runNpm });
    expect(code).toBe(1);
    expect(told).toMatch(/npm install has failed[\s\S]*npm error network[\s\S]*npm install/);
    expect(existsSync(join(gateway, 'wrangler.toml'))).toBe(true);
  });
});

describe('the workflow', () => {
  const workflow = read(ROOT, 'templates/operator/github/workflows/deploy.yml');

  it('checks before it deploys, one run after the other, with the rights to read only', () => {
    const order = ['npm ci', 'explain --check policy-tests', 'doctor --local', 'deploy --dry-run', 'needs: check'];
    const places = order.map((words) => workflow.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(workflow).toContain('permissions:\n  contents: read');
    expect(workflow).toContain('cancel-in-progress: false');
  });

  it('takes actions by their major version, and no word of an event into a shell', () => {
    const actions = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
    for (const [, line] of workflow.matchAll(/run: (.*)/g)) expect(line).not.toContain('${{');
  });

  it('names the secrets it needs at its beginning, hands them to the deployment alone, and prints none', () => {
    const needed = new Set([...workflow.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name));
    const [head = ''] = workflow.split('\nname:');
    for (const name of needed) expect(head).toContain(name);
    expect(workflow).not.toMatch(/echo|printenv|set -x/);
    for (const step of workflow.split(/\n {6}- /).filter((each) => each.includes('secrets.')))
      expect(step).toMatch(/^run: npx postern deploy /);
  });
});

describe('create-postern', () => {
  it('has the version, licence and engines of Postern, and asks for exactly that version', () => {
    const own = JSON.parse(read(ROOT, 'create-postern/package.json'));
    const { version, license, engines } = repository;
    expect(own).toMatchObject({ version, license, engines, dependencies: { postern: version } });
    expect(existsSync(join(ROOT, 'create-postern', own.bin['create-postern']))).toBe(true);
  });
});
