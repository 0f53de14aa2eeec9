// The Authorization header: no bearer token, one, or something that claims to be one and is not.
// RFC 6750 §2.1; RFC 9110 §11.4, §5.3 (several lines of one header reach a worker joined by a comma).

export type BearerCredential =
  /** No header, or another scheme's: none of our business. */
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** RFC 6750 §3.1: a header that can't be read is `invalid_request`, one token that can be none `invalid_token`. */
  | { readonly kind: 'malformed'; readonly error: 'invalid_request' | 'invalid_token'; readonly reason: string };

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
  if (header.includes(',')) return malformed('invalid_request', 'several values in Authorization');
  if (header.length > MAX_TOKEN) return malformed('invalid_token', 'the bearer token is too long');
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return { kind: 'token', token };
  return ONE_WORD.test(header)
    ? malformed('invalid_token', 'the bearer token has characters that no token has')
    : malformed('invalid_request', 'Authorization: Bearer is not followed by one token');
}

function malformed(error: 'invalid_request' | 'invalid_token', reason: string): BearerCredential {
  return { kind: 'malformed', error, reason };
}
