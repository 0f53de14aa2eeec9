// `npm run compat`: real applications behind the built worker, each with the settings of its recipe in docs/recipes/.
// `--only=radicale,git` takes some; `--list` says which there are; `--install` installs what they need; `--quick` takes those that run with the tests;
// `--write` puts what was measured into the table of docs/recipes.md.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { hasChromium } from '../test/support/chromium.ts';
import type { Application } from './support/application.ts';
import { COMMON } from './support/common.ts';
import { loadApplications } from './support/list.ts';
import { installPackages, missingPackages, roomOf } from './support/packages.ts';
import { startStage } from './support/stage.ts';
import { describeRow, writeTable } from './support/table.ts';

const flag = { type: 'boolean', default: false } as const;
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, list: flag, install: flag, quick: flag, write: flag },
});

interface Result {
  readonly name: string;
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: string;
}

const applications = [...(await loadApplications(options.only?.split(',')))].filter(
  ([, { isQuick = false }]) => isQuick || !options.quick,
);
if (options.list) {
  for (const [name, { title, packages }] of applications) {
    const missing = missingPackages(roomOf(name), packages);
    console.log(`${name}: ${title}${missing.length > 0 ? `; missing: ${missing.join(' ')}` : ''}`);
  }
  process.exit(0);
}
if (options.install) {
  for (const [name, { packages }] of applications) {
    if (missingPackages(roomOf(name), packages).length > 0) console.log(`installing what ${name} needs`);
    installPackages(roomOf(name), packages);
  }
  process.exit(0);
}

const build = spawnSync('wrangler', ['deploy', '--dry-run', '--outdir', 'dist'], {
  env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  encoding: 'utf8',
});
if (build.status !== 0) throw new Error(build.stdout + build.stderr);

const results: Result[] = [];
for (const [name, application] of applications) results.push(await tryApplication(name, application));
if (options.write) {
  const good = results.filter(({ failed, skipped }) => failed === 0 && skipped === '');
  const rows = good.map(({ name, version }) => {
    const application = applications.find(([each]) => each === name)?.[1] as Application;
    return [name, describeRow(name, application, version)] as const;
  });
  writeTable(new Map(rows));
}
console.table(results);
const sum = (count: (result: Result) => number) => results.reduce((all, each) => all + count(each), 0);
const failed = sum((each) => each.failed);
console.log(
  `${sum((each) => each.passed)} passed, ${failed} failed, ${sum((each) => Number(each.skipped !== ''))} skipped`,
);
process.exit(failed === 0 ? 0 : 1);

async function tryApplication(name: string, application: Application): Promise<Result> {
  const room = roomOf(name);
  const missing = hasChromium ? missingPackages(room, application.packages) : ['chromium'];
  if (missing.length > 0) {
    const skipped = `not installed: ${missing.join(' ')}`;
    console.log(`${name}: skipped, ${skipped}`);
    return { name, version: '', passed: 0, failed: 0, skipped };
  }
  const version = application.version(room);
  console.log(`${name} ${version}`);
  const counts = { passed: 0, failed: 0 };
  try {
    const stage = await startStage(name, application);
    for (const scenario of [...COMMON, ...application.scenarios]) {
      const failure = await stage.play(scenario).catch((error: Error) => error);
      console.log(`  ${failure ? 'failed' : 'ok    '} ${scenario.says}`);
      if (failure) console.log(failure.message.replace(/^/gm, '         '));
      counts[failure ? 'failed' : 'passed'] += 1;
    }
    await stage.stop();
  } catch (error) {
    console.log(`  failed to start: ${error instanceof Error ? error.message : error}`);
    counts.failed += 1;
  }
  return { name, version, ...counts, skipped: '' };
}
