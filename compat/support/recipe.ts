// The settings of an application as its recipe in docs/recipes/ has them: a file's name in backticks and a colon, then its text in a block.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';

export interface Recipe {
  /**
   * The text of a file, with what is different here put in the place of what the document says.
   * Throws where the document does not say it: the scenario would then run on something else than the recipe.
   */
  file(name: string, changes?: Readonly<Record<string, string>>): string;
  /** `[vars]` of its wrangler.toml, read as Wrangler reads it. */
  variables(): Record<string, unknown>;
}

export function readRecipe(name: string): Recipe {
  const document = join('docs', 'recipes', `${name}.md`);
  const files = parseFiles(readFileSync(document, 'utf8'));
  const file: Recipe['file'] = (wanted, changes = {}) => {
    let text = files.get(wanted);
    if (text === undefined) throw new Error(`${document} has no \`${wanted}\`: with a block`);
    for (const [old, now] of Object.entries(changes)) {
      if (!text.includes(old)) throw new Error(`\`${wanted}\` of ${document} does not say ${old}`);
      text = text.replaceAll(old, now);
    }
    return text;
  };
  return { file, variables: () => parseVariables(file('wrangler.toml')) };
}

function parseFiles(document: string): ReadonlyMap<string, string> {
  const blocks = document.matchAll(/^`([^`\n]+)`[^\n]*:\n\n```\w*\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, file = '', text = '']) => [file, text]));
}

function parseVariables(toml: string): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-recipe-'));
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, toml);
  try {
    const { UPSTREAM_URL: _, ...variables } = unstable_readConfig({ config }, { hideWarnings: true }).vars;
    return variables;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
