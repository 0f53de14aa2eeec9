// An operator's folder on the disk, with an npm and a new version that do as a test says; real ones are in test/e2e/update.test.ts.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createSystem } from '../../../cli/support/this-system.ts';
import { runUpdate } from '../../../cli/update/command.ts';
import type { Release } from '../../../cli/update/release.ts';

const FIXTURE = new URL('../../fixtures/release-0.1.0/', import.meta.url);
export const OLD: Release = JSON.parse(readFileSync(new URL('schema.json', FIXTURE), 'utf8'));

export interface Published {
  readonly version: string;
  readonly name?: string;
  readonly release?: Partial<Release> | undefined;
  readonly isPostern?: boolean;
  readonly changelog?: string;
  readonly deprecated?: string;
}

export interface Bed {
  readonly root: string;
  /** What the registry and tarballs hold, by what is asked for. */
  readonly published: Map<string, Published>;
  /** Calls of npm, and of the new version's own command. */
  readonly calls: string[];
  /** What `npm install` in the operator's folder ends with. */
  installFails: boolean;
  /** Answers of the new version's command, by its first word. */
  readonly answers: Map<string, { code: number; stdout: string; stderr?: string }>;
  /** What the question is answered with; where it is none, there is no terminal. */
  confirms: boolean | (() => boolean) | undefined;
  read(name: string): string;
  write(name: string, text: string): void;
  run(...args: string[]): Promise<{ code: number; printed: string; told: string }>;
  remove(): void;
}

const ended = (code: number, stdout = '', stderr = '') => ({ code, stdout, stderr });

function install(
  place: string,
  { version, name = 'postern', isPostern = true, release, changelog = '# Changelog\n' }: Published,
) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'dist'), { recursive: true });
  const bin = isPostern ? { postern: 'bin/postern.js' } : {};
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version, bin }));
  writeFileSync(join(place, 'CHANGELOG.md'), changelog);
  if (release) writeFileSync(join(place, 'dist/schema.json'), JSON.stringify({ ...OLD, ...release, version }));
}

export function createBed(
  dependencies: Readonly<Record<string, string>> = { postern: '0.1.0', wrangler: '4.163.0', node: '24.0.0' },
): Bed {
  const root = mkdtempSync(join(tmpdir(), 'postern-update-bed-'));
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  write('package.json', JSON.stringify({ private: true, dependencies }));
  cpSync(new URL('wrangler.toml', FIXTURE), join(root, 'wrangler.toml'));
  for (const name of ['wrangler', 'node'])
    install(join(root, 'node_modules', name), { name, version: dependencies[name] ?? '1.0.0', isPostern: false });
  install(join(root, 'node_modules/postern'), { version: '0.1.0', release: OLD });
  const bed: Bed = {
    root,
    published: new Map(),
    calls: [],
    installFails: false,
    answers: new Map([['doctor', { code: 0, stdout: '{"ok":true,"findings":[]}' }]]),
    confirms: undefined,
    read: (name) => readFileSync(join(root, name), 'utf8'),
    write,
    run: (...args) => run(bed, args),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return bed;
}

/** A bed for each test, with three releases in the registry; returns how a test takes one with other dependencies. */
export function useBeds(take: (bed: Bed) => void): (dependencies?: Readonly<Record<string, string>>) => void {
  let bed: Bed;
  let cwd: string;
  const use = (dependencies?: Readonly<Record<string, string>>) => {
    bed = createBed(dependencies);
    process.chdir(bed.root);
    take(bed);
  };
  beforeEach(() => {
    cwd = process.cwd();
    use();
    bed.published.set('postern@latest', { version: '0.3.0', release: OLD });
    bed.published.set('postern@0.2.0', { version: '0.2.0', release: OLD });
    bed.published.set('postern@0.3.0', { version: '0.3.0', release: OLD });
  });
  afterEach(() => {
    process.chdir(cwd);
    bed.remove();
  });
  return use;
}

async function runNpm(bed: Bed, args: readonly string[], folder: string) {
  bed.calls.push(`npm ${args.join(' ')}`);
  const [verb, ...rest] = args;
  if (verb === 'view') {
    const found = bed.published.get(rest[0] ?? '');
    if (!found) return ended(1, '', 'npm error code E404');
    return ended(0, JSON.stringify(found.deprecated === undefined ? found.version : found));
  }
  if (folder === bed.root && bed.installFails) {
    for (const name of ['package.json', 'package-lock.json']) bed.write(name, 'half written');
    return ended(1, '', 'npm error ERESOLVE');
  }
  const asked = rest.filter((word) => !word.startsWith('-'));
  for (const word of asked) {
    const [, name = '', spec = ''] = /^([^@]+)@(.*)$/.exec(word) ?? [];
    const found = bed.published.get(spec) ?? bed.published.get(`${name}@${spec}`);
    if (found) install(join(folder, 'node_modules', name), found);
    else if (name === 'postern') return ended(1, '', `npm error ETARGET ${word}`);
  }
  if (folder === bed.root) bed.write('package.json', JSON.stringify({ written: asked }));
  else mkdirSync(join(folder, 'node_modules'), { recursive: true });
  return ended(0);
}

async function run(bed: Bed, args: readonly string[]) {
  const [printed, told]: [string[], string[]] = [[], []];
  const { confirms } = bed;
  const prompts = {
    confirm: async () => (typeof confirms === 'function' ? confirms() : confirms === true),
  } as unknown as ReturnType<typeof createSystem>['prompts'];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    hasColour: { print: false, tell: false },
    prompts: confirms === undefined ? undefined : prompts,
  };
  const code = await runUpdate(args, system, {
    root: bed.root,
    npm: (words, folder) => runNpm(bed, words, folder),
    node: async ([, word = '', ...rest]) => {
      bed.calls.push([word, ...rest].join(' '));
      return { stderr: '', ...(bed.answers.get(word) ?? { code: 0, stdout: '' }) };
    },
  });
  return { code, printed: printed.join('\n'), told: told.join('\n') };
}
