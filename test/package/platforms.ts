// `npm run check:platforms`: the lock file serves every platform, and both lines of npm leave it as it is.
// Scratch folders only: what is installed for another platform could not run here. Needs the registry.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** The tools that have a program for each platform; the rest of the lock is not installed again for each. */
const TOOLS = ['wrangler', '@biomejs/biome'];

/** Flags of npm, and the packages that they must bring. */
const PLATFORMS: readonly (readonly [flags: readonly string[], platform: string, workerd: string])[] = [
  [['--os=darwin', '--cpu=arm64'], 'darwin-arm64', 'darwin-arm64'],
  [['--os=darwin', '--cpu=x64'], 'darwin-x64', 'darwin-64'],
  [['--os=linux', '--cpu=arm64'], 'linux-arm64', 'linux-arm64'],
  [['--os=win32', '--cpu=x64'], 'win32-x64', 'windows-64'],
  [[], `${process.platform}-${process.arch}`, `${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`],
];

/** Another npm than the one here is had from the registry. */
const NPMS = ['npm', 'npm@10', 'npm@11'];

function inScratch<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'postern-platforms-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(join(ROOT, name), join(folder, name));
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string, command: string, ...args: string[]): string {
  // As in a container, where npm would leave the tools out.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env });
  return status === 0 ? '' : `${command} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`;
}

function installFor(flags: readonly string[], platform: string, workerd: string): string {
  return inScratch((folder) => {
    const place = join(folder, 'package.json');
    const { devDependencies, ...rest } = JSON.parse(readFileSync(place, 'utf8'));
    const few = Object.fromEntries(TOOLS.map((name) => [name, devDependencies[name]]));
    writeFileSync(place, JSON.stringify({ ...rest, devDependencies: few }));
    const problem = run(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags);
    const wanted = [`@cloudflare/workerd-${workerd}`, `@esbuild/${platform}`, `@biomejs/cli-${platform}`];
    const missing = wanted.filter((name) => !existsSync(join(folder, 'node_modules', name)));
    return problem || (missing.length > 0 ? `without ${missing.join(', ')}` : '');
  });
}

function leavesLockAlone(npm: string): string {
  return inScratch((folder) => {
    const lock = () => readFileSync(join(folder, 'package-lock.json'), 'utf8');
    const before = lock();
    const problem = run(
      folder,
      'npx',
      '--yes',
      npm,
      'install',
      '--package-lock-only',
      '--ignore-scripts',
      '--no-audit',
    );
    return problem || (lock() === before ? '' : 'package-lock.json has changed');
  });
}

const results = [
  ...PLATFORMS.map((row) => [`install ${row[0].join(' ') || '--ignore-scripts'}`, installFor(...row)] as const),
  ...NPMS.map((npm) => [`${npm} leaves package-lock.json as it is`, leavesLockAlone(npm)] as const),
];
for (const [title, problem] of results) console.log(problem === '' ? `ok     ${title}` : `failed ${title}: ${problem}`);
process.exit(results.every(([, problem]) => problem === '') ? 0 : 1);
