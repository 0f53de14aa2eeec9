// `postern update`: which version is meant, and a tarball for one.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bed, OLD, useBeds } from './bed.ts';

let bed: Bed;
const use = useBeds((made) => {
  bed = made;
});

const installed = () => bed.calls.filter((call) => call.includes('--save-exact'));

describe('postern update: which version', () => {
  it.each([
    [[], '0.3.0'],
    [['0.2.0'], '0.2.0'],
    [['v0.2.0'], '0.2.0'],
  ])('%j is %s', async (args, version) => {
    const { code, printed } = await bed.run(...args, '--yes');
    expect(code).toBe(0);
    expect(printed).toContain(`Postern 0.1.0 → ${version}`);
    expect(installed()[0]).toContain(`postern@${version}`);
    expect(installed()[0]).toContain('--include=dev');
  });

  it('one that the registry does not have is not had', async () => {
    const { code, told } = await bed.run('0.9.9', '--yes');
    expect({ code, told }).toEqual({ code: 1, told: expect.stringContaining('the registry has no postern@0.9.9') });
    expect(installed()).toEqual([]);
  });

  it.each([
    [['0.2.0', '0.3.0'], 'one version at a time'],
    [['-x'], '-x'],
    [['a b'], 'neither a version nor a tarball'],
    [['../'], 'is a folder'],
    [['0.2.0', '--config', 'other.toml'], 'other.toml'],
  ])('%j makes no sense', async (args, said) => {
    const { code, told } = await bed.run(...args);
    expect({ code, told }).toEqual({ code: 2, told: expect.stringContaining(said) });
  });

  it('a tarball that is not there is said by its name', async () => {
    expect(await bed.run('./no.tgz')).toMatchObject({
      code: 1,
      told: expect.stringContaining('no.tgz: there is no such file'),
    });
  });

  it('a package that came as a file is not looked for in the registry, where its name may be somebody else’s', async () => {
    bed.remove();
    use({ postern: 'file:../postern-0.1.0.tgz' });
    for (const args of [[], ['0.2.0'], ['latest']]) {
      const { code, told } = await bed.run(...args, '--yes');
      expect(code).toBe(2);
      expect(told).toContain('not installed from the registry');
    }
    expect(bed.calls).toEqual([]);
  });

  it('an alias stays one', async () => {
    bed.remove();
    use({ postern: 'npm:@acme/postern@0.1.0' });
    const manifest = JSON.parse(bed.read('node_modules/postern/package.json'));
    bed.write('node_modules/postern/package.json', JSON.stringify({ ...manifest, name: '@acme/postern' }));
    bed.published.set('@acme/postern@latest', { version: '0.3.0', release: OLD });
    bed.published.set('npm:@acme/postern@0.3.0', { name: '@acme/postern', version: '0.3.0', release: OLD });
    expect(await bed.run('--yes')).toMatchObject({ code: 0 });
    expect(installed()[0]).toContain('postern@npm:@acme/postern@0.3.0');
  });

  it.each([
    ['of another name', { name: 'else', version: '0.3.0', release: OLD }, 'is called else'],
    ['that is no Postern', { version: '0.3.0', isPostern: false, release: OLD }, 'is no Postern'],
    ['that does not describe itself', { version: '0.3.0' }, 'is no Postern'],
    ['of a format that is not known', { version: '0.3.0', release: { ...OLD, format: 2 as 1 } }, 'a format'],
  ])('a package %s is refused before anything of it runs', async (_name, published, said) => {
    bed.published.set('postern@0.3.0', published);
    expect(await bed.run('--yes')).toMatchObject({ code: 1, told: expect.stringContaining(said) });
    expect(bed.calls.filter((call) => !call.startsWith('npm'))).toEqual([]);
    expect(installed()).toEqual([]);
  });

  it('what the registry says against it is shown', async () => {
    bed.published.set('postern@latest', { version: '0.3.0', release: OLD, deprecated: 'has a hole' });
    expect((await bed.run()).printed).toContain('the registry says of it: has a hole');
  });

  it.each([
    ['without a package.json', 'package.json', undefined, 'no package.json'],
    ['in the repository itself', 'package.json', '{"bin":{"postern":"bin/postern.js"}}', 'git pull'],
    ['where it is asked for, and not installed', 'package.json', '{"dependencies":{"postern":"0.1.0"}}', 'npm install'],
    ['anywhere else', 'package.json', '{}', 'does not ask for Postern'],
  ])('%s it says what to do', async (_name, file, text, said) => {
    rmSync('node_modules', { recursive: true });
    if (text === undefined) rmSync(file);
    else bed.write(file, text);
    expect(await bed.run('--yes')).toMatchObject({ code: 2, told: expect.stringContaining(said) });
  });
});

describe('a tarball given to postern update', () => {
  const next = { version: '0.3.0', release: OLD };
  beforeEach(() => {
    bed.remove();
    use({ postern: 'file:vendor/postern-0.1.0.tgz' });
    mkdirSync('vendor');
    bed.write('vendor/postern-0.1.0.tgz', 'old');
    mkdirSync('elsewhere');
    bed.write('elsewhere/postern-0.3.0.tgz', 'new');
    bed.published.set(join(process.cwd(), 'elsewhere/postern-0.3.0.tgz'), next);
    bed.published.set('file:vendor/postern-0.3.0.tgz', next);
  });

  it('comes into the folder, so that what is committed installs elsewhere; the one before goes', async () => {
    expect(await bed.run('elsewhere/postern-0.3.0.tgz', '--yes')).toMatchObject({ code: 0 });
    expect(installed()[0]).toContain('postern@file:vendor/postern-0.3.0.tgz');
    expect(readdirSync('vendor')).toEqual(['postern-0.3.0.tgz']);
  });

  it.each([[['--dry-run']], [['--yes']]])('leaves the folder as it was by %j where npm fails', async (args) => {
    bed.installFails = true;
    await bed.run('file:elsewhere/postern-0.3.0.tgz', ...args);
    expect(readdirSync('vendor')).toEqual(['postern-0.1.0.tgz']);
  });
});
