// What readers see of the store: ZITADEL answers lists, tokens and logins from projections, which come after the write.
// With `settings.projectionLag` at 0 that is the store itself.

import type { InstanceSettings } from './instance.ts';
import type { Store } from './store.ts';

export interface Projections {
  /** Before a record is written through the API: readers go on seeing what it was. */
  keep(kind: keyof Store, id: string): void;
  /** The store as readers see it now. Its records may be copies: never write to them. */
  seen(): Store;
}

interface Change {
  readonly kind: keyof Store;
  readonly id: string;
  readonly at: number;
  readonly before: object | undefined;
}

/** Deep enough for records of flat values, lists and maps. */
function copyOf(record: object): object {
  const entries = Object.entries(record).map(([name, value]) => {
    if (value instanceof Map) return [name, new Map(value)];
    return [name, Array.isArray(value) ? [...value] : value];
  });
  return Object.fromEntries(entries);
}

export function createProjections(store: Store, settings: InstanceSettings, now: () => number): Projections {
  let changes: Change[] = [];
  const isUnseen = ({ at }: Change) => at + settings.projectionLag > now();
  const mapOf = (from: Store, kind: keyof Store) => from[kind] as Map<string, object>;

  return {
    keep: (kind, id) => {
      const record = mapOf(store, kind).get(id);
      changes.push({ kind, id, at: now(), before: record && copyOf(record) });
    },
    seen: () => {
      changes = changes.filter(isUnseen);
      if (changes.length === 0) return store;
      const seen: Store = { ...store };
      // From the newest change to the oldest, so that each record ends as it was before the first of them
      for (const { kind, id, before } of changes.toReversed()) {
        if (mapOf(seen, kind) === mapOf(store, kind)) Object.assign(seen, { [kind]: new Map(mapOf(store, kind)) });
        if (before) mapOf(seen, kind).set(id, before);
        else mapOf(seen, kind).delete(id);
      }
      return seen;
    },
  };
}
