// The files of an installation: wrangler.toml with its environments, postern.toml beside it, the secrets that are known here.
// Wrangler's own reader is used, so that they mean here what they mean to a deployment.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { isTable } from '../../src/config/values.ts';
import { UsageError } from '../support/failure.ts';
import { loadWrangler } from '../support/load-wrangler.ts';
import { type PosternFile, parsePosternFile } from './postern-file.ts';
import type { WranglerConfig } from './wrangler-config.ts';

export const POSTERN_FILE = 'postern.toml';

export interface Place {
  /** Path of wrangler.toml; by default Wrangler looks for it. */
  readonly config?: string | undefined;
  /** Wrangler's named environment; by default CLOUDFLARE_ENV, as Wrangler has it. */
  readonly env?: string | undefined;
  /** Secrets that go up with a deployment, instead of those in .dev.vars. */
  readonly 'secrets-file'?: string | undefined;
}

export interface Files {
  /** Of wrangler.toml. */
  readonly path: string;
  /** Named in wrangler.toml. */
  readonly environments: readonly string[];
  /** Missing where there is no postern.toml. */
  readonly postern: PosternFile | undefined;
  /** `undefined`: the top of the file. */
  readonly readWrangler: (env: string | undefined) => WranglerConfig;
  /** What .dev.vars, or the file named for a deployment, holds. */
  readonly readLocal: (env: string | undefined, secretsFile?: string) => Promise<Readonly<Record<string, string>>>;
}

export async function openFiles({ config }: Place): Promise<Files> {
  const { experimental_readRawConfig: readRaw, unstable_readConfig, unstable_getVarsForDev } = await loadWrangler();
  const name = config ?? 'wrangler.toml';
  const raw = read(name, () => readRaw(config === undefined ? {} : { config }));
  const path = raw.configPath;
  if (path === undefined) throw new UsageError('there is no wrangler.toml here: --config FILE names one');
  const beside = join(dirname(path), POSTERN_FILE);
  const isThere = (await readIfThere(beside)) !== undefined;
  const postern = isThere ? read(beside, () => readRaw({ config: beside }).rawConfig) : undefined;
  const environments = isTable(raw.rawConfig.env) ? Object.keys(raw.rawConfig.env) : [];
  return {
    path,
    environments,
    postern: postern && parsePosternFile(postern as Readonly<Record<string, unknown>>, environments),
    readWrangler: (env = '') =>
      read(name, () => unstable_readConfig({ config: path, env }, { hideWarnings: true }) as WranglerConfig),
    readLocal: async (env, secretsFile) => {
      if (secretsFile !== undefined) return readSecrets(secretsFile);
      const found = Object.entries(read('.dev.vars', () => unstable_getVarsForDev(path, undefined, {}, env, true)));
      return Object.fromEntries(found.map(([key, { value }]) => [key, String(value)]));
    },
  };
}

function read<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new UsageError(`${what} can’t be read: ${textOf(cause)}`);
  }
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { location } = cause as Error & { location?: { line?: number; lineText?: string } };
  const line = location?.line === undefined ? '' : ` (line ${location.line}: ${location.lineText?.trim() ?? ''})`;
  return cause.message.trim() + line;
}

/** An environment that is not there has Wrangler fall back to the top of the file, which is another gateway. */
export function selectEnvironment({ environments }: Files, { env }: Place): string | undefined {
  const chosen = (env ?? process.env['CLOUDFLARE_ENV']) || undefined;
  if (chosen === undefined || environments.includes(chosen)) return chosen;
  const there = environments.length > 0 ? `there are ${environments.join(', ')}` : 'it has no environments';
  throw new UsageError(`wrangler.toml has no [env.${chosen}]: ${there}`);
}

/** JSON, or as .dev.vars is written: what Wrangler takes. */
async function readSecrets(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8');
  if (!text.trimStart().startsWith('{')) return parseEnv(text) as Record<string, string>;
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    // The parser's message quotes what it read.
    throw new UsageError(`${path} is neither JSON nor written as .dev.vars is`);
  }
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    // Of a folder that is read, Node does not say which
    throw cause instanceof Error ? Object.assign(cause, { path }) : cause;
  }
}
