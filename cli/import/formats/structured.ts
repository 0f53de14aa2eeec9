// YAML, JSON and TOML as data. A parser's own message quotes what it read, which may be secret, so only the line is said.
// YAML 1.2, TOML v1.0.0.

import { parse as parseTomlText, TomlError } from 'smol-toml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { isTable } from '../../../src/config/values.ts';
import { CommandError } from '../../support/failure.ts';
import type { Input } from '../draft.ts';

export type Table = Readonly<Record<string, unknown>>;

/** Each host of a file asks for it again. */
const parsedFiles = new WeakMap<Input, readonly unknown[]>();

/** Every document of the file. JSON is YAML, too. */
export function parseYaml(input: Input): readonly unknown[] {
  const parsed = parsedFiles.get(input) ?? parseDocuments(input);
  parsedFiles.set(input, parsed);
  return parsed;
}

function parseDocuments({ name, text }: Input): readonly unknown[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { merge: true, lineCounter, uniqueKeys: true });
  const parsed = Array.isArray(documents) ? documents : [];
  for (const { errors } of parsed) {
    const [error] = errors;
    if (error) throw unreadable(name, 'YAML', lineCounter.linePos(error.pos[0]).line);
  }
  try {
    const values = parsed.map((each) => each.toJS({ maxAliasCount: 1000 }) as unknown).filter((each) => each !== null);
    // What holds itself by an alias has no end, and no JSON either.
    JSON.stringify(values);
    return values;
  } catch {
    throw unreadable(name, 'YAML');
  }
}

export function parseToml({ name, text }: Input): Table {
  try {
    return parseTomlText(text);
  } catch (cause) {
    throw unreadable(name, 'TOML', cause instanceof TomlError ? cause.line : undefined);
  }
}

function unreadable(name: string, format: string, line?: number): CommandError {
  const where = line === undefined ? '' : `, line ${line}`;
  return new CommandError(`${name} can’t be read as ${format}${where}: nothing was written`, {
    hints: ['--from says which gateway’s file it is, where it was taken for another’s'],
  });
}

export const tableOf = (value: unknown): Table => (isTable(value) ? value : {});

export const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

/** Texts and numbers of a list, or of a single value. */
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value)
    .filter((each) => ['string', 'number', 'boolean'].includes(typeof each))
    .map((each) => String(each).trim())
    .filter((each) => each !== '');

export const textOf = (value: unknown): string | undefined => textsOf(value)[0];

/** `undefined`: neither yes nor no. */
export function flagOf(value: unknown): boolean | undefined {
  const text = textOf(value)?.toLowerCase();
  if (text === undefined) return undefined;
  if (['true', 't', '1', 'yes', 'on'].includes(text)) return true;
  return ['false', 'f', '0', 'no', 'off'].includes(text) ? false : undefined;
}

/** Seconds of `168h0m0s`, `90m`, `1d`, of nanoseconds never: a bare number is seconds. */
export function secondsOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  const units: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };
  return Math.round(parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0));
}

/** As a duration of the gateway's can be: whole seconds, at least one. */
export function durationOf(value: unknown): number | undefined {
  const seconds = secondsOf(value);
  return seconds !== undefined && seconds >= 1 && seconds < 1e9 ? seconds : undefined;
}
