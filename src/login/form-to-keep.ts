// Reads the form of a request that has no session, if it is one that may be kept: by its route, and not too large.
// ARCHITECTURE §3 first row; HTML §4.10.22 (the three enctypes); RFC 9110 §9.3.3.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { type KeepPost, mayKeepForm } from '../policy/form-navigation.ts';
import { isNavigation, type Site, siteOf } from '../policy/navigation.ts';
import { MAX_RETURN_TO_LENGTH } from '../policy/return-to.ts';
import { encodeBase64url } from '../shared/base64url.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { readLimited } from '../shared/read-limited.ts';
import type { FaultTable } from '../shared/refusals.ts';
import { MAX_FORM, MAX_FORM_TYPE } from './bounds.ts';
import { browserOf } from './browser-traits.ts';
import type { KeptForm } from './kept-form.ts';

/** Why a form is not kept. Its login does not begin then: it would come back to the page without what was sent. */
export type FormRefusal =
  /** Clients without a session have left as many as they may. Nothing of the form was read. */
  | { readonly tag: 'too_many_forms' }
  | { readonly tag: 'form_too_large' }
  /** It is of another site, or the route keeps none, or it is none that a page could send again. Nothing of it was read. */
  | { readonly tag: 'form_not_kept'; readonly site: Site };

export const FORM_FAULTS: FaultTable<FormRefusal> = {
  too_many_forms: () => new GatewayError('too_many_requests', 'forms without a session', { retryAfter: 60 }),
  form_too_large: () => new GatewayError('content_too_large', 'a form without a session'),
  form_not_kept: ({ site }) => new GatewayError('unauthenticated', `a form without a session is not kept: ${site}`),
};

const ENCTYPES = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** Without `form` the request brings none, and the login begins without one. */
interface FormToKeep {
  readonly form?: KeptForm;
}

/** `formerSub`: whose session has ended. */
export async function readFormToKeep(
  { config, strangers }: Gateway,
  request: Request,
  { formerSub, keep_post }: { readonly formerSub: string | undefined; readonly keep_post: KeepPost },
): Promise<FormToKeep | FormRefusal> {
  const { method, headers, url } = request;
  if (method !== 'POST' || !isNavigation(headers, method)) return {};
  const site = siteOf(headers, config.origin);
  const type = headers.get('content-type') ?? '';
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  if (!mayKeepForm(site, keep_post) || !isKeepable(type, target)) return { tag: 'form_not_kept', site };
  const may = formerSub === undefined ? strangers.mayLeave(clientNetwork(headers)) : strangers.mayLeaveAgain(formerSub);
  if (!may) return { tag: 'too_many_forms' };
  const bytes = await readLimited(request, MAX_FORM);
  if (!bytes) return { tag: 'form_too_large' };
  const body = encodeBase64url(bytes);
  return {
    form: { target, type, body, formerSub, browser: browserOf(headers), ...causeOf(headers, site, config.origin) },
  };
}

function isKeepable(type: string, target: string): boolean {
  return ENCTYPES.test(type) && type.length <= MAX_FORM_TYPE && target.length <= MAX_RETURN_TO_LENGTH;
}

/** Who caused the form, for an application that looks. Of one of our own pages the Referer is enough: our page has the same origin. */
function causeOf(headers: Headers, site: Site, own: string): Pick<KeptForm, 'referer' | 'cause'> {
  const [origin, referer] = [headers.get('origin'), headers.get('referer')];
  // A service worker makes a foreign form look like one of ours.
  const isMadeUp = (url: string | null) => site === 'cross-site' && URL.parse(url ?? '')?.origin === own;
  return {
    referer: (referer?.length ?? 0) <= MAX_RETURN_TO_LENGTH && !isMadeUp(referer) ? referer : null,
    ...(site !== 'same-origin' && {
      cause: {
        origin: isMadeUp(origin) ? 'null' : origin,
        'sec-fetch-site': headers.has('sec-fetch-site') ? site : null,
      },
    }),
  };
}
