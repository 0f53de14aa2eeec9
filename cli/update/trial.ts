// The new version's own look at the operator's configuration, before anything is changed: its `doctor --local` for each environment,
// and its `explain --check` on policy-tests. In a copy of the folder made of links, with wrangler.toml as it would be.

import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Finding, failed } from '../doctor/finding.ts';
import type { Ended, RunInFolder } from '../support/run-program.ts';
import { findWrangler } from './operator-folder.ts';
import { lastLines } from './wanted.ts';

export interface Trial {
  /** `null`: the top of wrangler.toml. */
  readonly environment: string | null;
  /** Those that failed, and the warnings about settings. */
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

export interface TrialPlace {
  readonly root: string;
  readonly scratch: string;
  /** The new package's folder in it. */
  readonly place: string;
  /** Path of wrangler.toml, and its text as it would be. */
  readonly config: string;
  readonly text: string;
}

const POLICY_TESTS = 'policy-tests';

export async function tryConfiguration(
  at: TrialPlace,
  environments: readonly (string | null)[],
  node: RunInFolder,
): Promise<readonly Trial[]> {
  const folder = await mirrorFolder(at);
  await lendWrangler(at);
  const postern = (...args: readonly string[]) => node([join(at.place, 'bin/postern.js'), ...args], folder);
  const hasPolicy = (await readdir(folder)).includes(POLICY_TESTS);
  const tryOne = async (environment: string | null, index: number): Promise<Trial> => {
    const where = ['--config', basename(at.config), `--env=${environment ?? ''}`];
    const [seen, policy] = await Promise.all([
      postern('doctor', '--local', '--json', ...where),
      hasPolicy && index === 0 ? postern('explain', '--check', POLICY_TESTS, ...where) : undefined,
    ]);
    const findings = [...readFindings(seen), ...(policy ? judgePolicy(policy) : [])].filter(
      ({ status, check }) => status === 'failed' || (status === 'warning' && check === 'configuration'),
    );
    return { environment, findings, ok: !findings.some(({ status }) => status === 'failed') };
  };
  return await Promise.all(environments.map(tryOne));
}

/** Secrets stay where they are: a link holds none. */
async function mirrorFolder({ config, scratch, text }: TrialPlace): Promise<string> {
  const [from, to] = [dirname(resolve(config)), join(scratch, 'trial')];
  await mkdir(to);
  for (const name of await readdir(from))
    if (name !== basename(config)) await symlink(join(from, name), join(to, name));
  await writeFile(join(to, basename(config)), text);
  return to;
}

/** The new version looks for Wrangler beside itself. */
async function lendWrangler({ root, scratch }: TrialPlace): Promise<void> {
  await symlink(await findWrangler(root), join(scratch, 'node_modules/wrangler'));
}

function readFindings({ stdout, stderr, code }: Ended): readonly Finding[] {
  try {
    const answer = JSON.parse(stdout) as { findings?: readonly Finding[]; error?: string; hints?: readonly string[] };
    if (answer.findings) return answer.findings;
    return [failed('configuration', answer.error ?? 'it can’t be read', (answer.hints ?? []).join('; '))];
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [failed('doctor', `the new version’s ended with code ${code}`, lastLines(stderr).join('; '))];
  }
}

/** Of a configuration that has problems, doctor has said so. */
function judgePolicy({ code, stdout, stderr }: Ended): readonly Finding[] {
  if (code === 0 || code === 3) return [];
  const found = code === 1 ? 'the new version decides otherwise than is expected there' : 'it can’t be checked';
  return [failed(POLICY_TESTS, found, (code === 1 ? stdout : stderr).trim().replaceAll('\n', '; '))];
}
