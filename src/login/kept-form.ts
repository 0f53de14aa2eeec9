// Keeps a form that was sent without a session, and an address too long for a cookie, sealed until the login has ended.
// ARCHITECTURE §3 first row.

import type { Gateway } from '../gateway.ts';
import { MAX_RETURN_TO_LENGTH } from '../policy/return-to.ts';
import { clientNetwork } from '../shared/client-network.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import { randomHex } from '../shared/random.ts';
import { MAX_RETURN_TO_IN_COOKIE, STRANGERS_LIFETIME, TRANSACTION_LIFETIME } from './bounds.ts';

export interface KeptForm {
  /** Path and query. */
  readonly target: string;
  readonly type: string;
  /** Base64url. */
  readonly body: string;
  readonly referer: string | null;
  /** Of a form that no page of ours sent: the fields that say so, as they came. An application that looks at them must see them. */
  readonly cause?: Readonly<Record<'origin' | 'sec-fetch-site', string | null>>;
  /** Whose session had ended when the form was sent: nobody else may send it. */
  readonly formerSub?: string | undefined;
  /** Who sent it, as far as browserOf can tell. */
  readonly browser: string;
}

export interface KeptAddress {
  readonly returnTo: OwnAddress;
  /** Copied from the form, where there is one. */
  readonly formerSub?: string | undefined;
  readonly browser?: string | undefined;
}

interface ToKeep {
  readonly returnTo: OwnAddress;
  readonly form?: KeptForm;
}

/** Keeps what does not fit into the cookie, and returns its key. Undefined if everything fits, or no more may be kept. */
export async function keepIfNeeded(
  gateway: Gateway,
  { headers }: Request,
  { returnTo, form }: ToKeep,
): Promise<string | undefined> {
  const isLong = returnTo.length > MAX_RETURN_TO_IN_COOKIE && returnTo.length <= MAX_RETURN_TO_LENGTH;
  const isKept = form !== undefined || (isLong && gateway.strangers.mayLeave(clientNetwork(headers)));
  if (!isKept) return undefined;
  const lifetime = form?.formerSub === undefined ? STRANGERS_LIFETIME : TRANSACTION_LIFETIME;
  return keepForLogin(gateway, returnTo, form, gateway.now() + lifetime);
}

/** Returns the key under which address and form are found. The key goes into the login's cookie, and nowhere else. */
export async function keepForLogin(
  { keyring, directory }: Gateway,
  returnTo: OwnAddress,
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
