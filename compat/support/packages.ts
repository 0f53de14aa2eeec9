// The packages of an application: what is there, and how the rest is installed, outside the tree where the system has no place for it.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Room } from './application.ts';
import { buildProgram, type GoProgram, isBuilt } from './go-program.ts';

/** Those of PyPI and npm with their versions: `radicale==3.5.4`, `configurable-http-proxy@5.3.0`. */
export interface Packages {
  readonly debian?: readonly string[];
  readonly pip?: readonly string[];
  readonly npm?: readonly string[];
  readonly go?: GoProgram;
}

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'postern-compat');
const PYTHON = '/usr/bin/python3';
/** Those of PyPI go into an environment of their own. */
const debianOf = ({ debian = [], pip }: Packages) => (pip ? [...debian, 'python3-venv'] : debian);

export function roomOf(name: string): Room {
  return { folder: join(CACHE, name) };
}

export const python = (room: Room) => join(room.folder, 'venv', 'bin', 'python');

/** A program of a package of PyPI's or npm's. */
export function program(room: Room, name: string): string {
  const places = [join(room.folder, 'venv', 'bin', name), join(room.folder, 'node_modules', '.bin', name)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no program ${name} in ${room.folder}`);
  return found;
}

export function pipVersion(room: Room, name: string): string {
  const question = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return execFileSync(python(room), ['-c', question], { encoding: 'utf8' }).trim();
}

/** Without Debian's epoch and revision. */
export function debianVersion(name: string): string {
  const version = execFileSync('dpkg-query', ['-W', '-f', '$' + '{Version}', name], { encoding: 'utf8' });
  return version.replace(/^\d+:/, '').replace(/[-+~][^-]*$/, '');
}

/** What is missing, in words; empty where all is there. */
export function missingPackages(room: Room, packages: Packages): string[] {
  const debian = debianOf(packages).filter((name) => spawnSync('dpkg', ['-s', name]).status !== 0);
  const others = (['pip', 'npm'] as const).filter((kind) => packages[kind] && !isInstalled(room, kind, packages[kind]));
  const go = packages.go && !isBuilt(room, packages.go) ? [packages.go.module] : [];
  return [...debian, ...others.flatMap((kind) => packages[kind] ?? []), ...go];
}

export function installPackages(room: Room, packages: Packages): void {
  const { pip, npm } = packages;
  const missing = debianOf(packages).filter((name) => spawnSync('dpkg', ['-s', name]).status !== 0);
  if (missing.length > 0) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-qq', '--no-install-recommends', ...missing]);
  }
  mkdirSync(room.folder, { recursive: true });
  if (pip && !isInstalled(room, 'pip', pip)) {
    run(PYTHON, ['-m', 'venv', '--clear', join(room.folder, 'venv')]);
    run(python(room), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pip]);
    stamp(room, 'pip', pip);
  }
  if (npm && !isInstalled(room, 'npm', npm)) {
    run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--no-save', '--prefix', room.folder, ...npm]);
    stamp(room, 'npm', npm);
  }
  if (packages.go && !isBuilt(room, packages.go)) buildProgram(room, packages.go);
}

/** A list of its own says what was installed whole: asking pip takes a second each. */
const listOf = (room: Room, kind: string) => join(room.folder, `${kind}.txt`);

function isInstalled(room: Room, kind: string, packages: readonly string[]): boolean {
  const list = listOf(room, kind);
  return existsSync(list) && readFileSync(list, 'utf8') === packages.join('\n');
}

function stamp(room: Room, kind: string, packages: readonly string[]): void {
  writeFileSync(listOf(room, kind), packages.join('\n'));
}

function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}${stderr}`);
}
