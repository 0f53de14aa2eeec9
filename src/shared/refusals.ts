// An expected failure is a value: a tag with its evidence. One table for each journey says which fault a tag makes.

import type { GatewayError } from '../errors.ts';

export interface Tagged {
  readonly tag: string;
}

/** Makes the fault for each tag; its reason shows the operator the evidence. A tag without a row is a type error. */
export type FaultTable<R extends Tagged> = {
  readonly [Tag in R['tag']]: (found: Extract<R, { readonly tag: Tag }>) => GatewayError;
};

export function faultOf<R extends Tagged>(table: FaultTable<R>, refusal: R): GatewayError {
  // The row of a tag takes the evidence of that tag, but the compiler can't follow that through the index.
  const row = table[refusal.tag as R['tag']] as (found: R) => GatewayError;
  return row(refusal);
}

/** A check returns its evidence or a refusal. No evidence has a member `tag`. */
type RefusalIn<Found> = Extract<Found, Tagged>;
type EvidenceIn<Found> = Exclude<Found, Tagged>;

export function isRefusal<Found extends object>(found: Found): found is RefusalIn<Found> {
  return 'tag' in found;
}

type Check<Given, Found> = (given: Given) => Found | Promise<Found>;

/** Checks one after another; the first refusal ends them. */
export interface Checks<Given, Found extends object> {
  /** Adds the next check, which gets what all before it have proved. */
  and<Next extends object>(check: Check<EvidenceIn<Found>, Next>): Checks<Given, RefusalIn<Found> | Next>;
  run(given: Given): Promise<Found>;
}

export function inOrder<Given, Found extends object>(check: Check<Given, Found>): Checks<Given, Found> {
  return {
    run: async (given) => check(given),
    and: (next) =>
      inOrder(async (given: Given) => {
        const found = await check(given);
        return isRefusal(found) ? found : next(found as EvidenceIn<Found>);
      }),
  };
}
