// A file with a list of sites: TOML as postern.toml has them, read by Wrangler's own reader, or the list as JSON.

import { readFile } from 'node:fs/promises';
import { isTable } from '../../src/config/values.ts';
import { UsageError } from '../support/failure.ts';
import { loadWrangler } from '../support/load-wrangler.ts';

export async function readSites(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8');
  const isToml = path.endsWith('.toml');
  const sites = isToml ? await sitesInToml(path) : parseJson(text, path);
  if (Array.isArray(sites)) return sites;
  throw new UsageError(isToml ? `${path}: [[vars.SITES]] is wanted, and nothing else` : `${path}: a list is wanted`);
}

async function sitesInToml(path: string): Promise<unknown> {
  const { experimental_readRawConfig: readRaw } = await loadWrangler();
  const raw: Readonly<Record<string, unknown>> = readToml(() => readRaw({ config: path }).rawConfig as never, path);
  const { vars, ...others } = raw;
  return isTable(vars) && Object.keys({ ...vars, ...others }).join() === 'SITES' ? vars['SITES'] : undefined;
}

function readToml<Result>(read: () => Result, path: string): Result {
  try {
    return read();
  } catch (cause) {
    throw new UsageError(`${path} can’t be read: ${(cause as Error).message.trim()}`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON`);
  }
}
