// What could be committed in an operator's folder by mistake: no file that a command writes, a document names, or ZITADEL hands out.

import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTemplates } from '../../cli/init/templates.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Arguments that are files with a secret in them. */
const SECRET_FLAGS =
  /--(?:key|service-key|pat-file|password-file|secrets-file)[= ]["']?([\w./-]*(?:\.|key|secret|password|token)[\w./-]*)/g;
const SECRET_NAMES = /(?<![\w-])(\.(?:dev\.vars|secrets|env)(?:\.[a-z]+)*)(?![\w-])/g;
/** Elsewhere than in the folder, no file at all, or kept there on purpose. */
const NONE = ['.dev.vars.example', '.env'];

function namedFiles(): readonly string[] {
  const files = globSync(['docs/*.md', 'README.md', 'cli/**/*.ts', 'templates/operator/**', '.dev.vars.example'], {
    cwd: ROOT,
  }).filter((path) => /\.(?:md|ts|toml|yml|example)$/.test(path));
  const texts = files.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  const named = [...texts.matchAll(SECRET_FLAGS), ...texts.matchAll(SECRET_NAMES)].map(([, name = '']) => name);
  return [...new Set(named.filter((name) => !NONE.includes(name)).map((name) => basename(name)))].sort();
}

describe('.gitignore of the operator’s folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-ignored-'));
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    copyFileSync(join(ROOT, 'templates/operator/gitignore'), join(folder, '.gitignore'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Of these paths, those that git would take. */
  function taken(paths: readonly string[]): readonly string[] {
    const { stdout } = runGit(['check-ignore', '--stdin', '--verbose', '--non-matching', '--no-index'], paths);
    return stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('::') || /^[^\t]*:!/.test(line))
      .map((line) => line.split('\t')[1] ?? '');
  }

  function runGit(args: readonly string[], lines: readonly string[]): { stdout: string } {
    try {
      return { stdout: execFileSync('git', args, { cwd: folder, input: lines.join('\n'), encoding: 'utf8' }) };
    } catch (cause) {
      // 1: none of them is ignored
      return cause as { stdout: string };
    }
  }

  it('covers every name that the documents and the commands give to a file with a secret', () => {
    const names = namedFiles();
    for (const name of ['.dev.vars', '.dev.vars.staging', '.secrets', '.secrets.staging', 'service-account.json'])
      expect(names).toContain(name);
    expect(taken(names)).toEqual([]);
  });

  it.each([
    ['key files as ZITADEL’s console names them', ['249703852243222581.json', 'keys/249703852243222581.json']],
    ['key files as people name them', ['client-key.json', 'api_key.json', 'assertion.jwk', 'app.pem']],
    ['environments of every name', ['.dev.vars.production', '.secrets.eu-west', '.env.local']],
    ['what is built and installed', ['.postern/variables.json', '.wrangler/state', 'node_modules/x', 'dist/index.js']],
  ])('covers %s', (_, names) => {
    expect(taken(names)).toEqual([]);
  });

  it('leaves every file of the folder to be committed, the lock and a tarball, too', async () => {
    const paths = [
      ...(await loadTemplates()).map(({ path }) => path),
      ...['.dev.vars.example', 'package-lock.json', 'vendor/postern-0.1.0.tgz'],
    ];
    expect(taken(paths)).toEqual(paths);
  });
});
