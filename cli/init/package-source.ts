// Where a new folder gets Postern from: the registry, or the tarball that the running one came from, which then goes into the folder, so
// that it works on every other machine, too.
// npm: package.json (dependencies), npx.

import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, UsageError } from '../support/failure.ts';
import { OWN_PACKAGE, OWN_ROOT } from '../support/own-package.ts';
import type { RunInFolder } from '../support/run-program.ts';
import { bringTarball, VENDOR } from '../support/vendor.ts';

export type PackageSource =
  /** Whatever package.json takes for a version. */
  | { readonly kind: 'spec'; readonly spec: string }
  | { readonly kind: 'tarball'; readonly path: string }
  /** A clone, which is packed. */
  | { readonly kind: 'clone'; readonly root: string };

const IS_TARBALL = /\.(?:tgz|tar\.gz)$/;
/** A tarball on the web, a repository. */
const IS_REMOTE = /^(?:https?:|git|[\w.-]+\/)/;
const IS_FILE = /^(?:file:|\.{0,2}\/|~\/)/;

/** What somebody named. */
export async function parseSource(typed: string, folder = process.cwd()): Promise<PackageSource> {
  const spec = typed.trim();
  if (spec === '') throw new UsageError('--package is a tarball, or what package.json takes for a version');
  const isUrl = /^[a-z+]+:/i.test(spec) && !spec.startsWith('file:');
  if (isUrl || !(IS_FILE.test(spec) || IS_TARBALL.test(spec))) return { kind: 'spec', spec };
  const path = pathOf(spec, folder);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile && IS_TARBALL.test(path)) return { kind: 'tarball', path };
  throw new UsageError(`--package: ${path} is ${isFile ? 'no tarball (.tgz)' : 'not there'}`, [
    'npm pack makes one in a clone of Postern',
  ]);
}

const pathOf = (spec: string, folder: string): string =>
  spec.startsWith('file://') ? fileURLToPath(spec) : resolve(folder, spec.replace(/^file:/, ''));

/** Of the Postern that is running: npm has noted beside it what it was asked for. */
export async function findOwnSource(root = OWN_ROOT): Promise<PackageSource> {
  const modules = dirname(root);
  if (basename(modules) !== 'node_modules') return { kind: 'clone', root };
  const { name, version } = OWN_PACKAGE;
  const asked = (await readJson<Manifest>(join(dirname(modules), 'package.json')))?.dependencies?.[name] ?? '';
  const lock = await readJson<Lock>(join(modules, '.package-lock.json'));
  // As a dependency of create-postern it is only in the lock.
  const resolved = lock?.packages?.[`node_modules/${name}`]?.resolved ?? '';
  const file = [asked, resolved].find((spec) => spec.startsWith('file:'));
  if (file !== undefined) return await findTarball(file, dirname(modules));
  if (IS_REMOTE.test(asked)) return { kind: 'spec', spec: asked };
  return { kind: 'spec', spec: name === 'postern' ? version : `npm:${name}@${version}` };
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
}

async function readJson<Value>(path: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Value;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

async function findTarball(spec: string, folder: string): Promise<PackageSource> {
  try {
    return await parseSource(spec, folder);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new CommandError(`the tarball that Postern was installed from is gone: ${pathOf(spec, folder)}`, {
      hints: ['name another: --package ./postern-1.2.3.tgz, or a version'],
      cause,
    });
  }
}

/** What package.json is to say, and the file that was brought for it. */
export async function obtainPackage(
  source: PackageSource,
  folder: string,
  runNpm: RunInFolder,
): Promise<{ readonly spec: string; readonly tarball: string | undefined }> {
  if (source.kind === 'spec') return { spec: source.spec, tarball: undefined };
  const tarball =
    source.kind === 'tarball' ? await bringTarball(source.path, folder) : await pack(source.root, folder, runNpm);
  return { spec: `file:${tarball}`, tarball };
}

/** The tarball's path from the folder. */
async function pack(root: string, folder: string, runNpm: RunInFolder): Promise<string> {
  const destination = join(folder, VENDOR);
  await mkdir(destination);
  const { code, stdout, stderr } = await runNpm(['pack', '--pack-destination', destination], root);
  const lines = (stdout + stderr).split('\n').filter((line) => line.trim() !== '');
  const name = lines.findLast((line) => /^\S+\.tgz$/.test(line));
  if (code === 0 && name !== undefined) return `${VENDOR}/${name}`;
  await rm(destination, { recursive: true });
  throw new CommandError('this is a clone of Postern, and npm pack has failed in it', {
    hints: [...lines.slice(-8), 'npm install in the clone first, or name a package: --package SPEC'],
  });
}
