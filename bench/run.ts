// What it costs to be signed in: `npm run bench`, or `npm run bench -- --quick`. Prints the tables of docs/performance.md.
// Promise 11, Cost. `--only=<pattern>` keeps the rows whose name fits (the floor stays); `--against=<bundle>` adds another build.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createContenders, createGrowth, FLOOR } from './contenders.ts';
import { countStorage, type Figure, measureBundle, measureSignIn, measureStart } from './once.ts';
import { type Measured, measure } from './rounds.ts';
import { createStage } from './stage.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    against: { type: 'string' },
    script: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const { quick, only, against } = options;
const connections = 8;
const rounds = Number(options.rounds ?? (quick ? 8 : 40));
const turn = 150;

const script = options.script ?? buildWorker();
const stage = await createStage(script);
try {
  print(
    `${cpus().length} processors shared by load, worker and upstream; load average before: ${loadavg()[0]?.toFixed(1)}`,
  );
  const all = await createContenders(stage, against);
  const contenders = all.filter(({ name }) => only === undefined || name === FLOOR || new RegExp(only).test(name));
  printTable(await measure(contenders, { rounds, turn, connections, yardstick: FLOOR }), 'floor');
  if (only === undefined) {
    printTable(
      await measure(await createGrowth(stage, [10, 100, 1000]), { rounds: Math.ceil(rounds / 2), turn, connections }),
      '10 roles',
    );
    printFigures([
      ...(await measureBundle(script)),
      ...(await measureStart(stage, quick ? 3 : 9)),
      ...(await measureSignIn(stage, quick ? 10 : 50)),
      ...(await countStorage(stage)),
    ]);
  }
} finally {
  await stage.close();
}

function buildWorker(): string {
  const folder = `${ROOT}dist/bench`;
  rmSync(folder, { recursive: true, force: true });
  execFileSync('npx', ['wrangler', 'deploy', '--dry-run', '--outdir', folder], { cwd: ROOT, stdio: 'ignore' });
  return `${folder}/index.js`;
}

function printTable(rows: readonly Measured[], yardstick: string): void {
  print(
    `\n| | requests/s | p50 ms | p99 ms | CPU µs/request | requests/s to ${yardstick} | p99 to ${yardstick} | CPU to ${yardstick} |`,
  );
  print('|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const row of rows) {
    const cells = [
      row.name,
      Math.round(row.rate).toLocaleString('en'),
      row.p50.toFixed(2),
      row.p99.toFixed(2),
      Math.round(row.cpu),
      row.rateRatio.toFixed(2),
      row.p99Ratio.toFixed(2),
      row.cpuRatio.toFixed(2),
    ];
    print(`| ${cells.join(' | ')} |`);
  }
}

function printFigures(figures: readonly Figure[]): void {
  print('\n| | | wanted |\n|---|---|---|');
  for (const [name, value, wanted = ''] of figures) print(`| ${name} | ${value} | ${wanted} |`);
}

function print(line: string): void {
  console.log(line);
}
