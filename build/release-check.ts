// `npm run check:release`: does everything that names the version say the same, is every change of a setting in the changelog, and is
// the package what it should be? Run before a version is published; CONTRIBUTING.md, "A release".

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../cli/update/release.ts';
import { compareVersions } from '../cli/update/semver.ts';
import { buildPackage } from './package.ts';
import { judgeRelease, type ReleaseState } from './release-judgement.ts';
import { describeRelease } from './schema.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = ['*.md', 'docs/*.md', 'examples/**/*.md', 'templates/**', 'create-postern/*.md'];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readJson = (path: string) => JSON.parse(read(path));

/** The newest of test/fixtures/release-*. */
function loadLast(): Release {
  const all = globSync('test/fixtures/release-*/schema.json', { cwd: ROOT }).map((path): Release => readJson(path));
  const [last] = all.sort((a, b) => compareVersions(b.version, a.version));
  if (!last) throw new Error('there is no test/fixtures/release-*');
  return last;
}

function loadDocuments(): Readonly<Record<string, string>> {
  const files = globSync(DOCUMENTS, { cwd: ROOT, withFileTypes: true, exclude: (each) => each.name === 'node_modules' })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(ROOT.length + 1));
  return Object.fromEntries(files.filter((path) => path !== 'CHANGELOG.md').map((path) => [path, read(path)]));
}

/** As `npm pack` would, without its scripts: they put another package.json into this folder for a moment. */
async function listContents(): Promise<readonly string[]> {
  await buildPackage(join(ROOT, 'dist'));
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(output)[0].files.map(({ path }: { path: string }) => path);
}

/** Packages that are published together with this one. */
function loadCompanions(): ReleaseState['companions'] {
  return ['create-postern/package.json']
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path) => {
      const { name, version, dependencies = {} } = readJson(path);
      return { name, version, postern: dependencies.postern };
    });
}

if (import.meta.main) {
  const lock = readJson('package-lock.json');
  const problems = judgeRelease({
    version: readJson('package.json').version,
    lockVersions: [lock.version, lock.packages[''].version],
    changelog: read('CHANGELOG.md'),
    documents: loadDocuments(),
    contents: await listContents(),
    companions: loadCompanions(),
    release: describeRelease(),
    last: loadLast(),
    today: new Date().toISOString().slice(0, 10),
  });
  for (const problem of problems) console.log(`failed ${problem}`);
  console.log(
    problems.length === 0 ? 'ok     ready to be published' : `${problems.length} to mend before it is published`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
