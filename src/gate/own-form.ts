// Proof that a form of ours was sent by the visitor it was made for: Sec-Fetch-Site or Origin, else a sealed token from the page.
// Fetch Metadata §2.3; our pages send no Referer and therefore `Origin: null`, so older browsers need the token.

import type { Gateway } from '../gateway.ts';
import { siteOf } from '../policy/navigation.ts';
import { readPostedFields } from '../shared/posted-fields.ts';

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

/** The form's fields, or undefined when another site sent it. */
export async function readOwnForm(
  gateway: Gateway,
  request: Request,
  sessionId: string,
): Promise<URLSearchParams | undefined> {
  const fields = (await readPostedFields(request)) ?? new URLSearchParams();
  const site = siteOf(request.headers, gateway.config.origin);
  // Browsers name the origin of every form that another site sends; where nothing is said, no browser was made to send it.
  if (site === 'same-origin' || site === 'none' || site === 'unknown') return fields;
  const opened = await gateway.keyring.unseal<Confirmation>('confirm', fields.get('csrf') ?? '');
  const isOurs =
    opened.kind === 'ok' && opened.value.session === sessionId && gateway.now() - opened.value.at <= LIFETIME;
  return isOurs ? fields : undefined;
}
