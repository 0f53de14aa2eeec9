// The table at the end: one line for each thing that was tried, and the sum.

import type { Look } from '../support/look.ts';
import type { Line, Outcome } from './ledger.ts';

const MARKS: Readonly<Record<Outcome, string>> = { passed: 'passed', failed: 'FAILED', 'not applicable': 'n/a' };

export function printTable(lines: readonly Line[], look: Look): string {
  if (lines.length === 0) return 'Nothing was tried.';
  const areaWidth = Math.max(...lines.map(({ area }) => area.length), 4);
  const rows = lines.map(
    (line) => `${paint(line.outcome, look)}  ${line.area.padEnd(areaWidth)}  ${describeLine(line)}`,
  );
  return [...rows, '', countOutcomes(lines)].join('\n');
}

export const describeLine = ({ what, reason }: Line): string => what + (reason === undefined ? '' : ` (${reason})`);

export function paint(outcome: Outcome, look: Look): string {
  const mark = MARKS[outcome].padEnd(6);
  return { passed: look.good, failed: look.bad, 'not applicable': look.quiet }[outcome](mark);
}

export function countOutcomes(lines: readonly Line[]): string {
  const count = (wanted: Outcome) => lines.filter(({ outcome }) => outcome === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('not applicable')} not applicable`;
}
