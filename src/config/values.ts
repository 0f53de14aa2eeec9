// The kinds of values a variable can have: seconds, flags, lists, tables; each also in the written form a secret or a shell needs.
// ARCHITECTURE §1: tables and lists may be JSON strings; durations are seconds, a positive whole number or its digits.

import {
  array,
  type BaseIssue,
  type BaseSchema,
  minLength,
  picklist,
  pipe,
  rawTransform,
  string,
  transform,
  unknown,
} from 'valibot';
import { isPlain } from './issues.ts';
import { suggestName } from './suggest.ts';

/** What a judgement returns instead of a value: what is wanted. It never says what was found, which may be secret. */
export class Wanted {
  readonly wanted: string;

  constructor(wanted: string) {
    this.wanted = wanted;
  }
}

/** A step of a pipe that turns its input into a value or says what is wanted instead. */
export const judge = <Input, Output>(judgement: (input: Input) => Output | Wanted) =>
  rawTransform<Input, Output>(({ dataset, addIssue, NEVER }) => {
    const outcome = judgement(dataset.value);
    if (!(outcome instanceof Wanted)) return outcome;
    addIssue({ message: outcome.wanted });
    return NEVER;
  });

export const text = (wanted: string) =>
  string(({ input }) => (input === undefined ? wanted : `${wanted}: text, in quotes`));

export const matching = (pattern: RegExp, wanted: string) =>
  pipe(
    text(wanted),
    judge((value) => (pattern.test(value) ? value : new Wanted(wanted))),
  );

export const judged = <Output>(wanted: string, judgement: (value: string) => Output | Wanted) =>
  pipe(text(wanted), judge(judgement));

export const seconds = pipe(
  unknown(),
  judge((value) =>
    (typeof value === 'number' || typeof value === 'string') && /^0*[1-9]\d{0,8}$/.test(String(value))
      ? Number(value)
      : new Wanted('seconds: a positive whole number'),
  ),
);

/** As counted by servers' own limits. */
export const bytes = pipe(
  unknown(),
  judge((value) =>
    (typeof value === 'number' || typeof value === 'string') && /^0*[1-9]\d{2,6}$/.test(String(value))
      ? Number(value)
      : new Wanted('bytes: a whole number of at least 100'),
  ),
);

export const flag = pipe(
  unknown(),
  judge((value) =>
    value === true || value === 'true'
      ? true
      : value === false || value === 'false'
        ? false
        : new Wanted('true or false'),
  ),
);

export const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  picklist(options, ({ input }) => {
    const near = typeof input === 'string' ? suggestName(input, options) : undefined;
    const wanted = `one of ${options.map((option) => `"${option}"`).join(', ')}`;
    return near === undefined ? wanted : `${wanted}; did you mean "${near}"?`;
  });

/** A list, duplicates removed: a list, a JSON string or, with `separator`, text that it splits. */
export const list = <Item, Issue extends BaseIssue<unknown>>(
  item: BaseSchema<unknown, Item, Issue>,
  wanted: string,
  separator?: RegExp,
) =>
  pipe(
    unknown(),
    judge((value): unknown => {
      if (typeof value !== 'string') return value;
      if (value.trim().startsWith('[')) return parseJson(value, wanted);
      return separator === undefined ? new Wanted(wanted) : value.trim().split(separator);
    }),
    array(item, wanted),
    transform((items): readonly Item[] => [...new Set(items)]),
  );

export const filledList = <Item, Issue extends BaseIssue<unknown>>(
  item: BaseSchema<unknown, Item, Issue>,
  wanted: string,
  separator?: RegExp,
) => pipe(list(item, wanted, separator), minLength(1, `${wanted}, not an empty one`));

export type Table = Readonly<Record<string, unknown>>;

/** JSON data, given as data or as text. Bindings are refused. */
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
export const table = <Value>(
  wanted: string,
  judgeEntry: (name: string, value: unknown, all: Table) => Value | Wanted,
) =>
  pipe(
    unknown(),
    judge((value): Table | Wanted => {
      const parsed = parseJson(value, wanted);
      return parsed instanceof Wanted || isTable(parsed) ? parsed : new Wanted(wanted);
    }),
    rawTransform<Table, Readonly<Record<string, Value>>>(({ dataset, addIssue }) => {
      const result: Record<string, Value> = Object.create(null);
      for (const [key, value] of Object.entries(dataset.value)) {
        const outcome = judgeEntry(key, value, dataset.value);
        if (outcome instanceof Wanted) {
          const item = { type: 'object' as const, origin: 'value' as const, input: { ...dataset.value }, key, value };
          addIssue({ message: outcome.wanted, input: value, path: [item] });
        } else result[key] = outcome;
      }
      return result;
    }),
  );
