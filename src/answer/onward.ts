// Leads a visitor on to ZITADEL: by a redirect, or by a page of ours that leads on, which no policy of the page before can stop.
// The address is sealed, so that nobody else can write one and no token stands in a log. CSP Level 3 §6.4.1 (form-action).

import { endpointUrl, isInFolder } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import { mayBeHeldToFormAction } from '../policy/form-navigation.ts';
import { loginRedirectStatus } from '../policy/way-to-login.ts';
import { redirectAnswer } from './answers.ts';

export interface Onward {
  /** At ZITADEL. */
  readonly location: string;
  readonly isSignOut?: true;
  /** The login whose cookie must be there, or else this browser keeps none. */
  readonly state?: string;
}

/** Seconds. Long enough for a slow network, and for nobody to come back to it. */
const LIFETIME = 600;

export async function leadOnward(gateway: Gateway, request: Request, onward: Onward): Promise<Response> {
  const { origin, endpoints } = gateway.config;
  // A link to an endpoint of ours opens in client.js's window, too, which must not be held up by a page.
  const isLink = request.method === 'GET' && isInFolder(new URL(request.url).pathname, endpoints);
  const isByPage = onward.state !== undefined || (!isLink && mayBeHeldToFormAction(request, origin));
  const location = isByPage ? await pageUrl(gateway, onward) : onward.location;
  return redirectAnswer(gateway, location, onward.isSignOut ? 303 : loginRedirectStatus(request.method));
}

async function pageUrl({ config, keyring, now }: Gateway, onward: Onward): Promise<string> {
  return endpointUrl(config, 'onward', { to: await keyring.seal('onward', { ...onward, at: now() }) });
}

export async function readOnward({ keyring, now }: Gateway, text: string): Promise<Onward | undefined> {
  const opened = await keyring.unseal<Onward & { readonly at: number }>('onward', text);
  return opened.kind === 'ok' && now() - opened.value.at <= LIFETIME ? opened.value : undefined;
}
