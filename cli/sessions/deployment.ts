// Where the gateway is and what opens its operator's endpoints, where the command line does not say: wrangler.toml, .dev.vars.
// Design §1 ZITADEL_CALLBACK_URL (its folder is where the endpoints live), OPERATOR_SECRET.

import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

export interface Surroundings {
  readonly callbackUrl?: string | undefined;
  readonly operatorSecret?: string | undefined;
}

export async function loadSurroundings(): Promise<Surroundings> {
  const local = parseEnv(await readIfThere('.dev.vars'));
  const deployed = await readIfThere('wrangler.toml');
  const callbackUrl =
    local['ZITADEL_CALLBACK_URL'] ?? /^\s*ZITADEL_CALLBACK_URL\s*=\s*["']([^"']+)["']/m.exec(deployed)?.[1];
  return { callbackUrl, operatorSecret: local['OPERATOR_SECRET'] };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
