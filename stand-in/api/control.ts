// What tests turn at the management API, and what only it knows: who administers, which version answers, who may be mailed.
// Found by the store, so that nothing outside this folder has to carry it.

import type { Store } from '../store.ts';
import type { Translate } from './errors.ts';

export interface ApiCall {
  /** `zitadel.project.v2.ProjectService/CreateProject`, or method and path of a REST call. */
  readonly name: string;
  readonly body: unknown;
  /** Of the answer; 0 while there is none. */
  status: number;
}

export interface ApiControl {
  /** Service users with the role ORG_OWNER: they manage their own organisation. */
  readonly administrators: Set<string>;
  /** Users with IAM_OWNER, who may see the instance's own settings as well. */
  readonly instanceOwners: Set<string>;
  /** Users with some administrator's role that allows nothing of what is asked for here. Others have none. */
  readonly members: Set<string>;
  /** An older server lacks the services that came with version 4, an old one version 2 altogether. */
  lacks: 'nothing' | 'new-services' | 'version-2';
  /** How it says so: as a gateway that knows no such path, or as a Connect server without such a method. */
  lackAnswer: 'not-found' | 'unimplemented';
  /** Into the language of the server, not of the caller. */
  translate: Translate;
  /** Without a mail provider it takes invitations all the same, and sends none. */
  canMail: boolean;
  /** Fails a call, before its work is done or after. */
  interrupt: (call: ApiCall) => 'before' | 'after' | undefined;
  readonly calls: ApiCall[];
  /** Initial passwords by user, in plain text: nobody is protected by them here. */
  readonly passwords: Map<string, { password: string; changeRequired: boolean }>;
  /** People made here without a password: they have no means of signing in yet. */
  readonly withoutMeans: Set<string>;
  /** Users who were sent a mail to choose their first means of signing in. */
  readonly invited: Set<string>;
}

const controls = new WeakMap<Store, ApiControl>();

/** Of the store that is written to, not of what readers see of it. */
export function apiControl(store: Store): ApiControl {
  const known = controls.get(store);
  if (known) return known;
  const control: ApiControl = {
    administrators: new Set(),
    instanceOwners: new Set(),
    members: new Set(),
    lacks: 'nothing',
    lackAnswer: 'not-found',
    translate: (english) => english,
    canMail: true,
    interrupt: () => undefined,
    calls: [],
    passwords: new Map(),
    withoutMeans: new Set(),
    invited: new Set(),
  };
  controls.set(store, control);
  return control;
}
