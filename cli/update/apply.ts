// Does what the plan says: a tarball is brought into the folder, npm writes package.json and installs, then wrangler.toml is written.
// What fails leaves the files as they were.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CommandError } from '../support/failure.ts';
import type { RunInFolder } from '../support/run-program.ts';
import { bringTarball } from '../support/vendor.ts';
import { loadManifest, type OperatorFolder } from './operator-folder.ts';
import type { Plan } from './plan.ts';
import { lastLines, vendoredPath } from './wanted.ts';

const NPM_FILES = ['package.json', 'package-lock.json'];

export async function applyPlan(
  plan: Plan,
  { root, dependency, asked }: OperatorFolder,
  npm: RunInFolder,
): Promise<void> {
  const { proposal, config, packages, to } = plan;
  // While somebody was asked, they may have edited it
  if ((await readFile(config, 'utf8')) !== proposal.before)
    throw new CommandError('wrangler.toml has changed meanwhile: nothing was changed', { hints: ['run it again'] });
  const touched = [...NPM_FILES, ...(plan.tarball === undefined ? [] : [vendoredPath(plan.tarball)])];
  const before = await Promise.all(touched.map((name) => readBytes(join(root, name))));
  if (plan.tarball !== undefined) await bringTarball(plan.tarball, root);
  // Where NODE_ENV says production, npm would take Wrangler and Node away.
  const flags = ['--save-exact', '--include=dev', '--no-audit', '--no-fund'];
  const { code, stderr } = await npm(['install', ...flags, ...packages], root);
  const installed = code === 0 ? await loadManifest(join(root, 'node_modules', dependency)) : undefined;
  if (installed?.version !== to) {
    for (const [index, name] of touched.entries()) await putBack(join(root, name), before[index]);
    throw new CommandError(`npm could not install ${packages.join(' and ')}: package.json is as it was`, {
      hints: [...lastLines(stderr), 'npm install brings back what was there'],
    });
  }
  if (proposal.edits.length > 0) await writeFile(config, proposal.text);
  await dropTarball(root, asked[dependency] ?? '', plan.tarball);
}

/** The one that package.json named before: nothing names it any more. */
async function dropTarball(root: string, spec: string, next: string | undefined): Promise<void> {
  const name = basename(spec);
  const isOurs = spec === `file:${vendoredPath(name)}` && (next === undefined || basename(next) !== name);
  if (isOurs) await rm(join(root, vendoredPath(name)), { force: true });
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

const putBack = (path: string, content: Buffer | undefined): Promise<void> =>
  content === undefined ? rm(path, { force: true }) : writeFile(path, content);
