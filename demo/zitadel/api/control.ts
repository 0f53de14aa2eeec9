// What tests turn at the management API, and what only it knows: who administers, which version answers, how far lists lag behind.
// Found by the store, so that nothing outside this folder has to carry it.

import type { Store } from '../store.ts';

export interface ApiCall {
  /** `zitadel.project.v2.ProjectService/CreateProject`, or method and path of a REST call. */
  readonly name: string;
  readonly body: unknown;
  /** Of the answer; 0 while there is none. */
  status: number;
}

export interface ApiControl {
  /** Service users with the role ORG_OWNER: they manage their own organisation. Everybody else is refused. */
  readonly administrators: Set<string>;
  /** An older server lacks the services that came with version 4, an old one version 2 altogether. */
  lacks: 'nothing' | 'new-services' | 'version-2';
  /** How it says so: as a gateway that knows no such path, or as a Connect server without such a method. */
  lackAnswer: 'not-found' | 'unimplemented';
  /** So many lists do not show a new record yet: they are read from projections, which come later than the write. */
  listLag: number;
  /** Fails a call, before its work is done or after. */
  interrupt: (call: ApiCall) => 'before' | 'after' | undefined;
  readonly calls: ApiCall[];
  /** Initial passwords by user, in plain text: nobody is protected by them here. */
  readonly passwords: Map<string, { password: string; changeRequired: boolean }>;
  /** People made here without a password: they have no means of signing in yet. */
  readonly withoutMeans: Set<string>;
  /** Users who were sent a mail to choose their first means of signing in. */
  readonly invited: Set<string>;
  /** Lists that a record stays away from, by its id. */
  readonly unseen: Map<string, number>;
}

const controls = new WeakMap<Store, ApiControl>();

export function apiControl(store: Store): ApiControl {
  const known = controls.get(store);
  if (known) return known;
  const control: ApiControl = {
    administrators: new Set(),
    lacks: 'nothing',
    lackAnswer: 'not-found',
    listLag: 0,
    interrupt: () => undefined,
    calls: [],
    passwords: new Map(),
    withoutMeans: new Set(),
    invited: new Set(),
    unseen: new Map(),
  };
  controls.set(store, control);
  return control;
}

/** For every record that the API makes. */
export function delayListing(store: Store, id: string): void {
  const control = apiControl(store);
  if (control.listLag > 0) control.unseen.set(id, control.listLag);
}

export function keepListed<Item>(store: Store, items: readonly Item[], idOf: (item: Item) => string): Item[] {
  const { unseen } = apiControl(store);
  return items.filter((item) => {
    const left = unseen.get(idOf(item)) ?? 0;
    if (left > 0) unseen.set(idOf(item), left - 1);
    return left === 0;
  });
}
