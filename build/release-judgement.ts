// What must be true of a release, judged on data alone: a sentence for each thing that is not.
// Semantic Versioning 2.0.0 §4, §6 to §8; keepachangelog.com 1.1.0.

import { KINDS, parseChangelog, type Section, unreleased } from '../cli/update/changelog.ts';
import { type Change, compareReleases } from '../cli/update/differences.ts';
import type { Release } from '../cli/update/release.ts';
import { compareVersions, isVersion } from '../cli/update/semver.ts';

export interface ReleaseState {
  readonly version: string;
  readonly lockVersions: readonly string[];
  readonly changelog: string;
  /** Path → text; without the changelog, which may name every version. */
  readonly documents: Readonly<Record<string, string>>;
  /** Of the tarball. */
  readonly contents: readonly string[];
  readonly companions: readonly { readonly name: string; readonly version: string; readonly postern?: string }[];
  readonly release: Release;
  /** The release before, from test/fixtures. */
  readonly last: Release;
  /** 2026-11-29 */
  readonly today: string;
}

export function judgeRelease(state: ReleaseState): readonly string[] {
  if (!isVersion(state.version)) return [`package.json: ${state.version} is no version`];
  return [
    ...judgeVersions(state),
    ...judgeChangelog(state),
    ...judgeSettings(state),
    ...judgeDocuments(state),
    ...judgeContents(state),
  ];
}

function judgeVersions({ version, lockVersions, companions, release, last }: ReleaseState): readonly string[] {
  const problems: string[] = [];
  if (version.endsWith('-dev')) problems.push(`package.json: ${version} is what lies between two releases`);
  for (const locked of lockVersions)
    if (locked !== version) problems.push(`package-lock.json: ${locked} instead of ${version} (npm install)`);
  for (const { name, version: own, postern = version } of companions) {
    if (own !== version) problems.push(`${name}: ${own} instead of ${version}`);
    if (postern !== version) problems.push(`${name}: asks for postern ${postern} instead of ${version}`);
  }
  if (release.version !== version) problems.push(`schema.json: ${release.version} instead of ${version}`);
  if (compareVersions(version, last.version) <= 0)
    problems.push(`test/fixtures: ${last.version} is the release before, and not older than ${version}`);
  return problems;
}

function judgeChangelog({ version, changelog, last, today }: ReleaseState): readonly string[] {
  const sections = parseChangelog(changelog);
  const released = sections.filter((section) => section.version !== undefined);
  const [newest, before] = released;
  const problems: string[] = [];
  if (unreleased(sections)) problems.push('CHANGELOG.md: something is still under Unreleased');
  if (newest?.version !== version)
    problems.push(`CHANGELOG.md: the newest version is ${newest?.version ?? 'none'} instead of ${version}`);
  if (before && before.version !== last.version)
    problems.push(`test/fixtures: the release before is ${before.version}, and kept is ${last.version}`);
  for (const section of released) problems.push(...judgeSection(section, today));
  const names = released.flatMap((section) => section.version ?? []).filter(isVersion);
  if (names.some((name, index) => index > 0 && compareVersions(names[index - 1] ?? '', name) <= 0))
    problems.push('CHANGELOG.md: versions are not from the newest to the oldest');
  return problems;
}

function judgeSection({ version = '', date, groups, others }: Section, today: string): readonly string[] {
  const problems: string[] = [];
  const where = `CHANGELOG.md, ${version}`;
  if (!isVersion(version)) problems.push(`${where}: no version`);
  if (date === undefined || !isDay(date)) problems.push(`${where}: no date (## ${version} - ${today})`);
  else if (date > today) problems.push(`${where}: ${date} is still to come`);
  for (const { kind } of groups)
    if (!KINDS.some((each) => each === kind))
      problems.push(`${where}: ${kind || 'nothing'} is none of ${KINDS.join(', ')}`);
  for (const line of others) problems.push(`${where}: neither a heading nor an entry: ${line}`);
  if (groups.every(({ entries }) => entries.length === 0)) problems.push(`${where}: nothing is said of it`);
  return problems;
}

function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** What an operator must learn of is in this version's section, by its name; and the version says how much it is. */
function judgeSettings({ version, changelog, release, last }: ReleaseState): readonly string[] {
  const section = parseChangelog(changelog).find((each) => each.version === version);
  const text = (section?.groups ?? []).flatMap(({ entries }) => entries).join('\n');
  const { settings, compatibilityDate, migrations } = compareReleases(last, release);
  const names = [
    ...settings.flatMap((change) => (change.change === 'renamed' ? [change.name, change.to] : [change.name])),
    ...(compatibilityDate ? [compatibilityDate.to] : []),
    ...migrations.map(({ tag }) => tag),
  ];
  const unsaid = [...new Set(names)].filter((name) => !text.includes(`\`${name}\``));
  return [
    ...unsaid.map((name) => `CHANGELOG.md, ${version}: \`${name}\` is new, gone or another, and not named`),
    ...judgeRenames(release),
    ...judgeStep(version, last.version, settings),
  ];
}

function judgeRenames({ renamed, variables, fields, siteFields = {} }: Release): readonly string[] {
  const judge = (names: Readonly<Record<string, string>>, there: object) =>
    Object.entries(names).flatMap(([old, name]) => [
      ...(Object.hasOwn(there, old) ? [`schema.json: ${old} is renamed, and still there`] : []),
      ...(Object.hasOwn(there, name) ? [] : [`schema.json: ${old} is called ${name} now, which is not there`]),
    ]);
  return [
    ...judge(renamed.variables, variables),
    ...judge(renamed.fields, fields),
    ...judge(renamed.siteFields ?? {}, siteFields),
  ];
}

/** Before 1.0.0 the minor number says what the major one does after it. */
function judgeStep(version: string, last: string, settings: readonly Change[]): readonly string[] {
  const isBreaking = settings.some(
    (each) =>
      ['removed', 'kind'].includes(each.change) ||
      (each.change === 'required' && each.to === 'required') ||
      (each.change === 'new' && each.setting.isRequired),
  );
  const [from, to] = [last, version].map((each) => each.split(/[.+-]/).map(Number)) as [number[], number[]];
  const step = [0, 1, 2].find((index) => from[index] !== to[index]) ?? 2;
  const level = isBreaking ? 0 : settings.length > 0 ? 1 : 2;
  const allowed = from[0] === 0 && isBreaking ? 1 : level;
  if (step <= allowed) return [];
  return [
    `package.json: from ${last} to ${version} is too small a step for ${isBreaking ? 'settings that are gone or demanded' : 'new settings'}`,
  ];
}

const NAMED_VERSION = /\bpostern(?:@|-| )v?(\d+\.\d+\.\d+(?:-[\w.]*\w)?)/gi;

function judgeDocuments({ documents, version }: ReleaseState): readonly string[] {
  return Object.entries(documents).flatMap(([path, text]) =>
    [...text.matchAll(NAMED_VERSION)]
      .map(([, named = '']) => named)
      // An example's
      .filter((named) => named !== version && named !== '1.2.3')
      .map((named) => `${path}: names ${named} instead of ${version}`),
  );
}

const WANTED = [
  ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'bin/postern.js', 'docs/configuration.md'],
  ...[
    'dist/cli/postern.js',
    'dist/schema.json',
    'dist/worker.js',
    'dist/worker.js.map',
    'dist/worker.d.ts',
    'dist/no-variables.js',
    'dist/messages/de.txt',
  ],
];
const KNOWN =
  /^(?:package\.json|README\.md|LICENSE|ARCHITECTURE\.md|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|bin\/postern\.js|docs\/[\w-]+\.(?:md|json)|examples\/(?:[\w-]+\/)*[\w-]+\.(?:md|py|php|html|css|toml|conf(?:\.example)?)|dist\/cli\/[\w-]+\.js|dist\/(?:schema\.json|worker\.(?:js|js\.map|d\.ts)|no-variables\.js|messages\/[\w-]+\.txt)|templates\/operator\/.+)$/;

function judgeContents({ contents }: ReleaseState): readonly string[] {
  const missing = WANTED.filter((path) => !contents.includes(path));
  const strange = contents.filter((path) => !KNOWN.test(path));
  return [
    ...missing.map((path) => `the package lacks ${path}`),
    ...strange.map((path) => `the package has ${path}, which nobody asked for`),
  ];
}
