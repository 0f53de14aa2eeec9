// Findings as lines for a terminal: status, check, what was found, and below it what to do.

import { nameSites } from '../installation/sites.ts';
import type { Look } from '../support/look.ts';
import type { Finding } from './finding.ts';

const PAINTS = { ok: 'good', warning: 'warning', failed: 'bad', skipped: 'quiet' } as const;

export function printFindings(findings: readonly Finding[], look: Look): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = foldGood(findings).flatMap(({ check, status, found, cure }) => {
    const line = `${look[PAINTS[status]](status.padEnd(7))}  ${check.padEnd(width)}  ${found}`;
    return cure === undefined ? [line] : [line, `${' '.repeat(width + 11)}→ ${cure}`];
  });
  return [...lines, '', summarize(findings)].join('\n');
}

const MOST_GOOD = 3;

/** What is well at many sites is one line; what is not is a line for each. */
function foldGood(findings: readonly Finding[]): readonly Finding[] {
  const sitesOf = (check: string) =>
    findings.filter((each) => each.check === check && each.status === 'ok' && each.site !== undefined);
  return findings.flatMap((finding) => {
    const alike = finding.site !== undefined && finding.status === 'ok' ? sitesOf(finding.check) : [];
    if (alike.length <= MOST_GOOD) return [finding];
    const found = `as wanted ${alike.length} times: ${nameSites([...new Set(alike.map(({ site = '' }) => site))])}`;
    return alike[0] === finding ? [{ ...finding, found }] : [];
  });
}

export const hasFailed = (findings: readonly Finding[]): boolean => findings.some(({ status }) => status === 'failed');

function summarize(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((each) => each.status === status).length;
  if (count('failed') > 0) return `${count('failed')} failed, ${count('warning')} to think about`;
  if (count('warning') > 0) return `Nothing is broken; ${count('warning')} to think about`;
  return 'All is well';
}
