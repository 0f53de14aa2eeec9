// How the commands look: colours only on a terminal that wants them, one set of marks, columns that line up.
// NO_COLOR (no-color.org), FORCE_COLOR.

import { styleText } from 'node:util';

export type Paint = (text: string) => string;

export interface Look {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warning: Paint;
  readonly quiet: Paint;
  readonly strong: Paint;
}

type Format = Parameters<typeof styleText>[0];

export function createLook(isColourful: boolean): Look {
  const paint =
    (format: Format): Paint =>
    (text) =>
      isColourful ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: paint('green'),
    bad: paint('red'),
    warning: paint('yellow'),
    quiet: paint('dim'),
    strong: paint('bold'),
  };
}

export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

/** Rows of cells as lines; the last column is as long as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
