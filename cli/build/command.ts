// The command `build`: checks wrangler.toml and postern.toml, and writes the module that the worker gets its lists and tables from.
// Wrangler does not say for which environment it builds (unless CLOUDFLARE_ENV does), so all are checked, and the module holds all.

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ConfigIssue, formatIssue } from '../../src/config/issues.ts';
import { DEV_SITES, replaceSites } from '../dev/sites.ts';
import { checkLimits } from '../doctor/limits.ts';
import { BUILT_FILE } from '../doctor/variables-module.ts';
import { type Files, openFiles, readIfThere, selectEnvironment } from '../installation/files.ts';
import { installationOf } from '../installation/installation.ts';
import { CommandError, reportFailure } from '../support/failure.ts';
import type { System } from '../support/system.ts';

const HELP = `build: makes postern.toml a part of the worker; Wrangler runs it, by [build] in wrangler.toml

  postern build

  --config FILE  instead of wrangler.toml here
  --help

It checks what stands in wrangler.toml and postern.toml, for every environment, and writes ${BUILT_FILE} beside
them. What is missing is not its business: doctor and deploy know which environment is meant.
Under wrangler dev, problems that the gateway’s own page shows are only said.

Exit codes: 0 written, 1 something is wrong, 2 the command makes no sense`;

export const BUILD_OPTIONS = { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

export async function runBuild(args: readonly string[], system: System): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: BUILD_OPTIONS });
    if (values.help) system.print(HELP);
    else {
      const files = withDevSites(await openFiles(values), system.env);
      // Without any environment Wrangler would deploy the top of the file under another name.
      selectEnvironment(files, {});
      await build(files, system);
    }
    return 0;
  } catch (cause) {
    return reportFailure('build', cause, system);
  }
}

async function build(files: Files, system: System): Promise<void> {
  const { path, postern, environments } = files;
  const { broken, refused, doubtful } = examine(files);
  for (const sentence of doubtful) system.tell(`warning: ${sentence}`);
  const isDev = system.env['WRANGLER_COMMAND'] === 'dev';
  const wrong = [...broken, ...refused];
  if (broken.length > 0 || (!isDev && refused.length > 0))
    throw new CommandError('the configuration is not good: nothing was built', { hints: wrong });
  for (const sentence of refused) system.tell(`would not be deployed: ${sentence}`);
  const target = join(dirname(path), BUILT_FILE);
  await writeIfNew(target, `${JSON.stringify(postern?.variables ?? {})}\n`);
  const of = environments.length > 0 ? `, for the top of wrangler.toml and ${environments.join(', ')}` : '';
  system.print(postern ? `${BUILT_FILE} has what postern.toml says${of}` : `${BUILT_FILE} is empty: no postern.toml`);
}

/** Under `postern dev` the sites are on this machine. */
function withDevSites(files: Files, env: System['env']): Files {
  const sites = env[DEV_SITES];
  const { postern } = files;
  if (sites === undefined || env['WRANGLER_COMMAND'] !== 'dev' || !postern) return files;
  return { ...files, postern: { ...postern, variables: replaceSites(postern.variables, JSON.parse(sites)) } };
}

/** `broken`: no module can be made of it; `refused`: the gateway or the platform would not take it. */
interface Examined {
  readonly broken: readonly string[];
  readonly refused: readonly string[];
  readonly doubtful: readonly string[];
}

function examine(files: Files): Examined {
  const { environments, postern } = files;
  const [broken, refused, doubtful] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const own = postern?.issues ?? [];
  for (const issue of own) broken.add(formatIssue(issue));
  for (const env of [undefined, ...environments]) {
    const installation = installationOf(files, env, {}, {});
    const where = env === undefined ? '' : `[env.${env}] `;
    const { usable, environment } = installation;
    // A missing secret may be deployed already, and the top of the file may never be deployed itself, so missing settings are no problem.
    const isGiven = ({ variable }: ConfigIssue) => environment[/^\w+/.exec(variable)?.[0] ?? ''] !== undefined;
    const issues = usable.ok ? [] : usable.issues.filter((issue) => !own.includes(issue));
    for (const issue of issues) {
      if (issue.variable === 'POSTERN_ENV') broken.add(where + formatIssue(issue));
      else if (isGiven(issue)) refused.add(where + formatIssue(issue));
    }
    if (usable.ok) for (const sentence of usable.warnings) doubtful.add(where + sentence);
    for (const { status, found, cure } of checkLimits(installation)) {
      if (status === 'failed') refused.add(`${where}${found}; ${cure}`);
      if (status === 'warning') doubtful.add(`${where}${found}; ${cure}`);
    }
  }
  return { broken: [...broken], refused: [...refused], doubtful: [...doubtful] };
}

/** Writes the file as a whole, and only if its text differs: `wrangler dev` takes every write for a change. */
async function writeIfNew(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, text);
  await rename(beside, path);
}
