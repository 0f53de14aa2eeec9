// A form that was sent without a session: read, kept sealed over the login, and put into the visitor's next request.
// Design §3 first row; HTML §4.10.22 (the three enctypes); RFC 9110 §9.3.3. Kept are forms of our own pages only.

import { encodeBase64url } from '../base64url.ts';
import type { Gateway } from '../gateway.ts';
import { readLimited } from '../oidc/provider-fetch.ts';
import { isNavigation, siteOf } from '../policy/navigation.ts';
import { randomHex } from '../session/refresh-tokens.ts';

/** Bytes. Sealed, that makes 1.9 MB, and a Durable Object's value may have 2. */
const MAX_FORM = 1024 * 1024;
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
}

export interface KeptAddress {
  readonly returnTo: string;
  readonly formerSub?: string | undefined;
}

/** What the page that sends the form again proves to be for. */
interface FormToken {
  readonly key: string;
  readonly sub: string;
}

/** The form that a request brings, or why there is none to keep. */
export async function readForm(
  { config }: Gateway,
  request: Request,
  formerSub: string | undefined,
): Promise<KeptForm | 'none' | 'too-large'> {
  const { method, headers, url } = request;
  const type = headers.get('content-type') ?? '';
  const isForm = method === 'POST' && isNavigation(headers, method) && ENCTYPES.test(type);
  if (!isForm || type.length > 256 || siteOf(headers, config.origin) !== 'same-origin') return 'none';
  const bytes = await readLimited(request, MAX_FORM);
  if (!bytes) return 'too-large';
  const { pathname, search } = new URL(url);
  return { target: pathname + search, type, body: encodeBase64url(bytes), referer: headers.get('referer'), formerSub };
}

/** Returns the key under which both are found; it goes into the login's cookie, and nowhere else. */
export async function keepForLogin(
  { keyring, directory }: Gateway,
  returnTo: string,
  form: KeptForm | undefined,
  expiresAt: number,
): Promise<string> {
  const key = randomHex(32);
  const address = await keyring.seal('form-address', { returnTo, formerSub: form?.formerSub } satisfies KeptAddress);
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
