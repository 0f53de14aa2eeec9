// The sums as text for a scraper.
// Prometheus text format 0.0.4: a family's lines together, under its HELP and TYPE.

import type { Counts } from './series.ts';

const FAMILIES: readonly (readonly [name: string, help: string, type?: string])[] = [
  ['requests_total', 'Requests'],
  ['site_requests_total', 'Requests by site'],
  ['refusals_total', 'Faults'],
  ['claims_total', 'Freshness of claims'],
  ['upstream_seconds', 'First byte of the application', 'histogram'],
  ['events_total', 'Events'],
  ['flushes_total', 'Hand-overs'],
  ['counting_since_seconds', 'Begin of the sums', 'gauge'],
];

/** Each HELP says that the sums are lower bounds. */
const LOSS = ', without the last 10 s of isolates that ended';

export function writeExposition(counts: Counts): string {
  return FAMILIES.map(([name, help, type = 'counter']) => {
    const rows = Object.entries(counts).filter(([key]) => key.startsWith(name));
    const lines = rows.map(([key, value]) => `postern_${key} ${value}\n`);
    return `# HELP postern_${name} ${help}${LOSS}\n# TYPE postern_${name} ${type}\n${lines.join('')}`;
  }).join('');
}
