// `npm run mutate`: breaks the policy, the session's times and the checks on tokens, one place at a time, and counts what the tests notice.
// Takes the names of areas, by default all of them; ends with the table of docs/quality.md.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AREAS } from './areas.ts';

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

const asked = process.argv.slice(2);
const areas = asked.length > 0 ? asked : Object.keys(AREAS);
const rows: string[] = [];

for (const area of areas) {
  // At the lowest priority, so that it does not slow other work on this machine.
  const env = { ...process.env, MUTATION_AREA: area };
  const { status } = spawnSync('nice', ['-n', '19', 'stryker', 'run'], { env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  const { files } = JSON.parse(readFileSync(`test-results/mutation/${area}.json`, 'utf8')) as Report;
  for (const [file, { mutants }] of Object.entries(files)) rows.push(createRow(file, mutants));
}

console.log('\n| file | mutants | killed | endless | lived | not reached | score |\n|---|--:|--:|--:|--:|--:|--:|');
console.log(rows.join('\n'));

function createRow(file: string, mutants: readonly { readonly status: string }[]): string {
  const count = (wanted: string) => mutants.filter(({ status }) => status === wanted).length;
  const [killed, endless, lived, missed] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(count) as [
    number,
    number,
    number,
    number,
  ];
  const all = killed + endless + lived + missed;
  const score = ((100 * (killed + endless)) / all).toFixed(1);
  return `| \`${file}\` | ${all} | ${killed} | ${endless} | ${lived} | ${missed} | ${score} % |`;
}
