// Code blocks of a documentation page as files, so that what people copy is what a test runs. A block's first lines name its file.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface DocumentedFiles {
  readonly folder: string;
  add(name: string, text: string): void;
  remove(): void;
}

const BLOCK = /```\w+\n((?:<\?php\n)?(?:\/\/|#) ([\w.]+\.\w+)\n[\s\S]*?)```/g;

/** Inside the project, where the blocks find its packages. `changes`: what the page tells the reader to change; each must be there. */
export function writeDocumented(page: string, changes: Readonly<Record<string, string>>): DocumentedFiles {
  const text = readFileSync(page, 'utf8');
  mkdirSync('test-results', { recursive: true });
  const folder = mkdtempSync(resolve('test-results', 'documented-'));
  for (const [, block = '', name = ''] of text.matchAll(BLOCK)) {
    writeFileSync(join(folder, name), change(block, changes));
  }
  for (const old of Object.keys(changes)) if (!text.includes(old)) throw new Error(`${page} does not say ${old}`);
  return {
    folder,
    add: (name, content) => writeFileSync(join(folder, name), content),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function change(block: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((changed, [old, now]) => changed.replaceAll(old, now), block);
}
