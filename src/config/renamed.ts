// Settings that had another name in an earlier release: the old one still counts, and the log names the new one.
// Each stands here for at least one release after CHANGELOG.md has said so.

import { isGiven } from './bindings.ts';
import { type ConfigIssue, placeOfRoute, placeOfSite } from './issues.ts';
import { isTable, parseJson, type Table, Wanted } from './values.ts';

type Names = Readonly<Record<string, string>>;

/** Old name → new name: of variables, of the fields of a route, and of those of a site. */
export interface Renamed {
  readonly variables: Names;
  readonly fields: Names;
  readonly siteFields?: Names;
}

export const RENAMED: Renamed = { variables: {}, fields: {}, siteFields: {} };

export const currentName = (name: string, { variables } = RENAMED): string =>
  (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? name;

export interface Translated {
  readonly given: Table;
  /** Place by its new name → the old name that the operator wrote there. */
  readonly written: ReadonlyMap<string, string>;
  readonly issues: readonly ConfigIssue[];
}

/** No issue quotes a value, which may be secret. */
export function translateNames(given: Table, { variables, fields, siteFields = {} }: Renamed): Translated {
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
  const translateRoutes = (routes: unknown, where: string): unknown =>
    mapTables(routes, (route, i) => translate(route, fields, `${where}${placeOfRoute(i)}, `));
  const translateSite = (site: Table, i: number): Table => {
    const renamed = translate(site, siteFields, `SITES${placeOfSite(i)}, `);
    return changed(renamed, 'routes', (routes) => translateRoutes(routes, `SITES${placeOfSite(i)}, routes`));
  };
  const named = translate(given, variables, '');
  if (Object.keys({ ...fields, ...siteFields }).length === 0) return { given: named, written, issues };
  const inRoutes = changed(named, 'ROUTES', (routes) => translateRoutes(routes, 'ROUTES'));
  return { given: changed(inRoutes, 'SITES', (sites) => mapTables(sites, translateSite)), written, issues };
}

const changed = (table: Table, name: string, change: (value: unknown) => unknown): Table =>
  table[name] === undefined ? table : { ...table, [name]: change(table[name]) };

/** Anything but a list of tables is reported by the schema. */
function mapTables(list: unknown, change: (table: Table, index: number) => Table): unknown {
  const items = parseJson(list, '');
  if (items instanceof Wanted || !Array.isArray(items)) return list;
  return items.map((each: unknown, i) => (isTable(each) ? change(each, i) : each));
}

export const describeRenames = ({ written }: Translated): readonly string[] =>
  [...written].map(([place, old]) => `${place} is still called ${old} here: write the new name, the old one will go`);

/** The name that the operator wrote, beside the one that the problem is known by. */
export function nameAsWritten(issue: ConfigIssue, { written }: Translated): ConfigIssue {
  const { variable } = issue;
  const place = [...written.keys()].find((each) => variable === each || variable.startsWith(`${each}, `));
  return place === undefined ? issue : { ...issue, variable: `${variable} (here ${written.get(place)})` };
}
