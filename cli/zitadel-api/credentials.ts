// Whom the commands act as: a service account by its key file, or by a personal access token.
// RFC 7523 §2.1 (JWT profile): `aud` is the issuer, at most an hour old.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { CommandError, UsageError } from '../support/failure.ts';
import { isJson, readText } from './json.ts';

export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'key';
      readonly userId: string;
      readonly keyId: string;
      readonly key: KeyObject;
      readonly expires: string;
    };

const WANTED = 'wanted is the JSON that ZITADEL gives when a key is made for a service account (type KEY_TYPE_JSON)';

export function parseServiceKey(text: string, name: string): Credentials {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is not JSON`, [WANTED]);
  }
  const type = readText(file, 'type');
  if (!isJson(file) || type !== 'serviceaccount') {
    const found = type === 'application' ? 'is the key of an application' : 'is not a key file';
    throw new UsageError(`${name} ${found}`, [WANTED]);
  }
  const [userId, keyId, pem] = [readText(file, 'userId'), readText(file, 'keyId'), readText(file, 'key')];
  if (userId === '' || keyId === '') throw new UsageError(`${name} lacks "userId" or "keyId"`, [WANTED]);
  try {
    return { kind: 'key', userId, keyId, key: createPrivateKey(pem), expires: readText(file, 'expirationDate') };
  } catch {
    throw new UsageError(`${name} holds a "key" that can’t be read`, [WANTED]);
  }
}

/** Of a key file that ZITADEL has just handed out: of a service account or of an application. */
export function parseKey(text: string): Credentials & { kind: 'key' } {
  const file: unknown = JSON.parse(text);
  return {
    kind: 'key',
    userId: readText(file, 'userId') || readText(file, 'clientId'),
    keyId: readText(file, 'keyId'),
    key: createPrivateKey(readText(file, 'key')),
    expires: readText(file, 'expirationDate'),
  };
}

export function parseToken(text: string): Credentials {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('the personal access token is empty, or more than one word');
  return { kind: 'token', token };
}

const LIFE = 300;

/** Throws before anything is asked if the key says of itself that it is over. */
export async function createAssertion(
  { userId, keyId, key, expires }: Credentials & { kind: 'key' },
  issuer: string,
  now: number,
): Promise<string> {
  const end = Date.parse(expires) / 1000;
  if (end <= now) {
    throw new CommandError(`the service account’s key expired on ${expires}`, {
      hints: ['make a new one: ZITADEL console, Users, Service Accounts, Keys'],
    });
  }
  return await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', kid: keyId })
    .setIssuer(userId)
    .setSubject(userId)
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE)
    .sign(key);
}
