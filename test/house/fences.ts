// The table of fences in ARCHITECTURE.md: which folder of the worker may use which, and which library.

export interface Fence {
  /** Entries of `src/`; several where they share a row. */
  readonly names: readonly string[];
  /** A folder (`oidc/`), a part of one (`oidc/zitadel/`) or a file. */
  readonly uses: readonly string[] | 'everything';
  readonly typesOf: readonly string[];
  readonly libraries: readonly string[];
}

/** What a rule of Biome's must forbid. */
export interface Forbidden {
  readonly libraries: readonly string[];
  readonly patterns: readonly string[];
}

export function readFences(text: string): readonly Fence[] {
  const section = /^### Fences between folders$[\s\S]*?(?=^#)/m.exec(text)?.[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [names = '', uses = '', typesOf = '', libraries = ''] = row.split('|').slice(1);
    return {
      names: quoted(names),
      uses: uses.trim() === 'everything' ? 'everything' : quoted(uses),
      typesOf: quoted(typesOf),
      libraries: quoted(libraries),
    };
  });
}

const quoted = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** `entry` is what of `src/` a file belongs to: `oidc/`, `app.ts`. */
export const entryOf = (path: string): string => /^src\/([^/]+\/?)/.exec(path)?.[1] ?? '';

export const fenceOf = (fences: readonly Fence[], path: string): Fence | undefined =>
  fences.find(({ names }) => names.includes(entryOf(path)));

/** The import of a file below `src/`. */
export function mayImport(fence: Fence, from: string, isType: boolean): boolean {
  if (fence.uses === 'everything' || fence.names.includes(entryOf(from))) return true;
  const allowed = isType ? [...fence.uses, ...fence.typesOf] : fence.uses;
  return allowed.some((name) => from === `src/${name}` || (name.endsWith('/') && from.startsWith(`src/${name}`)));
}

/** Lint can't tell types from the rest, so it forbids what may not even lend a type. */
export function forbiddenBy(fence: Fence, entries: readonly string[], libraries: readonly string[]): Forbidden {
  const barred = libraries.filter((name) => !fence.libraries.includes(name));
  if (fence.uses === 'everything') return { libraries: barred, patterns: [] };
  const allowed = [...fence.uses, ...fence.typesOf];
  const closed = entries.filter((entry) => !fence.names.includes(entry) && !allowed.includes(entry));
  const parts = allowed.filter((name) => closed.some((entry) => name !== entry && name.startsWith(entry)));
  return { libraries: barred, patterns: [...closed.map(pattern), ...parts.map((name) => `!${pattern(name)}`)] };
}

const pattern = (name: string): string => (name.endsWith('/') ? `**/${name}**` : `**/${name}`);
