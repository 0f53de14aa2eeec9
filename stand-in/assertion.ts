// Assertions signed with a private key: of an application (client authentication) or of a service user (grant).
// RFC 7523 §3 as ZITADEL checks it: `aud` is the issuer, at most an hour old, `jti` never looked at.

import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Instance } from './instance.ts';
import type { PublicKeyEntry } from './store.ts';

const MAX_AGE = 3600;

export interface AssertionRequest {
  issuer: string;
  /** Seconds that an `iat` may lie in the future. */
  skew: number;
  findKey: (subject: string, kid: string) => PublicKeyEntry | undefined;
}

/** What the assertion says before anybody checked it; undefined if it is no JWT at all. */
export function peekAssertion(assertion: string): { iss: string; kid: string } | undefined {
  try {
    const { iss = '' } = decodeJwt(assertion);
    return { iss, kid: decodeProtectedHeader(assertion).kid ?? '' };
  } catch (cause) {
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}

/** The subject, or undefined for an assertion that is no good. */
export async function verifyAssertion(
  instance: Instance,
  assertion: string,
  { issuer, skew, findKey }: AssertionRequest,
): Promise<string | undefined> {
  const peeked = peekAssertion(assertion);
  const key = peeked && findKey(peeked.iss, peeked.kid);
  const now = instance.now();
  if (!peeked || !key || key.expiresAt <= now) return undefined;
  try {
    const { payload } = await jwtVerify(assertion, key.publicKey, {
      algorithms: ['RS256'],
      audience: issuer,
      currentDate: new Date(now * 1000),
    });
    const { iss, sub, iat, exp } = payload;
    if (iss === undefined || iss !== sub || iat === undefined || exp === undefined) return undefined;
    return iat <= now + skew && iat >= now - MAX_AGE ? sub : undefined;
  } catch (cause) {
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}
