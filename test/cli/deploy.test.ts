// `deploy`: nothing goes up that the files show to be wrong; else Wrangler does it, and its end is the command's.

import { describe, expect, it } from 'vitest';
import { runDeploy } from '../../cli/deploy/command.ts';
import { createInstallation } from '../../cli/installation/installation.ts';
import { runProgram } from '../../cli/support/run-program.ts';
import { type Bed, createBed, createSystem } from './doctor-bed.ts';

function start(bed: Bed = createBed(), wranglerCode = 0) {
  const printed: string[] = [];
  const told: string[] = [];
  const calls: (readonly string[])[] = [];
  const run = (...args: string[]) =>
    runDeploy(args, createSystem(bed, printed, told), {
      load: async () => createInstallation(bed.wrangler, bed.values),
      runWrangler: async (given) => {
        calls.push(given);
        return wranglerCode;
      },
    });
  return { run, calls, printed, told };
}

describe('npx postern deploy', () => {
  it('deploys what is sound, with what was said of it', async () => {
    const { run, calls, printed } = start();
    expect(await run('--env', 'staging', '--message', 'new roles')).toBe(0);
    expect(calls).toEqual([['deploy', '--env', 'staging', '--message', 'new roles']]);
    expect(printed.join('\n')).toContain('npx postern doctor');
  });

  it('asks neither ZITADEL nor the gateway', async () => {
    const bed = createBed();
    await start(bed).run();
    expect(bed.harness.zitadel.calls.list).toEqual([]);
  });

  it('deploys nothing while a check of the files fails', async () => {
    const bed = createBed();
    Object.assign(bed.wrangler, { workers_dev: true });
    const { run, calls, printed, told } = start(bed);
    expect(await run()).toBe(1);
    expect(calls).toEqual([]);
    expect(printed.join('\n')).toContain('→ workers_dev = false');
    expect(told.join('\n')).toContain('nothing was deployed');
  });

  it('a gateway whose address is on loopback is not deployed', async () => {
    const bed = createBed();
    Object.assign(bed.values, { ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback' });
    const { run, calls } = start(bed);
    expect(await run()).toBe(1);
    expect(calls).toEqual([]);
  });

  it('is not hindered by secrets that are only deployed', async () => {
    const bed = createBed();
    for (const name of ['SESSION_SECRET', 'OPERATOR_SECRET', 'UPSTREAM_SECRET']) delete bed.values[name];
    const { run, calls } = start(bed);
    expect(await run('--secrets-file', '.secrets')).toBe(0);
    expect(calls).toEqual([['deploy', '--secrets-file', '.secrets']]);
  });

  it('fails where Wrangler fails', async () => {
    const { run, told } = start(undefined, 7);
    expect(await run()).toBe(1);
    expect(told.join('\n')).toContain('Wrangler ended with code 7');
  });

  it('wrong arguments: exit 2, and nothing done', async () => {
    const { run, calls } = start();
    expect(await run('--prod')).toBe(2);
    expect(calls).toEqual([]);
  });

  it('--dry-run builds the real thing with the installed Wrangler, which needs no account and no id of the namespace', {
    timeout: 60_000,
  }, async () => {
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' };
    const { code, stdout, stderr } = await runProgram(process.execPath, ['bin/postern.js', 'deploy', '--dry-run'], {
      env,
    });
    const output = stdout + stderr;
    expect(output).toContain('--dry-run: exiting now.');
    expect(output).toMatch(/env\.SESSIONS .*KV Namespace/);
    expect(output).toMatch(/^ok +bindings +KV SESSIONS/m);
    expect(code).toBe(0);
  });
});
