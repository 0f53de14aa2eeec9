// Sends a kept form on: our page sends a token to the form's own address, and here the form is put in place of the token.
// So every enctype arrives byte for byte, files too, with script and without. ARCHITECTURE §3 first row; RFC 9110 §9.3.3.
// The token is for one user, is taken from our own pages only, and works once: another site can neither make nor use one.

import type { Gateway } from '../gateway.ts';
import { isPassedOn, siteOf } from '../policy/navigation.ts';
import { decodeBase64url } from '../shared/base64url.ts';
import { FORM_FIELD, readFormToken } from './form-token.ts';
import type { KeptForm } from './kept-form.ts';

type Replayed =
  | {
      readonly kind: 'request';
      readonly request: Request;
      /** Keeps the form again if the application never got it, so that a reload sends it after all. */
      readonly putBack?: () => Promise<void>;
    }
  | { readonly kind: 'spent' };

/** Bytes. Longer requests can't be our page's, and are not read. */
const MAX_TOKEN = 2048;

/** `sub`: the user who sends the request. A request that brings no token comes back as it is. */
export async function replayForm(gateway: Gateway, request: Request, sub: string): Promise<Replayed> {
  const { method, headers } = request;
  if (method !== 'POST') return { kind: 'request', request };
  // Our page sends text/plain, which hardly any application does: so their forms are not read here.
  const isShort = Number(headers.get('content-length') ?? Number.NaN) <= MAX_TOKEN;
  const isPlain = isShort && headers.get('content-type')?.startsWith('text/plain') === true;
  // Our page sends no `Referer`, so a service worker leaves nothing that shows whose form it is: the token has to.
  const mayBeOurs = siteOf(headers, gateway.config.origin) === 'same-origin' || isPassedOn(headers);
  if (!isPlain || !mayBeOurs) return { kind: 'request', request };
  const bytes = await request.arrayBuffer();
  const [, text] = new RegExp(`^${FORM_FIELD}=([\\w.-]+)\\r\\n$`).exec(new TextDecoder().decode(bytes)) ?? [];
  if (text === undefined) return { kind: 'request', request: new Request(request, { body: bytes }) };
  return (await takeForm(gateway, request, text, sub)) ?? { kind: 'spent' };
}

async function takeForm(gateway: Gateway, request: Request, text: string, sub: string): Promise<Replayed | undefined> {
  const token = await readFormToken(gateway, text, sub);
  if (!token) return undefined;
  const object = gateway.directory.ofLogin(token.key);
  const sealed = await object.takeForm();
  if (sealed === undefined) return undefined;
  const opened = await gateway.keyring.unseal<KeptForm>('form', sealed);
  const { pathname, search } = new URL(request.url);
  if (opened.kind !== 'ok' || opened.value.target !== pathname + search) return undefined;
  const { type, body, referer, cause = {}, formerSub } = opened.value;
  if (formerSub !== undefined && formerSub !== sub) return undefined;
  const bytes = decodeBase64url(body) ?? new Uint8Array(0);
  const headers = new Headers(request.headers);
  headers.set('Content-Type', type);
  headers.set('Content-Length', String(bytes.length));
  for (const [name, value] of Object.entries({ ...(referer !== null && { referer }), ...cause })) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  // A step-up may have interrupted our page's own request: then the form that was kept is the token of an earlier one.
  const inner = await replayForm(gateway, new Request(request, { headers, body: bytes }), sub);
  return inner.kind === 'spent' ? inner : { putBack: () => object.keep({ form: sealed }, 0), ...inner };
}
