// `postern update` in an operator's folder, with real npm: the command of the installed package replaces itself.
// Nothing is asked of the registry.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../cli/support/run-program.ts';
import { createPacker, packFolder } from '../support/package.ts';
import { CHANGELOG, WRANGLER_TOML } from './support/update-texts.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURE = join(ROOT, 'test/fixtures/release-0.1.0');
const PROGRAM = 'node_modules/.bin/postern';
let scratch: string;
const tarballs: Record<'old' | 'next' | 'wrangler', string> = { old: '', next: '', wrangler: '' };
let prepared: string;
const npm = (folder: string, ...args: string[]) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8' });

/** Wrangler is large: this one hands on the repository's. */
function packWrangler(): string {
  const folder = join(scratch, 'wrangler');
  mkdirSync(folder);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/wrangler/package.json'), 'utf8'));
  const manifest = { name: 'wrangler', version, main: 'index.js', license: 'MIT' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'index.js'),
    `module.exports = require(${JSON.stringify(join(ROOT, 'node_modules/wrangler'))});
0 && (module.exports = { experimental_readRawConfig, unstable_readConfig, unstable_getVarsForDev });`,
  );
  return packFolder(folder, scratch);
}
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'postern-update-e2e-'));
  const pack = createPacker(scratch);
  const schema = JSON.parse(readFileSync(join(FIXTURE, 'schema.json'), 'utf8'));
  const migrations = [
    ...schema.migrations,
    { tag: 'v2', renamed_classes: [{ from: 'UserSessions', to: 'UserObjects' }] },
  ];
  const release = { compatibilityDate: '2026-08-15', migrations };
  const { SESSION_DURATION: _gone, ...variables } = schema.variables;
  tarballs.old = pack({ version: '0.1.0', release: schema });
  const next = {
    ...variables,
    NOVELTY: { kind: 'var', isRequired: false, default: '7' },
    SESSION_IDLE: variables.CLAIMS_MAX_AGE,
  };
  tarballs.next = pack({
    version: '9.0.0',
    changelog: CHANGELOG,
    release: { ...release, variables: next, renamed: { variables: { SESSION_DURATION: 'SESSION_IDLE' }, fields: {} } },
  });
  tarballs.wrangler = packWrangler();
  prepared = join(scratch, 'prepared');
  mkdirSync(join(prepared, 'src'), { recursive: true });
  writeFileSync(join(prepared, 'src/index.js'), "export { default, UserSessions } from 'postern/worker';\n");
  writeFileSync(join(prepared, 'wrangler.toml'), WRANGLER_TOML);
  writeFileSync(join(prepared, 'policy-tests'), 'GET /admin/users as admin → 200\n');
  const devDependencies = { postern: `file:${tarballs.old}`, wrangler: `file:${tarballs.wrangler}` };
  writeFileSync(
    join(prepared, 'package.json'),
    `${JSON.stringify({ private: true, scripts: { update: 'postern update' }, devDependencies }, null, 4)}\n`,
  );
  npm(prepared, 'install', '--no-audit', '--no-fund');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function createFolder(changes: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(scratch, 'gateway-'));
  cpSync(prepared, folder, { recursive: true });
  for (const [name, text] of Object.entries(changes)) writeFileSync(join(folder, name), text);
  return folder;
}

const run = (folder: string, program: string, ...args: string[]) =>
  runProgram(program, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1', CI: 'true' } });
const update = (folder: string, ...args: string[]) => run(folder, PROGRAM, 'update', ...args);

const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const versionIn = (folder: string): string => JSON.parse(read(folder, 'node_modules/postern/package.json')).version;

describe('postern update TARBALL', () => {
  let folder: string;

  it('without a terminal shows what changes, and changes nothing', async () => {
    folder = createFolder();
    const before = contents(folder);
    const { code, stdout } = await update(folder, tarballs.next);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Postern 0\.1\.0 → 9\.0\.0$/m);
    expect(stdout).toContain('9.0.0, 2026-12-24');
    expect(stdout).toContain('* Everything is better,');
    expect(stdout).not.toContain('The first.');
    expect(stdout).toMatch(/\+ +NOVELTY +new, var, optional, default 7/);
    expect(stdout).toMatch(/~ +SESSION_DURATION +now SESSION_IDLE/);
    expect(stdout).toMatch(/compatibility date +2026-07-30 → 2026-08-15/);
    expect(stdout).toMatch(/ok +wrangler\.toml/);
    expect(stdout).toContain('+ compatibility_date = "2026-08-15" # tried');
    expect(stdout).toContain('Nothing was changed: --yes does it');
    expect(contents(folder)).toEqual(before);
  });

  it('--yes pins and installs it, and edits wrangler.toml without losing a comment', async () => {
    const { code, stdout, stderr } = await update(folder, tarballs.next, '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Postern 9.0.0 is installed');
    expect(versionIn(folder)).toBe('9.0.0');
    const { devDependencies } = JSON.parse(read(folder, 'package.json'));
    expect(devDependencies.postern).toBe('file:vendor/postern-9.0.0.tgz');
    expect(readdirSync(join(folder, 'vendor'))).toEqual(['postern-9.0.0.tgz']);
    const added = `\n[[migrations]]\ntag = "v2"\nrenamed_classes = [{ from = "UserSessions", to = "UserObjects" }]\n`;
    expect(read(folder, 'wrangler.toml')).toBe(
      WRANGLER_TOML.replace('2026-07-30', '2026-08-15').replace(/(new_sqlite_classes = .*\n)/, `$1${added}`),
    );
  });

  it('says so where that version is here already', async () => {
    const stdout = expect.stringContaining('Postern 9.0.0 is here already');
    expect(await update(folder, tarballs.next, '--yes')).toMatchObject({ code: 0, stdout });
  });

  it('goes back, as a script that npm runs, says what that means, and leaves wrangler.toml as it is', async () => {
    const text = read(folder, 'wrangler.toml');
    const { code, stdout, stderr } = await run(folder, 'npm', 'run', 'update', '--', tarballs.old, '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Postern 9.0.0 → 0.1.0, a step back');
    expect(stdout).toMatch(/What goes away again\n +9\.0\.0/);
    expect(versionIn(folder)).toBe('0.1.0');
    expect(readdirSync(join(folder, 'vendor'))).toEqual(['postern-0.1.0.tgz']);
    expect(read(folder, 'wrangler.toml')).toBe(text);
  });

  it('changes nothing where the new version refuses an environment, or decides otherwise than policy-tests says', async () => {
    const refused = createFolder({
      'wrangler.toml': `${WRANGLER_TOML}\n[env.staging.vars]\nUPSTREAM_URI = "x"\n`,
      'policy-tests': 'GET /admin/x as staff → 200\n',
    });
    const before = contents(refused);
    const { code, stdout } = await update(refused, tarballs.next, '--yes', '--json');
    expect(code).toBe(1);
    const { trials, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({ ok: false, status: 'refused', from: '0.1.0', to: '9.0.0' });
    const foundIn = (environment: string | null) =>
      JSON.stringify(trials.find((each: { environment: string | null }) => each.environment === environment).findings);
    expect(foundIn(null)).toContain('policy-tests');
    expect(foundIn('staging')).toContain('UPSTREAM_URI');
    expect(contents(refused)).toEqual(before);
  });

  it('refuses what is no Postern, and leaves no scratch folder behind', async () => {
    const before = contents(folder);
    const { code, stderr } = await update(folder, tarballs.wrangler, '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain('is no Postern');
    expect(contents(folder)).toEqual(before);
    expect(readdirSync(tmpdir()).filter((name) => /^postern-update-(?!e2e)/.test(name))).toEqual([]);
  });
});
