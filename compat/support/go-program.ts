// A program from a Go module: built once by `--install`, in the application's room.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Room } from './application.ts';

export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Of compat/go/. */
  readonly folder: string;
  readonly tags: string;
}

export const programOf = (room: Room, { folder, version }: GoProgram) => join(room.folder, `${folder}-${version}`);

export const hasGo = () => spawnSync('go', ['version']).status === 0;

export const isBuilt = (room: Room, program: GoProgram) => existsSync(programOf(room, program)) && hasGo();

/** The module's own folder: what the program reads besides, as templates. */
export function folderOfModule({ module, version }: GoProgram): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    cwd: '/',
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

export function buildProgram(room: Room, program: GoProgram): void {
  const cwd = join(room.folder, 'build');
  mkdirSync(cwd, { recursive: true });
  copyFileSync(join('compat', 'go', program.folder, 'main.go'), join(cwd, 'main.go'));
  // What a module replaces counts only where it is the main one, so these lines are said here again.
  const theirs = readFileSync(join(folderOfModule(program), 'go.mod'), 'utf8');
  const lines = theirs.match(/^(?:go|replace) .*$/gm) ?? [];
  writeFileSync(
    join(cwd, 'go.mod'),
    `module built\n\nrequire ${program.module} ${program.version}\n\n${lines.join('\n')}\n`,
  );
  const run = (...args: string[]) => execFileSync('go', args, { cwd, stdio: 'pipe' });
  run('mod', 'tidy');
  const link = `-s -w -X main.version=${program.version.slice(1)}`;
  run('build', '-tags', program.tags, '-ldflags', link, '-o', programOf(room, program), '.');
}
