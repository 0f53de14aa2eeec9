// Whether a person belongs to the organisation that ZITADEL_ORG_ID lets in: asked of every claim set that could let somebody in.
// ZITADEL enforces the organisation's scope only since v4.12; before that it was a hint to its sign-in page.

import type { Identity } from '../../identity/identity.ts';

export interface ForeignOrganization {
  /** Undefined where the claims do not say. */
  readonly organization: string | undefined;
}

/** Undefined where the person may come in; `wanted` is undefined where every organisation may. */
export function findForeignOrganization(
  { org }: Pick<Identity, 'org'>,
  wanted: string | undefined,
): ForeignOrganization | undefined {
  return wanted === undefined || org === wanted ? undefined : { organization: org };
}
