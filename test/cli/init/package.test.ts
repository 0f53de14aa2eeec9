// `postern init`: where the folder gets Postern from; its workflow; and `npm create postern`.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOwnSource } from '../../../cli/init/package-source.ts';
import { init, ROOT, read, repository } from './bed.ts';

let place: string;
let gateway: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'postern-init-'));
  gateway = join(place, 'my-gateway');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('postern init finds where the folder gets Postern from', () => {
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

  it('a tarball that is gone is refused, by its name', async () => {
    await expect(findOwnSource(installed({ postern: 'file:gone.tgz' }))).rejects.toThrow(/gone: .*gone\.tgz/);
  });

  it('in a clone of Postern, it is that clone', async () => {
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

describe('the workflow that postern init writes', () => {
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
