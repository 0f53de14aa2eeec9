// The [env.staging] of docs/deploy.md, as it stands there: deployed by Wrangler itself (dry), looked at by doctor and explain.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { checkBindings, checkConfiguration } from '../../cli/doctor/configuration.ts';
import { checkAddresses, checkRoutes } from '../../cli/doctor/exposure.ts';
import { checkLimits } from '../../cli/doctor/limits.ts';
import { checkVariablesModule } from '../../cli/doctor/variables-module.ts';
import { explainRequest } from '../../cli/explain/explanation.ts';
import { createQuestion } from '../../cli/explain/question.ts';
import { loadInstallation } from '../../cli/installation/installation.ts';
import { writeDocumented } from '../support/documented.ts';

const files = writeDocumented('docs/deploy.md', {});
afterAll(() => files.remove());
const config = join(files.folder, 'wrangler.toml');
const [top = ''] = readFileSync('wrangler.toml', 'utf8').split('[[vars.ROUTES]]');
const above = top.replace('"src/index.ts"', '"../../src/index.ts"').replace('bin/postern.js', '../../bin/postern.js');
files.add('wrangler.toml', above + readFileSync(config, 'utf8'));
const place = { config, env: 'staging' };

async function deploy(...args: string[]): Promise<{ code: number; output: string }> {
  const options = { cwd: files.folder, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      'wrangler',
      ['deploy', '--dry-run', '--outdir', 'out', ...args],
      options,
    );
    return { code: 0, output: stdout + stderr };
  } catch (cause) {
    const { code, stdout, stderr } = cause as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

describe('docs/deploy.md: several environments', { timeout: 60_000 }, () => {
  it('Wrangler builds it, with the tables of postern.toml in the worker', async () => {
    const { code, output } = await deploy('--env', 'staging');
    expect(output).toMatch(/env\.POSTERN_ENV \("staging"\)/);
    expect(output).toMatch(/env\.SESSIONS .*KV Namespace/);
    expect(code).toBe(0);
    expect(readFileSync(join(files.folder, 'out/index.js'), 'utf8')).toMatch(
      /staging:\{ROLE_MAP:\{testers:"admin"\}\}/,
    );
  });

  it('and nothing when the environment does not say which one it is', async () => {
    const text = readFileSync(config, 'utf8');
    files.add('wrangler.toml', text.replace('POSTERN_ENV = "staging"\nUPSTREAM', 'UPSTREAM'));
    const { code, output } = await deploy('--env', 'staging');
    files.add('wrangler.toml', text);
    expect(output).toContain('POSTERN_ENV = "staging" in [env.staging.vars]');
    expect(code).not.toBe(0);
  });

  it('doctor finds nothing wrong with it', async () => {
    const installation = await loadInstallation(place);
    const findings = [
      ...checkConfiguration(installation),
      ...checkVariablesModule(installation),
      ...checkLimits(installation),
      ...checkBindings(installation),
      ...checkAddresses(installation),
      ...checkRoutes(installation, true),
    ];
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ found }) => found)).toContain('staging.example.com leads to the gateway');
  });

  it.each([
    ['/assets/logo.svg', [], 'allow'],
    ['/admin/users', ['admin'], 'allow'],
    ['/admin/users', [], 'refuse'],
  ])('explain %s with %j: %s', async (path, roles, kind) => {
    const { config: loaded } = await loadInstallation(place);
    expect(loaded?.roleMap).toEqual({ testers: 'admin' });
    const question = createQuestion('GET', path, { roles });
    expect(loaded && explainRequest(loaded, question).decision).toMatchObject({ kind });
  });
});
