// `npx postern setup --dry-run` makes no call; `--remote` gives the secrets to Wrangler.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, CONFIG, createBed, everything } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

describe('postern setup --dry-run prints each call and makes none', () => {
  it('of a first run, without a secret', async () => {
    const { code, out } = await bed.setup(['--dry-run', ...everything(bed), '--password-file', await password()]);
    expect(code).toBe(0);
    expect(bed.zitadel.store.projects.size).toBe(0);
    const planned = out.split('\n').filter((line) => line.startsWith('would call'));
    expect(planned.map((line) => line.replace(/^would call POST https?:\/\/[^/]+\/(\S+).*/, '$1'))).toEqual([
      'zitadel.project.v2.ProjectService/CreateProject',
      'zitadel.project.v2.ProjectService/AddProjectRole',
      'zitadel.project.v2.ProjectService/AddProjectRole',
      'zitadel.application.v2.ApplicationService/CreateApplication',
      'zitadel.application.v2.ApplicationService/CreateApplication',
      'zitadel.application.v2.ApplicationService/CreateApplicationKey',
      'v2/users/new',
      'v2/users/‹user',
      'v2/users/new',
      'zitadel.authorization.v2.AuthorizationService/CreateAuthorization',
      'zitadel.authorization.v2.AuthorizationService/CreateAuthorization',
    ]);
    expect(out).toContain('"projectRoleAssertion":true');
    expect(out).not.toContain('correct horse');
    expect(out).toContain('nothing was changed');
    await expect(bed.read('.dev.vars')).rejects.toThrow('ENOENT');
    expect(await bed.read(CONFIG)).not.toContain(bed.domain);
  });

  it('of a second run: nothing to change', async () => {
    await bed.setup(everything(bed));
    const { out } = await bed.setup(['--dry-run', ...everything(bed)]);
    expect(out).not.toContain('would call');
    expect(out).toContain('Nothing to change');
  });

  async function password(): Promise<string> {
    await bed.write('password', 'correct horse battery');
    return bed.path('password');
  }
});

describe('postern setup --remote gives secrets to Wrangler', () => {
  function wrangler(existing: readonly string[]) {
    const puts = new Map<string, string>();
    const calls: string[] = [];
    const runWrangler = async (args: readonly string[], input = '') => {
      calls.push(args.join(' '));
      if (args[1] === 'put') puts.set(args[2] ?? '', input);
      const names = [...existing, ...puts.keys()].map((name) => ({ name, type: 'secret_text' }));
      return { code: 0, stdout: JSON.stringify(names), stderr: '' };
    };
    return { puts, calls, runWrangler };
  }

  it('by standard input, never as an argument, and not into .dev.vars', async () => {
    const { puts, calls, runWrangler } = wrangler([]);
    const { code, out } = await bed.setup(['--remote', '--api'], { runWrangler });
    expect(code).toBe(0);
    expect([...puts.keys()]).toEqual(['SESSION_SECRET', 'ZITADEL_API_KEY']);
    expect(puts.get('SESSION_SECRET')).toMatch(/^[0-9a-f]{64}$/);
    for (const secret of puts.values()) expect(`${calls.join()}${out}`).not.toContain(secret);
    await expect(bed.read('.dev.vars')).rejects.toThrow('ENOENT');
    const second = await bed.setup(['--remote', '--api'], { runWrangler });
    expect(second.out).toContain('Nothing to change');
    expect(puts.size).toBe(2);
  });

  it('a worker that was never deployed has no secrets yet', async () => {
    const { puts, runWrangler } = wrangler([]);
    const failing: typeof runWrangler = async (args, input) =>
      args[1] === 'list'
        ? { code: 1, stdout: '', stderr: '✘ [ERROR] A request failed. This Worker does not exist [code: 10007]' }
        : await runWrangler(args, input);
    expect((await bed.setup(['--remote'], { runWrangler: failing })).code).toBe(0);
    expect(puts.has('SESSION_SECRET')).toBe(true);
  });

  it('Wrangler that is not signed in: 1, with what to do', async () => {
    const runWrangler = async () => ({
      code: 1,
      stdout: '',
      stderr: '✘ [ERROR] You are not authenticated\n    at stack',
    });
    const { code, err } = await bed.setup(['--remote'], { runWrangler });
    expect(code).toBe(1);
    expect(err).toContain('You are not authenticated');
    expect(err).toContain('npx wrangler whoami');
    expect(err).not.toContain('at stack');
  });
});
