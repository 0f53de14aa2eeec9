// The Authorization header: no bearer token, one, or something that claims to be one and is not.
// RFC 6750 §2.1; RFC 9110 §11.4, §5.3 (several lines of one header reach a worker joined by a comma).

import { type Refused, refused } from '../tokens/token-refusal.ts';

export type BearerCredential =
  /** No header, or another scheme's: none of our business. */
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** RFC 6750 §3.1: a header that can't be read is refused as such, and a token that cannot be one as a token. */
  | Refused;

/** A role takes some 190 characters of a JWT, which names it twice: this is enough for three hundred. Cloudflare takes 128 KB of header. */
const MAX_TOKEN = 65_536;

/** The scheme at the beginning, even if what follows is not a blank; or in a further line of the header, even alone. */
const NAMES_BEARER = /^\s*bearer(?![!#$%&'*+.^_`|~0-9a-z-])|,\s*bearer(?:[\s,]|$)/i;
const ONE_WORD = /^bearer +[^\s]+$/i;
const BEARER = /^bearer +([a-z0-9._~+/-]+=*)$/i;

/** Whether the header is the gateway's to judge, however it is to be judged. */
export function claimsBearer(header: string | undefined): boolean {
  return header !== undefined && NAMES_BEARER.test(header);
}

export function parseAuthorization(header: string | null): BearerCredential {
  if (header === null || !NAMES_BEARER.test(header)) return { kind: 'none' };
  // Not in one test with the syntax: the log should say which it was.
  if (header.includes(',')) return refused('authorization', { problem: 'several_values' });
  if (header.length > MAX_TOKEN) return refused('bearer_token', { problem: 'too_long' });
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return { kind: 'token', token };
  return ONE_WORD.test(header)
    ? refused('bearer_token', { problem: 'bad_characters' })
    : refused('authorization', { problem: 'not_one_token' });
}
