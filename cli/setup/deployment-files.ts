// The files that a set-up reads and writes: wrangler.toml, .dev.vars beside it, and key files that only their owner may read.

import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfThere } from '../installation/files.ts';
import { CommandError } from '../support/failure.ts';

export interface DeploymentPlace {
  /** wrangler.toml */
  readonly config: string;
  /** Wrangler's named environment. */
  readonly env?: string | undefined;
}

const OWNER_ONLY = 0o600;

export const tableOfVariables = ({ env }: DeploymentPlace): string => (env === undefined ? 'vars' : `env.${env}.vars`);

export function secretsFile({ config, env }: DeploymentPlace): string {
  return join(dirname(config), env === undefined ? '.dev.vars' : `.dev.vars.${env}`);
}

export async function readConfigFile({ config }: DeploymentPlace): Promise<string> {
  const text = await readIfThere(config);
  if (text !== undefined) return text;
  throw new CommandError(`there is no ${config}`, {
    code: 2,
    hints: ['run this in Postern’s folder, or name the file: --config FILE'],
  });
}

export async function writeConfigFile({ config }: DeploymentPlace, text: string): Promise<void> {
  await writeFile(config, text);
}

/** An older file may be open to others: it is closed before anything secret is in it. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) !== undefined) await chmod(path, OWNER_ONLY);
  await writeFile(path, text, { mode: OWNER_ONLY });
}
