// Where secrets go: into .dev.vars, or to Cloudflare by `wrangler secret put`, where they can't be read again.

import { readIfThere } from '../installation/files.ts';
import { CommandError } from '../support/failure.ts';
import { withProgress } from '../support/progress.ts';
import type { System } from '../support/system.ts';
import { type DeploymentPlace, secretsFile, writeSecretFile } from './deployment-files.ts';
import { readSecret, setSecret } from './dev-vars-text.ts';

export interface SecretStore {
  readonly place: string;
  /** `unseen`: there is one, and nobody can say which. */
  judge(name: string, isGood: (value: string) => boolean): Promise<'good' | 'missing' | 'unseen'>;
  put(name: string, value: string): Promise<void>;
}

const HEAD = '# Secrets for local runs; never committed. Deployed, each of them is set by: wrangler secret put NAME\n';

export function createLocalSecrets(place: DeploymentPlace): SecretStore {
  const path = secretsFile(place);
  return {
    place: path,
    judge: async (name, isGood) => {
      const value = readSecret((await readIfThere(path)) ?? '', name);
      return value !== undefined && isGood(value) ? 'good' : 'missing';
    },
    put: async (name, value) => writeSecretFile(path, setSecret((await readIfThere(path)) ?? HEAD, name, value)),
  };
}

/** Cloudflare's code for a worker that was never deployed. */
const NO_SUCH_WORKER = /\b10007\b/;

export function createRemoteSecrets(system: System, { config, env }: DeploymentPlace): SecretStore {
  const where = ['--config', config, ...(env === undefined ? [] : ['--env', env])];
  let names: Promise<readonly string[]> | undefined;
  const run = (doing: string, args: readonly string[], input?: string) =>
    withProgress(system, doing, () => system.runWrangler([...args, ...where], input));

  async function listNames(): Promise<readonly string[]> {
    const { code, stdout, stderr } = await run('asking Cloudflare', ['secret', 'list', '--format', 'json']);
    if (code !== 0 && NO_SUCH_WORKER.test(stdout + stderr)) return [];
    if (code !== 0) throw wranglerError('wrangler secret list', stdout + stderr);
    return [...stdout.matchAll(/"name":\s*"([^"]+)"/g)].map(([, name]) => name ?? '');
  }

  return {
    place: 'Cloudflare',
    judge: async (name) => {
      names ??= listNames();
      return (await names).includes(name) ? 'unseen' : 'missing';
    },
    put: async (name, value) => {
      const { code, stdout, stderr } = await run(`storing ${name}`, ['secret', 'put', name], value);
      if (code !== 0) throw wranglerError(`wrangler secret put ${name}`, stdout + stderr);
    },
  };
}

function wranglerError(command: string, output: string): CommandError {
  const said = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /error/i.test(line));
  return new CommandError(`${command} failed: ${said[0] ?? 'it gave no reason'}`, {
    hints: ['is Wrangler signed in? npx wrangler whoami'],
  });
}
