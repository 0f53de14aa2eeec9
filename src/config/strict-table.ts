// A table of known fields, judged whole: every problem of it at once, unknown fields and fields that contradict each other included.
// ARCHITECTURE §1: unknown keys are problems too.

import {
  type BaseIssue,
  type BaseSchema,
  type InferOutput,
  type ObjectSchema,
  object,
  pipe,
  rawTransform,
  safeParse,
  unknown,
} from 'valibot';
import { suggestName } from './suggest.ts';
import type { Table } from './values.ts';

interface Field {
  readonly schema: BaseSchema<unknown, unknown, BaseIssue<unknown>>;
  /** As it is written in TOML. */
  readonly example: string;
}

type Fields = Readonly<Record<string, Field>>;
type Entries<F extends Fields> = { -readonly [Name in keyof F]: F[Name]['schema'] };

interface Kind<F extends Fields> {
  readonly fields: F;
  readonly wanted: string;
  readonly wantedField: string;
  /** Why a known field contradicts the others of its table. Those may be unsound, so only plain values of theirs are looked at. */
  readonly contradiction: (field: string, all: Table) => string | undefined;
}

export function strictTable<const F extends Fields>({ fields, wanted, wantedField, contradiction }: Kind<F>) {
  const names = Object.keys(fields);
  const entries = Object.fromEntries(names.map((name) => [name, fields[name]?.schema])) as Entries<F>;
  const known = object(entries, wanted);
  const unknownField = (field: string): string => {
    const near = suggestName(field, names);
    return near === undefined ? wantedField : `${wantedField}; did you mean "${near}"?`;
  };

  return pipe(
    unknown(),
    rawTransform<unknown, Readonly<InferOutput<ObjectSchema<Entries<F>, string>>>>(
      ({ dataset: { value: input }, addIssue, NEVER }) => {
        let isSound = true;
        const result = safeParse(known, input);
        for (const issue of result.issues ?? []) {
          isSound = false;
          const path = issue.path as Parameters<typeof addIssue>[0] extends { path?: infer P } | undefined ? P : never;
          addIssue({ message: issue.message, input: issue.input, ...(issue.path && { path }) });
        }
        if (typeof input !== 'object' || input === null) return NEVER;
        for (const [field, value] of Object.entries(input)) {
          const instead = names.includes(field) ? contradiction(field, input as Table) : unknownField(field);
          if (instead === undefined) continue;
          isSound = false;
          addIssue({ message: instead, input: value, path: [pathItem(field, input)] });
        }
        return result.success && isSound ? result.output : NEVER;
      },
    ),
  );
}

const pathItem = (key: string, input: object) => ({
  type: 'object' as const,
  origin: 'value' as const,
  input: input as Record<string, unknown>,
  key,
  value: (input as Record<string, unknown>)[key],
});
