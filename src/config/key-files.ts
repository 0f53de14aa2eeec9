// Judgement of private keys: ZITADEL's key files (private_key_jwt) and the JWKs of the signed assertion. Nothing of a key is repeated.
// RFC 7517; RFC 7518 §6.2 (EC); RFC 8037 §2 (OKP).

import { type KeyFile, type KeyFileProblem, readKeyFile } from '../oidc/zitadel/key-file.ts';
import { isTable, parseJson, Wanted } from './values.ts';

const KEY_FILE = 'the JSON of an application’s key file from ZITADEL (in .dev.vars between single quotes)';

const WANTED_OF_KEY_FILE: Readonly<Record<KeyFileProblem, string>> = {
  service_account: 'the key file of an application ("type":"application"); this is a service account’s',
  type: `${KEY_FILE} with "type":"application"`,
  keyId: `${KEY_FILE} with a "keyId"`,
  clientId: `${KEY_FILE} with a "clientId"`,
  key: `${KEY_FILE} whose "key" is a whole PEM: BEGIN RSA PRIVATE KEY or BEGIN PRIVATE KEY`,
};

export function parseKeyFile(value: unknown): KeyFile | Wanted {
  const file = parseJson(value, KEY_FILE);
  if (file instanceof Wanted) return file;
  if (!isTable(file)) return new Wanted(KEY_FILE);
  const read = readKeyFile(file);
  return typeof read === 'string' ? new Wanted(WANTED_OF_KEY_FILE[read]) : read;
}

const JWK = 'a private JWK, or a JSON list of them: "kty":"EC" with "crv":"P-256", or "kty":"OKP" with "crv":"Ed25519"';

/** One private JWK or a list of them. */
export function parseAssertionKeys(value: unknown): readonly JsonWebKey[] | Wanted {
  const parsed = parseJson(value, JWK);
  if (parsed instanceof Wanted) return parsed;
  const keys: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (keys.length === 0) return new Wanted(`${JWK}, not an empty list`);
  for (const [i, key] of keys.entries()) {
    const lack = findLack(key);
    if (lack !== undefined) return new Wanted(`${JWK}; key ${i + 1} ${lack}`);
  }
  const kids = keys.flatMap((key) => (isTable(key) && key.kid !== undefined ? [key.kid] : []));
  return new Set(kids).size === kids.length
    ? (keys as JsonWebKey[])
    : new Wanted('keys that each have their own "kid"');
}

/** What an ES256 or EdDSA signing key lacks. Coordinates of both curves have 32 bytes: 43 base64url characters. */
function findLack(key: unknown): string | undefined {
  if (!isTable(key)) return 'is not a table';
  const isEc = key.kty === 'EC' && key.crv === 'P-256';
  if (!isEc && !(key.kty === 'OKP' && key.crv === 'Ed25519')) return 'is of another type or curve';
  if (key.d === undefined) return 'has no "d": it is a public key';
  const coordinates = isEc ? [key.d, key.x, key.y] : [key.d, key.x];
  if (!coordinates.every((value) => typeof value === 'string' && /^[\w-]{43}$/.test(value))) return 'is damaged';
  const algorithms = isEc ? ['ES256'] : ['EdDSA', 'Ed25519'];
  if (key.alg !== undefined && !algorithms.includes(String(key.alg))) return `has another "alg" than ${algorithms[0]}`;
  if (key.use !== undefined && key.use !== 'sig') return 'has another "use" than "sig"';
  if (key.key_ops !== undefined && !(Array.isArray(key.key_ops) && key.key_ops.includes('sign'))) {
    return 'is not for signing, by its "key_ops"';
  }
  return key.kid === undefined || isFilled(key.kid) ? undefined : 'has a "kid" that is not text';
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
