// What is said on the terminal once all of it runs.

import { alignColumns, type Look } from '../support/look.ts';
import type { Overview } from './overview.ts';

const MOST_PATHS = 4;

export function printWelcome(overview: Overview, look: Look): string {
  const { gateway, application, zitadel, page, personas, overrides, notes, issues, commands } = overview;
  const behind = application.isGuestBook ? 'An old guest book without login' : `Your application, ${application.url}`;
  const others = (overview.sites ?? []).slice(1).map(({ origin, name = '' }) => [`    ${look.strong(origin)}`, name]);
  const lines = ['', `  Open  ${look.strong(gateway.origin)}`, ...indent(alignColumns(others)), ''];
  if (zitadel.isStandIn) {
    lines.push(`  ${behind}, behind the gateway. The sign-in page is a stand-in for ZITADEL; choose who you are:`, '');
    lines.push(...indent(alignColumns(personas.map(describePersona))), '');
  } else lines.push(`  ${behind}, behind the gateway. Sign-ins go to ${zitadel.issuer}.`, '');
  if (overrides.length > 0) {
    lines.push('  Different from your files, on this machine only:', '');
    lines.push(...indent(alignColumns(overrides)), '');
  }
  for (const { variable, found, wanted } of issues)
    lines.push(`  ${look.bad('wrong')}  ${variable}: found ${found}; wanted: ${wanted}`);
  for (const note of notes) lines.push(`  ${look.warning('note')}   ${note}`);
  if (issues.length + notes.length > 0) lines.push('');
  for (const { what, command } of commands) lines.push(`  ${what}:`, `    ${command}`, '');
  lines.push(`  What is running where: ${page}`, '  Ctrl-C stops everything.', '');
  return lines.join('\n');
}

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `    ${line}`);

function describePersona({ name, roles, opens }: Overview['personas'][number]): readonly string[] {
  const shown = opens.slice(0, MOST_PATHS).join(', ');
  const more = opens.length > MOST_PATHS ? ` and ${opens.length - MOST_PATHS} more` : '';
  return [name, roles.join(', ') || 'no role', opens.length === 0 ? '' : `opens ${shown}${more}`];
}
