// Proves that the visitor for whom a form of ours was made has sent it: by Sec-Fetch-Site or Origin, else by a sealed token in the page.
// Fetch Metadata §2.3; our pages send no Referer and therefore `Origin: null`, so older browsers need the token.

import type { AppContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { siteOf } from '../policy/navigation.ts';
import { readPostedFields } from '../shared/posted-fields.ts';
import type { FaultTable } from '../shared/refusals.ts';

/** Seconds that a page with a form stays good. */
const LIFETIME = 3600;

interface Confirmation {
  /** The session's id, or '' where there is none. */
  readonly session: string;
  readonly at: number;
}

export function createConfirmation({ keyring, now }: Gateway, sessionId: string): Promise<string> {
  return keyring.seal('confirm', { session: sessionId, at: now() } satisfies Confirmation);
}

/** Another site sent the form. */
export interface ForeignForm {
  readonly tag: 'cross_site';
  /** The endpoint that the form was sent to. */
  readonly endpoint: string;
}

export const FOREIGN_FORM_FAULTS: FaultTable<ForeignForm> = {
  cross_site: ({ endpoint }) => new GatewayError('cross_site', `${endpoint}: a POST from another site`),
};

/** The form's fields, if it is our own; `sessionId` is '' where there is no session. */
export async function readOwnForm(
  gateway: Gateway,
  c: AppContext,
  sessionId: string,
): Promise<URLSearchParams | ForeignForm> {
  const request = c.req.raw;
  const fields = (await readPostedFields(request)) ?? new URLSearchParams();
  const site = siteOf(request.headers, gateway.config.origin);
  // Browsers name the origin of every form that another site sends. A request without any such header comes from no other site.
  if (site === 'same-origin' || site === 'none' || site === 'unknown') return fields;
  const opened = await gateway.keyring.unseal<Confirmation>('confirm', fields.get('csrf') ?? '');
  const isOurs =
    opened.kind === 'ok' && opened.value.session === sessionId && gateway.now() - opened.value.at <= LIFETIME;
  return isOurs ? fields : { tag: 'cross_site', endpoint: c.get('event').endpoint ?? '' };
}
