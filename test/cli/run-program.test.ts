// Running a program to its end: its code, what it wrote, what it is told; and what a further npm is not told.

import { describe, expect, it } from 'vitest';
import { withoutNpmCall } from '../../cli/support/npm-environment.ts';
import { runProgram } from '../../cli/support/run-program.ts';

const node = (script: string, options: Parameters<typeof runProgram>[2] = {}) =>
  runProgram(process.execPath, ['-e', script], options);

describe('running a program', () => {
  it('returns its exit code and both of its outputs apart', async () => {
    const script = "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 3";
    expect(await node(script)).toEqual({ code: 3, stdout: 'out', stderr: 'err' });
  });

  it('returns 1 for one that a signal has ended', async () => {
    expect((await node("process.kill(process.pid, 'SIGKILL')")).code).toBe(1);
  });

  it('returns 127 and the reason where there is no such program', async () => {
    const stderr = expect.stringContaining('ENOENT');
    expect(await runProgram('postern-no-such-program', [])).toEqual({ code: 127, stdout: '', stderr });
  });

  it('keeps a character whole that comes in two pieces', async () => {
    const script = `process.stdout.write(Buffer.from([0xe2, 0x82]), () => setImmediate(() => process.stdout.write(Buffer.from([0xac]))))`;
    expect((await node(script)).stdout).toBe('€');
  });

  it('gives it the input, and an input that is at its end where there is none', async () => {
    const echo = 'process.stdin.pipe(process.stdout)';
    expect((await node(echo, { input: 'secret' })).stdout).toBe('secret');
    expect((await node(echo)).stdout).toBe('');
  });

  it('is not disturbed by one that ends before it has read its input', async () => {
    expect((await node('process.exit(0)', { input: 'x'.repeat(1 << 20) })).code).toBe(0);
  });

  it('runs in the folder and with the environment that are given', async () => {
    const script = 'process.stdout.write([process.cwd(), process.env.ONLY, process.env.HOME].join())';
    expect((await node(script, { cwd: '/', env: { ONLY: 'this' } })).stdout).toBe('/,this,');
  });
});

describe('the environment of a further npm', () => {
  it.each([
    'npm_command',
    'npm_execpath',
    'npm_lifecycle_event',
    'npm_package_json',
    'npm_config_local_prefix',
    'npm_config_prefix',
    'npm_config_global',
    'npm_config_location',
    'npm_config_package',
    'npm_config_call',
    'npm_config_workspace',
    'npm_config_workspaces',
    'npm_config_dry_run',
    'npm_config_json',
    'npm_config_yes',
    'NPM_CONFIG_DRY_RUN',
  ])('lacks %s, which is about the call that runs us', (name) => {
    expect(withoutNpmCall({ [name]: 'x' })).toEqual({});
  });

  it.each(['npm_config_registry', 'npm_config_userconfig', 'npm_config_cache', 'NPM_TOKEN', 'PATH', 'my_npm_command'])(
    'keeps %s, which the operator has set',
    (name) => {
      expect(withoutNpmCall({ [name]: 'x' })).toEqual({ [name]: 'x' });
    },
  );
});
