// Values as TOML: of a stranger's text nothing but the text comes through, neither a key nor a line of its own.
// TOML v1.0.0: String, Array, Inline Table.

import { isTable } from '../../src/config/values.ts';
import { printable } from './ledger.ts';

export function writeValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(', ')}]`;
  if (isTable(value)) {
    const pairs = Object.entries(value).map(([key, each]) => `${writeKey(key)} = ${writeValue(each)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return writeText(String(value));
}

/** As JSON, whose escapes TOML has too; of control characters DEL is the one that JSON leaves. */
const writeText = (text: string): string => JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007F');

const writeKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : writeText(key));

export const writeComment = (text: string): string => `# ${printable(text)}\n`;
