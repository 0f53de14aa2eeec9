// The one command: its names, its help, what npm keeps of its flags, and completion in real shells.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, type Command } from '../../cli/commands.ts';
import { runPostern } from '../../cli/postern.ts';
import { findSwallowed } from '../../cli/support/swallowed-flags.ts';
import { createSystem } from '../../cli/support/this-system.ts';

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const printed: string[] = [];
  const told: string[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    prompts: undefined,
    env,
  };
  const code = await runPostern(args, system);
  return { code, printed: printed.join('\n'), told: told.join('\n') };
}

const names = Object.keys(COMMANDS);

describe('postern', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists every command for %j', async (args) => {
    const { code, printed } = await run(args);
    expect(code).toBe(0);
    for (const name of names) expect(printed).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });

  it.each(names)(
    '%s --help begins with its name, shows a call and its exit codes, and the exit code is 0',
    async (name) => {
      const { code, printed } = await run([name, '--help']);
      expect(code).toBe(0);
      expect(printed).toMatch(new RegExp(`^${name}: `));
      expect(printed).toContain(`postern ${name}`);
      expect(printed).toMatch(/^Exit codes: 0 .*2 the command makes no sense/m);
      expect(await run(['help', name])).toEqual({ code, printed, told: '' });
    },
  );

  it.each(names)('%s refuses a flag that nobody knows with exit code 2', async (name) => {
    const { code, told } = await run([name, '--no-such-flag']);
    expect(code).toBe(2);
    expect(told).toContain('--no-such-flag');
  });

  it.each(names)('%s --json that fails says so in JSON, where the command has that flag', async (name) => {
    const { options }: Command = await COMMANDS[name as keyof typeof COMMANDS].load();
    const { code, printed, told } = await run([name, '--json', '--no-such-flag']);
    expect(code).toBe(2);
    if (options['json'] === undefined) return;
    expect(JSON.parse(printed)).toEqual({ ok: false, error: expect.stringContaining('--no-such-flag'), hints: [] });
    expect(told).toBe('');
  });

  it('a command that does not exist has exit code 2 and the list of those that do', async () => {
    const { code, told } = await run(['docter']);
    expect(code).toBe(2);
    expect(told).toContain('there is no command docter');
    expect(told).toContain('doctor');
  });

  it.each([
    ['version', '--json'],
    ['--version', '--json'],
  ])('%s %s says which versions are here', async (...args) => {
    const { code, printed } = await run(args);
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toEqual({
      postern: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
      wrangler: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});

describe('a flag that npm has kept for itself', () => {
  const kept = (name: string) => ({ npm_lifecycle_event: name, npm_command: 'run' });

  it.each(
    names.flatMap((name) => ['dry-run', 'json', 'env', 'yes', 'all', 'tag'].map((flag) => [name, flag] as const)),
  )('npm run %s --%s does nothing and says how to hand it on, where the command has that flag', async (name, flag) => {
    const command: Command = await COMMANDS[name as keyof typeof COMMANDS].load();
    const option = command.options[flag];
    const env = { ...kept(name), [`npm_config_${flag.replace('-', '_')}`]: 'true' };
    const found = findSwallowed(command.options, [], env);
    const words = option?.type === 'string' ? `--${flag} …` : `--${flag}`;
    expect(found).toEqual(option === undefined ? undefined : { call: `npm run ${name}`, flags: [words] });
    if (option === undefined) return;
    const { code, printed, told } = await run([name], env);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(told).toContain(`npm run ${name} -- ${words}`);
  });

  it('npm create keeps flags, too, and of --no-install makes an empty setting', async () => {
    const env = { npm_command: 'init', npm_lifecycle_event: 'npx', npm_config_install: '', npm_config_url: 'x' };
    const { code, told } = await run(['init', 'my-gateway'], env);
    expect(code).toBe(2);
    expect(told).toContain('npm create postern@latest my-gateway -- --url … --no-install');
  });

  it('is no fault when it was handed on as well, when it is off, or without npm', () => {
    const options = { 'dry-run': { type: 'boolean' }, env: { type: 'string' } } as const;
    const npm = { ...kept('deploy'), npm_config_dry_run: 'true', npm_config_env: 'staging' };
    expect(findSwallowed(options, [], npm)?.flags).toEqual(['--dry-run', '--env …']);
    expect(findSwallowed(options, ['--dry-run', '--env=staging'], npm)).toBeUndefined();
    expect(findSwallowed(options, [], { ...npm, npm_config_dry_run: '', npm_config_env: '' })).toBeUndefined();
    expect(findSwallowed(options, [], { npm_config_dry_run: 'true' })).toBeUndefined();
  });

  it.each([
    ['deploy', 'dry-run', 'true', '--dry-run'],
    ['setup', 'dry-run', 'true', '--dry-run'],
    ['update', 'dry-run', 'true', '--dry-run'],
    ['deploy', 'env', 'staging', '--env …'],
    ['users', 'config', 'other/wrangler.toml', '--config …'],
    // What npx has for itself
    ['setup', 'yes', 'true', undefined],
    ['init', 'package', 'postern@1.2.3', undefined],
    ['deploy', 'message', 'Release %s', undefined],
  ])('npx with a flag before the name: %s --%s %s', async (name, flag, value, words) => {
    const env = { npm_lifecycle_event: 'npx', npm_command: 'exec', [`npm_config_${flag.replace('-', '_')}`]: value };
    const { options }: Command = await COMMANDS[name as keyof typeof COMMANDS].load();
    expect(findSwallowed(options, [], env)).toEqual(words && { call: undefined, flags: [words] });
    expect(findSwallowed(options, [`--${flag}`], env)).toBeUndefined();
    if (words === undefined) return;
    const { code, told } = await run([name], env);
    expect(code).toBe(2);
    expect(told).toContain(`npx postern ${name} ${words}`);
    expect(told).not.toContain('npm run');
  });

  it('real npm: npm run deploy --dry-run stops before anything is deployed', () => {
    const failed = () => execFileSync('npm', ['run', 'deploy', '--dry-run'], { encoding: 'utf8', stdio: 'pipe' });
    expect(failed).toThrow(/npm has kept --dry-run for itself, and nothing was done/);
  });
});

describe('completion', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-completion-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function scriptFor(shell: string): Promise<string> {
    const file = join(folder, shell);
    writeFileSync(file, (await run(['completion', shell])).printed);
    return file;
  }

  it('bash completes commands, first words and flags', async () => {
    const script = await scriptFor('bash');
    const complete = (...words: string[]) =>
      execFileSync('bash', [
        '-c',
        `. ${script}; COMP_WORDS=(postern ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _postern; echo "\${COMPREPLY[@]}"`,
      ])
        .toString()
        .trim();
    expect(complete('do')).toBe('doctor');
    expect(complete('users', 'gr')).toBe('grant');
    expect(complete('deploy', '--dry')).toBe('--dry-run');
  });

  it.skipIf(!existsSync('/usr/bin/fish'))('fish completes commands, first words and flags', async () => {
    const script = await scriptFor('fish');
    const complete = (line: string) =>
      execFileSync('fish', ['-c', `source ${script}; complete -C '${line}'`]).toString();
    expect(complete('postern do')).toMatch(/^doctor\t/m);
    expect(complete('postern users gr')).toMatch(/^grant/m);
    expect(complete('postern deploy --dry')).toMatch(/^--dry-run/m);
  });

  it.skipIf(!existsSync('/usr/bin/zsh'))('zsh takes the script and knows the command by it', async () => {
    const script = await scriptFor('zsh');
    const known = execFileSync(
      'zsh',
      ['-fc', `autoload -U compinit; compinit -u -D; . ${script}; echo $_comps[postern]`],
      {
        env: { ...process.env, ZDOTDIR: folder },
      },
    );
    expect(known.toString().trim()).toBe('_postern');
  });

  it('refuses a shell it has nothing for', async () => {
    expect(await run(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      told: expect.stringContaining('bash, zsh, fish'),
    });
  });
});
