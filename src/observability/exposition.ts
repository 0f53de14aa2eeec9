// The sums as text for a scraper.
// Prometheus text format 0.0.4: a family's lines together, under its HELP and TYPE.

import type { Counts } from './series.ts';

const FAMILIES: readonly (readonly [name: string, help: string, type?: string])[] = [
  ['requests_total', 'Requests answered'],
  ['refusals_total', 'Requests that ended in a fault'],
  ['upstream_seconds', 'Time to the first byte of the application', 'histogram'],
  ['sign_ins_total', 'Sessions begun'],
  ['session_ends_total', 'Sessions ended; reason logout: signed out'],
  ['refreshes_total', 'Token refreshes'],
  ['claims_total', 'How fresh the claims of a request were; failed: ZITADEL could not be asked'],
  ['revocations_total', 'Refresh tokens revoked'],
  ['provider_failures_total', 'Calls to ZITADEL without a good answer'],
  ['store_failures_total', 'KV writes and objects that failed'],
  ['flushes_total', 'Hand-overs of counts by isolates'],
  ['counting_since_seconds', 'When the sums began', 'gauge'],
];

/** The sums are lower bounds, and each HELP says so. */
const LOSS = '. Summed over isolates, seconds late; what an isolate had not handed over when it ended is missing.';

export function writeExposition(counts: Counts): string {
  const lines: string[] = [];
  for (const [name, help, type = 'counter'] of FAMILIES) {
    const rows = Object.entries(counts).filter(([key]) => familyOf(key) === name);
    if (rows.length === 0) continue;
    lines.push(`# HELP postern_${name} ${help}${LOSS}`, `# TYPE postern_${name} ${type}`);
    lines.push(...rows.map(([key, value]) => `postern_${key} ${value}`));
  }
  return `${lines.join('\n')}\n`;
}

const familyOf = (key: string): string => key.replace(/(_bucket|_sum|_count)?(\{.*)?$/, '');
