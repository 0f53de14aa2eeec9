// The tables of docs/browsers.md, which tests hold against the real browsers.

import { readFileSync } from 'node:fs';

/** A cell of the table whose first heading is `table`, by its row's first cell and its column's heading. */
export function documentedCell(table: string, row: string, browser: string): string | undefined {
  const lines = readFileSync('docs/browsers.md', 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const start = lines.findIndex((cells) => cells[1] === table);
  const column = lines[start]?.indexOf(browser) ?? -1;
  return lines.slice(start).find((cells) => cells[1] === row)?.[column];
}
