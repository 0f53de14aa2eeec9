// Everything that an update would do, worked out before anything is changed.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../installation/files.ts';
import type { RunInFolder } from '../support/run-program.ts';
import { parseChangelog, type Section, sectionsBetween } from './changelog.ts';
import { compareReleases, type Differences } from './differences.ts';
import { type OperatorFolder, versionOf } from './operator-folder.ts';
import type { Migration } from './release.ts';
import { compareVersions, isVersion } from './semver.ts';
import { type Trial, tryConfiguration } from './trial.ts';
import { type NewPackage, vendoredPath, type Wanted } from './wanted.ts';
import { type Proposal, proposeEdits } from './wrangler-toml.ts';

export interface Plan {
  readonly from: string;
  readonly to: string;
  readonly direction: 'update' | 'downgrade';
  readonly deprecated?: string | undefined;
  readonly changelog: readonly Section[];
  /** Missing where the installed version does not say what it has. */
  readonly differences: Differences | undefined;
  readonly trials: readonly Trial[];
  readonly proposal: Proposal;
  /** What npm is asked for: Postern, and the tools that package.json pins to older versions. */
  readonly packages: readonly string[];
  /** Where it lies; it is brought into the folder before npm is asked. */
  readonly tarball?: string | undefined;
  /** Path of wrangler.toml. */
  readonly config: string;
}

export interface PlanSurroundings {
  readonly folder: OperatorFolder;
  readonly files: Files;
  readonly scratch: string;
  readonly node: RunInFolder;
  readonly parseToml: (text: string) => Readonly<Record<string, unknown>>;
}

export async function makePlan(wanted: Wanted, next: NewPackage, surroundings: PlanSurroundings): Promise<Plan> {
  const { folder, files, scratch, node, parseToml } = surroundings;
  const { installed } = folder;
  const [from, to] = [installed.manifest.version, next.manifest.version];
  const isDowngrade = compareVersions(to, from) < 0;
  const text = await readFile(files.path, 'utf8');
  const proposal = proposeEdits(text, isDowngrade ? NOTHING : next.release, parseToml);
  const at = { root: folder.root, scratch, place: next.place, config: files.path, text: proposal.text };
  return {
    from,
    to,
    direction: isDowngrade ? 'downgrade' : 'update',
    deprecated: wanted.deprecated,
    changelog: await readChanges(folder, next, isDowngrade),
    differences: installed.release && compareReleases(installed.release, next.release),
    trials: await tryConfiguration(at, gatewaysOf(parseToml(text), files), node),
    proposal,
    packages: [`${folder.dependency}@${specIn(wanted)}`, ...(isDowngrade ? [] : await olderTools(folder, next))],
    tarball: wanted.isTarball ? wanted.spec : undefined,
    config: files.path,
  };
}

const specIn = ({ spec, isTarball }: Wanted): string => (isTarball ? `file:${vendoredPath(spec)}` : spec);

/** Going back, the file stays: a later compatibility date does no harm, and a migration can't be undone. */
const NOTHING = { compatibilityDate: '', migrations: [] as readonly Migration[] };

/** The newer of the two knows both. */
async function readChanges({ installed }: OperatorFolder, next: NewPackage, isDowngrade: boolean) {
  const text = isDowngrade ? installed.changelog : await readFile(join(next.place, 'CHANGELOG.md'), 'utf8');
  return sectionsBetween(parseChangelog(text), installed.manifest.version, next.manifest.version);
}

/** The top of the file is a gateway of its own, unless all are environments. */
function gatewaysOf(config: Readonly<Record<string, unknown>>, { environments }: Files): readonly (string | null)[] {
  const isTopUsed = environments.length === 0 || Object.keys(config['vars'] ?? {}).length > 0;
  return [...(isTopUsed ? [null] : []), ...environments];
}

/** Only exact versions are raised: a range was somebody's decision. */
async function olderTools({ root, asked }: OperatorFolder, { release }: NewPackage): Promise<readonly string[]> {
  const packages: string[] = [];
  for (const [name, version] of Object.entries(release.tools)) {
    const pinned = asked[name];
    const isThere = pinned !== undefined && isVersion(pinned) && (await versionOf(root, name)) !== undefined;
    if (isThere && compareVersions(pinned, version) < 0) packages.push(`${name}@${version}`);
  }
  return packages;
}
