// ZITADEL's key file: the JSON that its console gives once for an application's key (`private_key_jwt`).
// Its `key` is PKCS#1 in PEM; a service account's file has another `type` and is no use here.

export interface KeyFile {
  readonly keyId: string;
  /** A PEM, PKCS#1 as ZITADEL writes it or PKCS#8. */
  readonly key: string;
  readonly clientId: string;
}

/** What keeps a table from being an application's key file, in the order of looking. */
export type KeyFileProblem = 'service_account' | 'type' | 'keyId' | 'clientId' | 'key';

const PEM = /^\s*-----BEGIN (RSA )?PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END (RSA )?PRIVATE KEY-----\s*$/;

export function readKeyFile(file: Readonly<Record<string, unknown>>): KeyFile | KeyFileProblem {
  const { type, keyId, key, clientId } = file;
  if (type === 'serviceaccount') return 'service_account';
  if (type !== 'application') return 'type';
  if (!isFilled(keyId)) return 'keyId';
  if (!isFilled(clientId)) return 'clientId';
  return isFilled(key) && PEM.test(key) ? { keyId, key, clientId } : 'key';
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
