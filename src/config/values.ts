// The kinds of values a variable can have: text, seconds, flags, lists, tables; each also in the written form a secret or a shell needs.
// Design §1: tables and lists may be JSON strings; durations are seconds, a positive whole number or its digits.

import { isPlain } from './issues.ts';
import { suggestName } from './suggest.ts';

/** `place` is where in the variable's value, as the operator reads it: `, route 2, methods`. */
export type Report = (wanted: string, found: unknown, place: string) => void;

/** Gives what a value means, or reports everything that is wrong with it; what it gives then is not used. */
export type Schema<Output> = (value: unknown, report: Report) => Output;

/** Given back by a judgement instead of a value: what is wanted. Never says what was found, which may be secret. */
export class Wanted {
  readonly wanted: string;

  constructor(wanted: string) {
    this.wanted = wanted;
  }
}

export const judge =
  <Output>(judgement: (value: unknown) => Output | Wanted): Schema<Output> =>
  (value, report) => {
    const outcome = judgement(value);
    if (!(outcome instanceof Wanted)) return outcome;
    return report(outcome.wanted, value, '') as never;
  };

/** Unset, it is what `fallback` means, written as an operator would. */
export const optional = <Output, Fallback = undefined>(schema: Schema<Output>, fallback?: Fallback) =>
  Object.assign(
    (value: unknown, report: Report): Output | (Fallback & undefined) => {
      const given = value === undefined ? fallback : value;
      return given === undefined ? (undefined as never) : schema(given, report);
    },
    { isOptional: true, fallback },
  );

export const judged = <Output>(wanted: string, judgement: (value: string) => Output | Wanted) =>
  judge((value) => {
    if (typeof value === 'string') return judgement(value);
    return new Wanted(value === undefined ? wanted : `${wanted}: text, in quotes`);
  });

export const text = (wanted: string) => judged(wanted, (value) => value);

export const matching = (pattern: RegExp, wanted: string) =>
  judged(wanted, (value) => (pattern.test(value) ? value : new Wanted(wanted)));

export const seconds = judge((value) =>
  (typeof value === 'number' || typeof value === 'string') && /^0*[1-9]\d{0,8}$/.test(String(value))
    ? Number(value)
    : new Wanted('seconds: a positive whole number'),
);

export const flag = judge((value) => {
  const isTrue = value === true || value === 'true';
  return isTrue || value === false || value === 'false' ? isTrue : new Wanted('true or false');
});

export const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  judge((value): Options[number] | Wanted => {
    if (options.includes(value as string)) return value as Options[number];
    const wanted = `one of ${options.map((option) => `"${option}"`).join(', ')}`;
    const near = typeof value === 'string' ? suggestName(value, options) : undefined;
    return new Wanted(near === undefined ? wanted : `${wanted}; did you mean "${near}"?`);
  });

const valueNumber = (index: number, count: number) => (count === 1 ? '' : `, value ${index + 1}`);

/** A list, duplicates removed: a list, a JSON string or, with `separator`, text that it splits. */
export const list =
  <Item>(item: Schema<Item>, wanted: string, separator?: RegExp, placeOf = valueNumber): Schema<readonly Item[]> =>
  (value, report) => {
    const items = itemsOf(value, wanted, separator);
    if (items instanceof Wanted) return report(items.wanted, value, '') as never;
    const outputs = items.map((one, index) =>
      item(one, (problem, found, place) => report(problem, found, placeOf(index, items.length) + place)),
    );
    return [...new Set(outputs)];
  };

export const filledList =
  <Item>(item: Schema<Item>, wanted: string, separator?: RegExp): Schema<readonly Item[]> =>
  (value, report) => {
    const items = list(item, wanted, separator)(value, report);
    // Undefined is what has been reported.
    if (items?.length === 0) report(`${wanted}, not an empty one`, items, '');
    return items;
  };

function itemsOf(value: unknown, wanted: string, separator: RegExp | undefined): readonly unknown[] | Wanted {
  const isPlainText = typeof value === 'string' && !value.trim().startsWith('[');
  if (isPlainText && separator !== undefined) return value.trim().split(separator);
  const items = isPlainText ? undefined : parseJson(value, wanted);
  return items instanceof Wanted || Array.isArray(items) ? items : new Wanted(wanted);
}

export type Table = Readonly<Record<string, unknown>>;

/** JSON data or its text. `null` and bindings are none. */
export function parseJson(value: unknown, wanted: string): unknown {
  if (typeof value !== 'string') return isPlain(value) ? value : new Wanted(wanted);
  try {
    return JSON.parse(value);
  } catch {
    // The parser's message quotes what it read, which may be secret.
    return new Wanted(`${wanted}; this is text that is not JSON`);
  }
}

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);

/** A table whose entries are judged one by one. The result has no prototype, so that it can be asked for any name. */
export const table =
  <Value>(
    wanted: string,
    judgeEntry: (name: string, value: unknown, all: Table) => Value | Wanted,
  ): Schema<Readonly<Record<string, Value>>> =>
  (value, report) => {
    const parsed = parseJson(value, wanted);
    const result: Record<string, Value> = Object.create(null);
    if (!isTable(parsed)) report(parsed instanceof Wanted ? parsed.wanted : wanted, value, '');
    else {
      for (const [key, entry] of Object.entries(parsed)) {
        const outcome = judgeEntry(key, entry, parsed);
        if (outcome instanceof Wanted) report(outcome.wanted, entry, `, ${key}`);
        else result[key] = outcome;
      }
    }
    return result;
  };
