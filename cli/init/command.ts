// The command `init`: from arguments to a folder that is ready, and what to do next.

import { mkdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import { withProgress } from '../support/progress.ts';
import type { RunInFolder } from '../support/run-program.ts';
import { quoteWord } from '../support/shell-words.ts';
import type { System } from '../support/system.ts';
import { type Answers, parseAnswers } from './answers.ts';
import { assertEmpty, writeFiles } from './folder.ts';
import { obtainPackage, type PackageSource, parseSource } from './package-source.ts';
import { loadPins } from './pins.ts';
import { scaffold } from './scaffold.ts';
import { loadTemplates } from './templates.ts';

export interface InitSurroundings {
  /** Where the Postern that is running came from. */
  readonly findSource: () => Promise<PackageSource>;
  readonly runNpm: RunInFolder;
}

const HELP = `init: makes the folder of a gateway, with everything in it

  npx postern init my-gateway
  npx postern init .

The folder must be empty (a .git may be in it) or new. It asks nothing; what is not given here stands in wrangler.toml as the demo
has it, and setup asks for it later.

  --name NAME      of the worker; default the folder's
  --url URL        public URL of the gateway (or the whole callback URL)
  --upstream URL   the application behind it
  --domain URL     ZITADEL's domain, the issuer
  --package SPEC   the Postern to use, instead of the one that runs: a tarball, or what package.json takes (1.2.3)
  --no-install     does not run npm install
  --json           result as JSON
  --help

Exit codes: 0 done, 1 it did not work, 2 the command makes no sense`;

export const INIT_OPTIONS = {
  name: { type: 'string' },
  url: { type: 'string' },
  upstream: { type: 'string' },
  domain: { type: 'string' },
  package: { type: 'string' },
  'no-install': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type InitFlags = ReturnType<typeof parseArgs<{ options: typeof INIT_OPTIONS }>>['values'];

interface Made {
  readonly folder: string;
  readonly files: readonly string[];
  /** What package.json says for `postern`. */
  readonly package: string;
  readonly installed: boolean;
  readonly next: readonly string[];
}

export async function runInit(
  args: readonly string[],
  system: System,
  surroundings: InitSurroundings,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: INIT_OPTIONS, allowPositionals: true });
    if (values.help) {
      system.print(HELP);
      return 0;
    }
    const [target, ...others] = positionals;
    if (target === undefined || target === '')
      throw new UsageError('the folder is missing', ['npx postern init my-gateway, or . for this folder']);
    if (others.length > 0) throw new UsageError(`one folder at a time: ${others.join(' ')}`);
    const made = await init(target, values, system, surroundings);
    system.print(values.json ? JSON.stringify({ ok: true, ...made }, null, 2) : describe(made, target, system));
    return 0;
  } catch (cause) {
    return reportFailure('init', cause, system, args.includes('--json'));
  }
}

async function init(target: string, flags: InitFlags, system: System, surroundings: InitSurroundings): Promise<Made> {
  const { findSource, runNpm } = surroundings;
  const folder = resolve(target);
  const answers: Answers = parseAnswers(flags, folder);
  const source = flags.package === undefined ? await findSource() : await parseSource(flags.package);
  await assertEmpty(folder);
  const [templates, pins] = [await loadTemplates(), await loadPins()];
  await mkdir(folder, { recursive: true });
  const { spec, tarball } = await obtainPackage(source, folder, runNpm);
  const written = await writeFiles(folder, scaffold(templates, { pins, answers, postern: spec }));
  const isInstalled = !flags['no-install'];
  if (isInstalled) await withProgress(system, 'installing', () => install(folder, target, runNpm));
  return {
    folder,
    files: [...written, ...(tarball === undefined ? [] : [tarball])].sort(),
    package: spec,
    installed: isInstalled,
    next: nextCommands(folder, isInstalled),
  };
}

async function install(folder: string, target: string, runNpm: RunInFolder): Promise<void> {
  const { code, stdout, stderr } = await runNpm(['install', '--no-audit', '--no-fund'], folder);
  if (code === 0) return;
  const said = (stdout + stderr).split('\n').filter((line) => line.trim() !== '');
  throw new CommandError(`${target} is written, but npm install has failed`, {
    hints: [...said.slice(-8), `once that is mended: ${[...changeFolder(folder), 'npm install'].join(' && ')}`],
  });
}

function nextCommands(folder: string, isInstalled: boolean): readonly string[] {
  return [...changeFolder(folder), ...(isInstalled ? [] : ['npm install']), 'npm run demo'];
}

function changeFolder(folder: string): readonly string[] {
  const way = relative(process.cwd(), folder);
  return way === '' ? [] : [`cd ${quoteWord(way)}`];
}

function describe({ files, next }: Made, target: string, system: System): string {
  const { strong, quiet } = createLook(system.hasColour.print);
  return `${strong(target)} has ${files.length} files; README.md says what they are.

${next.map((line) => `  ${line}`).join('\n')}

${quiet('The demo is the gateway with a stand-in for ZITADEL. Then: npx postern setup, with a ZITADEL of your own.')}`;
}
