// A request at the gate, stage by stage: matched with the rules, identified, admitted. One record, to which each stage adds what it found.
// A step that takes a later stage can't be called before the earlier ones.

import type { RequestContext } from '../answer/answers.ts';
import type { Requirement } from '../policy/requirement.ts';
import { addressOf, type OwnAddress } from '../shared/own-address.ts';
import type { Who } from './authenticate.ts';

/** The rules that apply are known; who asks is not. */
export interface Matched {
  /** With the request, its URL and its event. */
  readonly context: RequestContext;
  readonly requirement: Requirement;
}

export interface Identified extends Matched {
  readonly who: Who;
}

declare const isAdmitted: unique symbol;

/** It may pass. Only admission returns this type. */
export type Admitted = Identified & { readonly [isAdmitted]: true };

/** Path and query: where the visitor comes back to after a sign-in. */
export function wayBack({ context }: Matched): OwnAddress {
  return addressOf(new URL(context.req.url));
}
