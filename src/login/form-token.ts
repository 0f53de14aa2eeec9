// The token that stands for a kept form. It is made for one user, works once, and is the value of the only field of our page.
// ARCHITECTURE §3 first row.

import type { Gateway } from '../gateway.ts';

/** The field of our page's form. */
export const FORM_FIELD = 'postern-form';

interface FormToken {
  /** The key under which the form is kept. */
  readonly key: string;
  /** Who may send it. */
  readonly sub: string;
}

export function sealFormToken({ keyring }: Gateway, token: FormToken): Promise<string> {
  return keyring.seal('form-token', token);
}

/** Undefined unless it was made for this user. */
export async function readFormToken({ keyring }: Gateway, text: string, sub: string): Promise<FormToken | undefined> {
  const opened = await keyring.unseal<FormToken>('form-token', text);
  return opened.kind === 'ok' && opened.value.sub === sub ? opened.value : undefined;
}
