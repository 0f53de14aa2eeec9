// Settings that had another name in an earlier release: the old one still counts, and the log names the new one.
// Each stands here for at least one release after CHANGELOG.md has said so.

import { isGiven } from './bindings.ts';
import { type ConfigIssue, placeOfRoute } from './issues.ts';
import { isTable, parseJson, type Table, Wanted } from './values.ts';

type Names = Readonly<Record<string, string>>;

/** Old name → new name: of variables, and of the fields of a route. */
export interface Renamed {
  readonly variables: Names;
  readonly fields: Names;
}

export const RENAMED: Renamed = { variables: {}, fields: {} };

export const currentName = (name: string, { variables } = RENAMED): string =>
  (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? name;

export interface Translated {
  readonly given: Table;
  /** Place by its new name → the old name that the operator wrote there. */
  readonly written: ReadonlyMap<string, string>;
  readonly issues: readonly ConfigIssue[];
}

/** No issue quotes a value, which may be secret. */
export function translateNames(given: Table, { variables, fields }: Renamed): Translated {
  const written = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  const translate = (table: Table, names: Names, where: string): Table => {
    const result: Record<string, unknown> = { ...table };
    for (const [old, name] of Object.entries(names)) {
      if (!Object.hasOwn(table, old)) continue;
      delete result[old];
      if (!isGiven(table[old])) continue;
      if (!isGiven(result[name])) {
        result[name] = table[old];
        written.set(where + name, old);
      } else {
        const found = `both ${old} and ${name}`;
        issues.push({ variable: where + name, found, wanted: `only ${name}, which ${old} is called now`, example: '' });
      }
    }
    return result;
  };
  const renamed = translate(given, variables, '');
  if (Object.keys(fields).length === 0 || renamed.ROUTES === undefined) return { given: renamed, written, issues };
  const routes = parseJson(renamed.ROUTES, '');
  // Anything but a list of tables is reported by the schema.
  if (routes instanceof Wanted || !Array.isArray(routes)) return { given: renamed, written, issues };
  const ROUTES = routes.map((each: unknown, i) =>
    isTable(each) ? translate(each, fields, `ROUTES${placeOfRoute(i)}, `) : each,
  );
  return { given: { ...renamed, ROUTES }, written, issues };
}

export const describeRenames = ({ written }: Translated): readonly string[] =>
  [...written].map(([place, old]) => `${place} is still called ${old} here: write the new name, the old one will go`);

/** The name that the operator wrote, beside the one that the problem is known by. */
export function nameAsWritten(issue: ConfigIssue, { written }: Translated): ConfigIssue {
  const { variable } = issue;
  const place = [...written.keys()].find((each) => variable === each || variable.startsWith(`${each}, `));
  return place === undefined ? issue : { ...issue, variable: `${variable} (here ${written.get(place)})` };
}
