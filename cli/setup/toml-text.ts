// Finds and replaces single variables in the text of wrangler.toml; comments, order and everything else stay as they are.
// TOML v1.0.0: Keys, String, Array, Table.

import { CommandError } from '../support/failure.ts';

export interface Pair {
  readonly table: string;
  readonly key: string;
  /** Of the line, of the value, and after the value. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

export interface Header {
  readonly table: string;
  readonly from: number;
  /** Where the next line begins. */
  readonly to: number;
}

export interface Outline {
  readonly headers: readonly Header[];
  readonly pairs: readonly Pair[];
}

const HEADER = /[ \t]*\[\[?[ \t]*([^\]\n]+?)[ \t]*\]\]?[^\n]*\n?/y;
const KEY = /[ \t]*([\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=[ \t]*/y;
/** A dotted key, an inline comment, an empty line: of no interest. */
const LINE = /[^\n]*\n?/y;
const STRING = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/y;

/** What tables and variables there are, and where. */
export function outline(text: string): Outline {
  const headers: Header[] = [];
  const pairs: Pair[] = [];
  let table = '';
  let at = 0;
  while (at < text.length) {
    const header = matchAt(HEADER, text, at);
    if (header) {
      table = header[1] ?? '';
      headers.push({ table, from: at, to: at + header[0].length });
      at += header[0].length;
      continue;
    }
    const key = matchAt(KEY, text, at);
    if (key) {
      const valueFrom = at + key[0].length;
      const valueTo = endOfValue(text, valueFrom);
      pairs.push({ table, key: (key[1] ?? '').replace(/^["']|["']$/g, ''), from: at, valueFrom, valueTo });
      at = valueTo;
    }
    at += matchAt(LINE, text, at)?.[0].length || 1;
  }
  return { headers, pairs };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Lists and inline tables may go over several lines, with strings and comments in them. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const string = matchAt(STRING, text, at);
    if (string) at += string[0].length;
    else if (text[at] === '#') {
      if (depth === 0) break;
      at += matchAt(LINE, text, at)?.[0].length || 1;
    } else if (text[at] === '\n' && depth === 0) break;
    else {
      if ('[{'.includes(text[at] ?? '')) depth += 1;
      if (']}'.includes(text[at] ?? '')) depth -= 1;
      at += 1;
    }
  }
  return from + text.slice(from, at).trimEnd().length;
}

/** The value of a variable that is text; any other, or none, is `undefined`. */
export function readVariable(text: string, table: string, key: string): string | undefined {
  const pair = outline(text).pairs.find((each) => each.table === table && each.key === key);
  const value = pair && text.slice(pair.valueFrom, pair.valueTo);
  if (value?.startsWith("'") && !value.startsWith("'''")) return value.slice(1, -1);
  if (!value?.startsWith('"') || value.startsWith('"""')) return undefined;
  try {
    return JSON.parse(value) as string;
  } catch (cause) {
    // TOML's \U0001F600 is no JSON
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Replaces the value; else writes the variable below its commented example, or at the end of the table. */
export function setVariable(text: string, table: string, key: string, value: string): string {
  const { headers, pairs } = outline(text);
  const written = JSON.stringify(value);
  const pair = pairs.find((each) => each.table === table && each.key === key);
  if (pair) return text.slice(0, pair.valueFrom) + written + text.slice(pair.valueTo);
  assertNoInlineTable(pairs, table);
  const line = `${key} = ${written}\n`;
  const index = headers.findIndex((header) => header.table === table);
  if (index < 0) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}\n[${table}]\n${line}`;
  const from = headers[index]?.to ?? 0;
  const to = headers[index + 1]?.from ?? text.length;
  const example = new RegExp(`^[ \\t]*#[ \\t]*${key}[ \\t]*=[^\\n]*\\n`, 'm').exec(text.slice(from, to));
  const last = pairs.filter((each) => each.table === table).at(-1);
  const at = example ? from + example.index + example[0].length : last ? endOfLine(text, last.valueTo) : from;
  const isBroken = at > 0 && text[at - 1] !== '\n';
  return `${text.slice(0, at)}${isBroken ? '\n' : ''}${line}${text.slice(at)}`;
}

export const hasTable = (text: string, table: string): boolean =>
  outline(text).headers.some((header) => header.table === table);

/** One more table of a list ([[table]]): below the last with what belongs to it, or at the end. What is undefined is left out. */
export function appendTable(
  text: string,
  table: string,
  values: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${JSON.stringify(value)}\n`],
  );
  const block = `[[${table}]]\n${lines.join('')}`;
  const { headers, pairs } = outline(text);
  assertNoInlineTable(pairs, table.split('.').slice(0, -1).join('.'));
  const last = headers.findLastIndex((header) => header.table === table || header.table.startsWith(`${table}.`));
  const header = headers[last];
  const before = header ? endOfTable(text, header, headers[last + 1], pairs) : text.length;
  const head = text.slice(0, before);
  const gap = head === '' ? '' : head.endsWith('\n') ? '\n' : '\n\n';
  return `${head}${gap}${block}${text.slice(before)}`;
}

/** Behind its last value. */
function endOfTable(text: string, header: Header, next: Header | undefined, pairs: readonly Pair[]): number {
  const last = pairs.findLast(({ from }) => from >= header.to && from < (next?.from ?? text.length));
  return last ? endOfLine(text, last.valueTo) : header.to;
}

export const endOfLine = (text: string, at: number): number => at + (matchAt(LINE, text, at)?.[0].length ?? 0);

function assertNoInlineTable(pairs: readonly Pair[], table: string): void {
  const parent = table.split('.').slice(0, -1).join('.');
  const isInline = pairs.some((each) => each.table === parent && each.key === table.split('.').at(-1));
  if (!isInline) return;
  throw new CommandError(`wrangler.toml has its variables in an inline table (${table} = { … })`, {
    hints: [`write them as a table of their own, [${table}], and run this again`],
  });
}
