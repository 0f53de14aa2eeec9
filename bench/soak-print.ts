// A soak's tables, as docs/quality.md has them.

import type { Judge } from './soak-judge.ts';
import { type Finding, mebibytes, type Sample } from './soak-memory.ts';
import { type Phase, summarize } from './soak-phases.ts';

export function print(line: string): void {
  console.log(line);
}

/** One line when a phase is over. */
export function printPhase(phase: Phase, startedAt: number): void {
  const [summary] = summarize([phase], () => [phase.place, phase.fault].join(' ').trim());
  if (!summary) return;
  const at = ((phase.from - startedAt) / 1000).toFixed(0).padStart(4);
  const { name, hits, rate, p50, p99, kinds } = summary;
  print(
    `${at} s  ${name.padEnd(24)} ${rate.toFixed(0).padStart(5)}/s  p50 ${p50.toFixed(0)} p99 ${p99.toFixed(0)} ms  met by ${hits}  ${kinds}`,
  );
}

export function printPhases(phases: readonly Phase[]): void {
  print('\n| broken | seconds | requests that met it | requests/s | p50 ms | p99 ms | answers |');
  print('|---|---:|---:|---:|---:|---:|---|');
  for (const { name, seconds, hits, rate, p50, p99, kinds } of summarize(phases, ({ place }) => place)) {
    const cells = [name, seconds.toFixed(0), hits, Math.round(rate), p50.toFixed(0), p99.toFixed(0), kinds];
    print(`| ${cells.join(' | ')} |`);
  }
}

export function printSamples(samples: readonly Sample[]): void {
  print('\n| at | sessions begun | heap after collection, MiB | resident, MiB | sockets | files |');
  print('|---:|---:|---:|---:|---:|---:|');
  for (const { at, sessions, heap, resident, sockets, files } of samples)
    print(`| ${at.toFixed(0)} s | ${sessions} | ${mebibytes(heap)} | ${mebibytes(resident)} | ${sockets} | ${files} |`);
}

export function printFindings(findings: readonly Finding[]): void {
  print('\n| at the end | | |');
  print('|---|---|---|');
  for (const { what, value, holds } of findings)
    print(`| ${what} | ${value} | ${holds ? 'holds' : '**does not hold**'} |`);
}

export function printViolations({ counts, shown, unjudged }: Judge): void {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  print(`\n${total} violations; ${unjudged} while the machine stood still, which say nothing`);
  for (const [what, count] of counts) print(`  ${count} × not so: ${what}`);
  for (const violation of shown) print(`\nnot so: ${violation}`);
}
