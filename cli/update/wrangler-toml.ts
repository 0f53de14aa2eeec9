// What a new release asks of wrangler.toml: a later compatibility date, further migrations. As edits of its text, so that comments
// and order stay; what can't be done so, or would change anything else, is left to the operator and said.
// Wrangler: compatibility dates, Durable Objects migrations; TOML v1.0.0.

import { isDeepStrictEqual } from 'node:util';
import { endOfLine, outline } from '../setup/toml-text.ts';
import type { Migration, Release } from './release.ts';

type Wanted = Pick<Release, 'compatibilityDate' | 'migrations'>;
type Table = Readonly<Record<string, unknown>>;
type Parse = (text: string) => Table;

/** In the file as it was. */
export interface Edit {
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export interface Proposal {
  readonly before: string;
  readonly text: string;
  readonly edits: readonly Edit[];
  /** What is wanted and can't be written here, a sentence each. */
  readonly byHand: readonly string[];
}

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export function proposeEdits(text: string, wanted: Wanted, parse: Parse): Proposal {
  const given = parse(text);
  const splices = [...spliceDates(text, wanted), ...spliceMigrations(text, given, wanted)].sort(
    (a, b) => a.from - b.from,
  );
  const edited = splices.reduceRight(
    (rest, { from, to, insert }) => rest.slice(0, from) + insert + rest.slice(to),
    text,
  );
  const after = tryParse(edited, parse);
  const isSafe = after !== undefined && isDeepStrictEqual(withoutOurs(given), withoutOurs(after));
  if (!isSafe) return { before: text, text, edits: [], byHand: outstanding(given, wanted) };
  return {
    before: text,
    text: edited,
    edits: splices.map((splice) => toEdit(text, splice)),
    byHand: outstanding(after, wanted),
  };
}

function tryParse(text: string, parse: Parse): Table | undefined {
  try {
    return parse(text);
  } catch {
    // Whatever is wrong with it, it is not written
    return undefined;
  }
}

/** The file, or one of its environments: `''` or `env.NAME`. */
interface Place {
  readonly table: string;
  readonly values: Table;
}

function placesOf(config: Table): readonly Place[] {
  const environments = Object.entries((config['env'] ?? {}) as Readonly<Record<string, Table>>);
  return [{ table: '', values: config }, ...environments.map(([name, values]) => ({ table: `env.${name}`, values }))];
}

const within = (table: string, name: string): string => (table === '' ? name : `${table}.${name}`);

const isOlder = (date: unknown, than: string): boolean => typeof date === 'string' && date < than;

function spliceDates(text: string, { compatibilityDate }: Wanted): readonly Splice[] {
  const dates = outline(text).pairs.filter(
    ({ table, key }) => key === 'compatibility_date' && (table === '' || /^env\.[^.]+$/.test(table)),
  );
  return dates.flatMap(({ valueFrom: from, valueTo: to }) => {
    const date = /^(["'])(\d{4}-\d{2}-\d{2})\1$/.exec(text.slice(from, to))?.[2];
    return isOlder(date, compatibilityDate) ? [{ from, to, insert: JSON.stringify(compatibilityDate) }] : [];
  });
}

function spliceMigrations(text: string, config: Table, { migrations }: Wanted): readonly Splice[] {
  const { headers, pairs } = outline(text);
  return placesOf(config).flatMap(({ table, values }) => {
    const missing = missingMigrations(values, migrations);
    const name = within(table, 'migrations');
    const isOwn = (each: string) => each === name || each.startsWith(`${name}.`);
    if (missing === 'elsewhere' || missing.length === 0 || !headers.some((header) => isOwn(header.table))) return [];
    const last = Math.max(
      ...headers.filter((header) => isOwn(header.table)).map(({ to }) => to),
      ...pairs.filter((pair) => isOwn(pair.table)).map(({ valueTo }) => endOfLine(text, valueTo)),
    );
    const isBroken = text[last - 1] !== '\n';
    const blocks = missing.map((migration) => `\n${writeMigration(name, migration)}`).join('');
    return [{ from: last, to: last, insert: `${isBroken ? '\n' : ''}${blocks}` }];
  });
}

/** An environment without its own has those of the top; ones that are not ours, or in another order, are the operator's business. */
function missingMigrations({ migrations }: Table, wanted: readonly Migration[]): readonly Migration[] | 'elsewhere' {
  if (migrations === undefined) return [];
  if (!Array.isArray(migrations)) return 'elsewhere';
  const tags = migrations.map((each: { tag?: unknown } | null) => each?.tag);
  const known = wanted.slice(0, tags.length).map(({ tag }) => tag);
  // A newer release has had them all, and more
  if (wanted.every(({ tag }) => tags.includes(tag))) return [];
  return isDeepStrictEqual(tags, known) ? wanted.slice(tags.length) : 'elsewhere';
}

const writeMigration = (name: string, migration: Migration): string =>
  `[[${name}]]\n${Object.entries(migration)
    .map(([key, value]) => `${key} = ${writeValue(value)}\n`)
    .join('')}`;

function writeValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${key} = ${writeValue(each)}`);
  return `{ ${entries.join(', ')} }`;
}

/** What `config` still lacks. */
function outstanding(config: Table, { compatibilityDate, migrations }: Wanted): readonly string[] {
  return placesOf(config).flatMap(({ table, values }) => {
    const where = table === '' ? 'wrangler.toml' : `[${table}] of wrangler.toml`;
    const date = values['compatibility_date'];
    const isDateWanted =
      table === '' ? date === undefined || isOlder(date, compatibilityDate) : isOlder(date, compatibilityDate);
    const missing =
      table === '' && values['migrations'] === undefined ? migrations : missingMigrations(values, migrations);
    const tags = migrations.map(({ tag }) => tag).join(', ');
    return [
      ...(isDateWanted ? [`${where}: compatibility_date = "${compatibilityDate}"`] : []),
      ...(missing === 'elsewhere'
        ? [`${where}: its migrations are not those of Postern (${tags}); add what is missing of them by hand`]
        : missing.map(
            (each) => `${where}: ${writeMigration(within(table, 'migrations'), each).trim().replaceAll('\n', ', ')}`,
          )),
    ];
  });
}

function withoutOurs(config: Table): Table {
  const strip = ({ compatibility_date: _date, migrations: _migrations, ...rest }: Table): Table => rest;
  const { env, ...top } = config;
  const environments = Object.entries((env ?? {}) as Readonly<Record<string, Table>>);
  return { ...strip(top), env: Object.fromEntries(environments.map(([name, values]) => [name, strip(values)])) };
}

function toEdit(text: string, { from, to, insert }: Splice): Edit {
  const line = text.slice(0, from).split('\n').length;
  if (from === to) return { line, removed: [], added: insert.replace(/\n$/, '').split('\n') };
  const [start, end] = [text.lastIndexOf('\n', from - 1) + 1, endOfLine(text, to)];
  const cut = (whole: string) => whole.replace(/\r?\n$/, '');
  const changed = text.slice(start, from) + insert + text.slice(to, end);
  return { line, removed: [cut(text.slice(start, end))], added: [cut(changed)] };
}
