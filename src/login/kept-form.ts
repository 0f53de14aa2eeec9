// A form that was sent without a session: read, kept sealed over the login, and put into the visitor's next request.
// Design §3 first row; HTML §4.10.22 (the three enctypes); RFC 9110 §9.3.3. Kept are forms of our own pages only.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { readLimited } from '../oidc/provider-fetch.ts';
import { isNavigation, siteOf } from '../policy/navigation.ts';
import { MAX_RETURN_TO_LENGTH } from '../policy/return-to.ts';
import { encodeBase64url } from '../shared/base64url.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { randomHex } from '../shared/random.ts';
import { MAX_FORM, MAX_FORM_TYPE } from './bounds.ts';

const ENCTYPES = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** The field of our page's form; its value is a token. */
export const FORM_FIELD = 'postern-form';

export interface KeptForm {
  /** Path and query. */
  readonly target: string;
  readonly type: string;
  /** Base64url. */
  readonly body: string;
  readonly referer: string | null;
  /** Whose session had ended when the form was sent: nobody else may send it. */
  readonly formerSub?: string | undefined;
  /** Who sent it, as far as browserOf can tell. */
  readonly browser: string;
}

export interface KeptAddress {
  readonly returnTo: string;
  /** Both of the form, where there is one. */
  readonly formerSub?: string | undefined;
  readonly browser?: string | undefined;
}

/** What the page that sends the form again proves to be for. */
interface FormToken {
  readonly key: string;
  readonly sub: string;
}

/** The form that a request brings, or why there is none to keep. @throws GatewayError `too_many_requests` before anything is read */
export async function readForm(
  { config, strangers }: Gateway,
  request: Request,
  formerSub: string | undefined,
): Promise<KeptForm | 'none' | 'too-large'> {
  const { method, headers, url } = request;
  const type = headers.get('content-type') ?? '';
  const isForm = method === 'POST' && isNavigation(headers, method) && ENCTYPES.test(type);
  if (!isForm || siteOf(headers, config.origin) !== 'same-origin') return 'none';
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  const referer = headers.get('referer');
  const longest = Math.max(target.length, referer?.length ?? 0);
  if (type.length > MAX_FORM_TYPE || longest > MAX_RETURN_TO_LENGTH) return 'none';
  const may = formerSub === undefined ? strangers.mayLeave(clientNetwork(headers)) : strangers.mayLeaveAgain(formerSub);
  if (!may) {
    throw new GatewayError('too_many_requests', 'forms without a session', { retryAfter: 60 });
  }
  const bytes = await readLimited(request, MAX_FORM);
  if (!bytes) return 'too-large';
  const browser = browserOf(headers);
  return { target, type, body: encodeBase64url(bytes), referer, formerSub, browser };
}

/** What tells browsers apart beside their cookies, which somebody else may have put there: where the edge sees it, and what it says of itself. */
const TRAITS = [
  'cf-connecting-ip',
  'user-agent',
  'accept-language',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
];
const MAX_TRAIT = 300;

export function browserOf(headers: Headers): string {
  return TRAITS.map((name) => (headers.get(name) ?? '').slice(0, MAX_TRAIT)).join('\n');
}

/** Returns the key under which both are found; it goes into the login's cookie, and nowhere else. */
export async function keepForLogin(
  { keyring, directory }: Gateway,
  returnTo: string,
  form: KeptForm | undefined,
  expiresAt: number,
): Promise<string> {
  const key = randomHex(32);
  const address = await keyring.seal('form-address', {
    returnTo,
    formerSub: form?.formerSub,
    browser: form?.browser,
  } satisfies KeptAddress);
  const parts = { address, ...(form && { form: await keyring.seal('form', form) }) };
  await directory.ofLogin(key).keep(parts, expiresAt);
  return key;
}

export function sealFormToken({ keyring }: Gateway, token: FormToken): Promise<string> {
  return keyring.seal('form-token', token);
}

/** Undefined unless it was made for this user. */
export async function readFormToken({ keyring }: Gateway, text: string, sub: string): Promise<FormToken | undefined> {
  const opened = await keyring.unseal<FormToken>('form-token', text);
  return opened.kind === 'ok' && opened.value.sub === sub ? opened.value : undefined;
}
