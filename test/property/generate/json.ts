// JSON out of valid JSON: members changed, lost, renamed, doubled, nested beyond measure; then written, and the text changed too.

import fc from 'fast-check';
import { anyText, applySteps, type Step, stepsWith } from './text.ts';

export interface Edit {
  readonly do: 'replace' | 'remove' | 'rename' | 'wrap' | 'double' | 'add';
  /** Which of all members, counted through. */
  readonly member: number;
  readonly name: string;
  readonly value: unknown;
}

/** Placeholders for JSON that no JavaScript value can hold; the text gets it in their place. */
const DEEP = '@deep:';
const RAW = '@raw:';

const MEMBER_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
  'then',
  'length',
  '',
  '0',
  'sub',
  'keys',
  'error',
];

const awkward: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, 253_402_300_799, 4_294_967_296, '', ' ', '0', 'null'],
    ...[[], {}, [[]], [null], { toString: 1, valueOf: 1 }, { toJSON: 1 }, { length: 3 }],
    ...['\0', '\ud800', 'a\r\nSet-Cookie: x=y', '<script>alert(1)</script>', '日本語', 'K'.repeat(9_000)],
    ...[`${RAW}1e400`, `${RAW}-1e400`, `${RAW}1e-400`, `${RAW}{"__proto__":{"sub":"1"}}`, `${RAW}"\\ud800"`],
    ...[`${DEEP}100`, `${DEEP}3000`, `${DEEP}30000`],
  ),
  fc.jsonValue(),
  anyText,
  fc.array(anyText, { maxLength: 4 }),
  fc.dictionary(fc.oneof(fc.constantFrom(...MEMBER_NAMES), anyText), fc.oneof(anyText, fc.jsonValue()), { maxKeys: 4 }),
);

/** `values` are those of other, honest things: another user, another issuer, another kind of token. */
export function editsWith(values: readonly unknown[], names: readonly string[] = []): fc.Arbitrary<readonly Edit[]> {
  const value = values.length > 0 ? fc.oneof(fc.constantFrom(...values), awkward) : awkward;
  return fc.array(
    fc.record({
      do: fc.constantFrom<Edit['do']>('replace', 'replace', 'replace', 'remove', 'rename', 'wrap', 'double', 'add'),
      member: fc.nat(60),
      name: fc.constantFrom(...names, ...MEMBER_NAMES),
      value,
    }),
    { maxLength: 4 },
  );
}

export interface JsonRecipe {
  readonly edits: readonly Edit[];
  readonly steps: readonly Step[];
}

/** Mostly sound as a text. */
export function jsonRecipe(values: readonly unknown[], names: readonly string[] = []): fc.Arbitrary<JsonRecipe> {
  const none: fc.Arbitrary<readonly Step[]> = fc.constant([]);
  return fc.record({
    edits: editsWith(values, names),
    steps: fc.oneof({ arbitrary: none, weight: 5 }, stepsWith(['{', '}', '[', ']', '"', ',', ':', 'null', '\\u0000'])),
  });
}

export function cook(valid: unknown, { edits, steps }: JsonRecipe): string {
  return applySteps(writeJson(applyEdits(valid, edits)), steps);
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/"@deep:(\d+)"/g, (_, depth: string) => '['.repeat(Number(depth)) + ']'.repeat(Number(depth)))
    .replace(/"@raw:((?:[^"\\]|\\.)*)"/g, (_, text: string) => JSON.parse(`"${text}"`) as string);
}

export function applyEdits(valid: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce<unknown>(applyEdit, structuredClone(valid));
}

function applyEdit(value: unknown, edit: Edit): unknown {
  const members = membersOf(value);
  const [holder, name] = members[edit.member % Math.max(1, members.length)] ?? [];
  // A copy, or an edit that comes after might put the value into itself.
  const other: unknown = structuredClone(edit.value);
  if (holder === undefined || name === undefined) return other;
  switch (edit.do) {
    case 'replace':
      define(holder, name, other);
      break;
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else delete holder[name];
      break;
    case 'rename':
      define(holder, edit.name, holder[name]);
      if (!Array.isArray(holder) && edit.name !== name) delete holder[name];
      break;
    case 'wrap':
      define(holder, name, [holder[name]]);
      break;
    case 'double':
      define(holder, name, [holder[name], other]);
      break;
    case 'add':
      define(holder, edit.name, other);
      break;
  }
  return value;
}

type Holder = Record<string, unknown>;

function membersOf(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((name) => [[holder, name] as [Holder, string], ...membersOf(holder[name])]);
}

/** `__proto__` as a name like any other. A list has no names to give. */
function define(holder: Holder, name: string, value: unknown): void {
  if (Array.isArray(holder) && !/^\d+$/.test(name)) {
    holder.push(value);
    return;
  }
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}
