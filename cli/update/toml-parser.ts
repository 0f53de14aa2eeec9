// Wrangler's own reader of TOML, for a text: it reads files, so the text is one for a moment.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadWrangler } from '../support/load-wrangler.ts';

export async function loadTomlParser(scratch: string): Promise<(text: string) => Readonly<Record<string, unknown>>> {
  const { experimental_readRawConfig } = await loadWrangler();
  const file = join(scratch, 'wrangler.toml');
  return (text) => {
    writeFileSync(file, text);
    return experimental_readRawConfig({ config: file }).rawConfig as Readonly<Record<string, unknown>>;
  };
}
