// Reads the form of a request that has no session, if it is one that may be kept: a form of our own pages, not too large.
// ARCHITECTURE §3 first row; HTML §4.10.22 (the three enctypes); RFC 9110 §9.3.3.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { isNavigation, siteOf } from '../policy/navigation.ts';
import { MAX_RETURN_TO_LENGTH } from '../policy/return-to.ts';
import { encodeBase64url } from '../shared/base64url.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { readLimited } from '../shared/read-limited.ts';
import type { FaultTable } from '../shared/refusals.ts';
import { MAX_FORM, MAX_FORM_TYPE } from './bounds.ts';
import { browserOf } from './browser-traits.ts';
import type { KeptForm } from './kept-form.ts';

/** Why a form is not kept. Its login does not begin then. */
export type FormRefusal =
  /** Clients without a session have left as many as they may. Nothing of the form was read. */
  { readonly tag: 'too_many_forms' } | { readonly tag: 'form_too_large' };

export const FORM_FAULTS: FaultTable<FormRefusal> = {
  too_many_forms: () => new GatewayError('too_many_requests', 'forms without a session', { retryAfter: 60 }),
  form_too_large: () => new GatewayError('content_too_large', 'a form without a session'),
};

const ENCTYPES = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** Without `form` the request brings none that may be kept, and the login begins without one. */
interface FormToKeep {
  readonly form?: KeptForm;
}

/** `formerSub`: whose session has ended. */
export async function readFormToKeep(
  { config, strangers }: Gateway,
  request: Request,
  formerSub: string | undefined,
): Promise<FormToKeep | FormRefusal> {
  const { method, headers, url } = request;
  const type = headers.get('content-type') ?? '';
  const isForm = method === 'POST' && isNavigation(headers, method) && ENCTYPES.test(type);
  if (!isForm || siteOf(headers, config.origin) !== 'same-origin') return {};
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  const referer = headers.get('referer');
  const longest = Math.max(target.length, referer?.length ?? 0);
  if (type.length > MAX_FORM_TYPE || longest > MAX_RETURN_TO_LENGTH) return {};
  const may = formerSub === undefined ? strangers.mayLeave(clientNetwork(headers)) : strangers.mayLeaveAgain(formerSub);
  if (!may) return { tag: 'too_many_forms' };
  const bytes = await readLimited(request, MAX_FORM);
  if (!bytes) return { tag: 'form_too_large' };
  return { form: { target, type, body: encodeBase64url(bytes), referer, formerSub, browser: browserOf(headers) } };
}
