// Why a token, or an answer that brings one, is refused: a tag with its evidence, and one table of the words that the log has for it.
// RFC 6750 §3.1 (which of the two errors a bearer token's refusal is).

import type { ForeignClaim } from '../zitadel/token-kinds.ts';

/** What was looked at: how the log's line begins, and which error of RFC 6750 it is where a bearer token was wanted. */
const LOOKED_AT = {
  authorization: ['', 'invalid_request'],
  bearer_token: ['', 'invalid_token'],
  jwt: ['JWT: ', 'invalid_token'],
  introspection: ['introspection: ', 'invalid_token'],
  id_token: ['ID token: ', 'invalid_token'],
  logout_token: ['logout token: ', 'invalid_token'],
  authorization_response: ['authorize: ', 'invalid_token'],
  token_response: ['token: ', 'invalid_token'],
  refresh_response: ['refresh: ', 'invalid_token'],
  userinfo_response: ['userinfo: ', 'invalid_token'],
} as const;

export type TimeClaim = 'exp' | 'iat' | 'nbf' | 'auth_time';
type NoEvidence = Record<never, never>;

interface Evidence {
  // the Authorization header
  several_values: NoEvidence;
  not_one_token: NoEvidence;
  too_long: NoEvidence;
  bad_characters: NoEvidence;
  // what no token can be, or nobody can be asked about
  impossible: NoEvidence;
  no_introspection: NoEvidence;
  // form and signature
  no_jwt: NoEvidence;
  bad_alg: { readonly alg: unknown };
  bad_crit: NoEvidence;
  bad_kid: NoEvidence;
  bad_signature_encoding: NoEvidence;
  no_key: NoEvidence;
  several_keys: NoEvidence;
  other_key: NoEvidence;
  unverifiable: { readonly cause: unknown };
  no_claims: NoEvidence;
  jwt_not_wanted: NoEvidence;
  // what is claimed
  other_issuer: { readonly iss: unknown };
  other_audience: { readonly aud: unknown };
  missing: { readonly claim: string };
  not_a_time: { readonly claim: TimeClaim };
  in_the_future: { readonly claim: TimeClaim };
  time_out_of_range: NoEvidence;
  expired: NoEvidence;
  // tokens of one kind are not taken for another kind
  other_kind: NoEvidence;
  other_type: { readonly typ: unknown };
  foreign_claim: { readonly claim: ForeignClaim };
  bound_to_a_key: NoEvidence;
  not_bearer: { readonly token_type: unknown };
  other_access_token: NoEvidence;
  other_party: { readonly claim: 'azp' | 'client_id' };
  no_authorized_party: NoEvidence;
  other_subject: NoEvidence;
  other_subject_in_id_token: NoEvidence;
  no_logout_event: NoEvidence;
  nonce_not_allowed: NoEvidence;
  not_text: { readonly claim: 'sub' | 'sid' };
  nobody_named: NoEvidence;
  // what is true of a token that is one
  inactive: { readonly wasAnyActive: boolean };
  no_organization: NoEvidence;
  other_organization: { readonly organization: string };
}

export type RefusalTag = keyof Evidence;

/** What is wrong, wherever it is found. */
export type Problem = { [Tag in RefusalTag]: { readonly problem: Tag } & Evidence[Tag] }[RefusalTag];

export type TokenRefusal = Problem & { readonly of: keyof typeof LOOKED_AT };

/** The evidence is not repeated where a stranger chose it: nobody writes into the log. */
const WORDS: { readonly [Tag in RefusalTag]: string | ((evidence: Evidence[Tag]) => string) } = {
  several_values: 'several values in Authorization',
  not_one_token: 'Authorization: Bearer is not followed by one token',
  too_long: 'the bearer token is too long',
  bad_characters: 'the bearer token has characters that no token has',
  impossible: 'no token of ZITADEL’s looks like this',
  no_introspection: 'not a JWT, and no API application is configured to ask about it',
  no_jwt: 'not a JWT',
  bad_alg: 'alg is not allowed',
  bad_crit: 'crit is not understood',
  bad_kid: 'kid is no text',
  bad_signature_encoding: 'the signature is not base64url',
  no_key: 'no key of the provider fits',
  several_keys: 'several keys of the provider fit',
  other_key: 'the signature is another key’s',
  unverifiable: 'the signature cannot be verified',
  no_claims: 'the claims are not a JSON object',
  jwt_not_wanted: 'a JWT instead of JSON',
  other_issuer: 'iss is another issuer',
  other_audience: 'aud is somebody else',
  missing: ({ claim }) => `${claim} is missing`,
  not_a_time: ({ claim }) => `claim ${claim} is not a time`,
  in_the_future: ({ claim }) => `claim ${claim} lies in the future`,
  time_out_of_range: 'a time is out of range',
  expired: 'expired',
  other_kind: 'the token is of another kind',
  other_type: 'typ is not an access token’s',
  foreign_claim: ({ claim }) => `${claim} does not belong in an access token`,
  bound_to_a_key: 'the token is bound to a key',
  not_bearer: 'token_type is not Bearer',
  other_access_token: 'at_hash is another access token’s',
  other_party: ({ claim }) => `${claim} is another party`,
  no_authorized_party: 'several audiences without azp',
  other_subject: 'sub is another subject',
  other_subject_in_id_token: 'the ID token is another subject’s',
  no_logout_event: 'the logout event is missing',
  nonce_not_allowed: 'a nonce is not allowed',
  not_text: ({ claim }) => `${claim} is not a string`,
  nobody_named: 'neither sub nor sid',
  inactive: ({ wasAnyActive }) =>
    wasAnyActive ? 'inactive' : 'inactive, as every token so far: check the API application and its project',
  no_organization: 'the token does not say its organisation',
  other_organization: 'another organisation',
};

/** One line for the log. */
export function wordsOf(refusal: TokenRefusal): string {
  const words = WORDS[refusal.problem] as string | ((evidence: TokenRefusal) => string);
  return LOOKED_AT[refusal.of][0] + (typeof words === 'string' ? words : words(refusal));
}

/** RFC 6750 §3.1: a header that cannot be read is `invalid_request`; whatever is no good token is `invalid_token`. */
export function bearerErrorOf({ of }: TokenRefusal): 'invalid_request' | 'invalid_token' {
  return LOOKED_AT[of][1];
}

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: TokenRefusal;
}

/** What a check gives: what only it can have found good, or why it did not. */
export type Checked<Value> = { readonly kind: 'good'; readonly value: Value } | Refused;

export function refused(of: TokenRefusal['of'], problem: Problem): Refused {
  return { kind: 'refused', refusal: { ...problem, of } };
}

/** A refusal where a whole conversation fails with it. `refusal` is the reason, its words are the message. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly refusal: TokenRefusal;

  constructor(refusal: TokenRefusal) {
    super(wordsOf(refusal), 'cause' in refusal ? { cause: refusal.cause } : undefined);
    this.refusal = refusal;
  }
}

/** The value of a check, or what the conversation ends with. @throws TokenRefused */
export function assertChecked<Value>(checked: Checked<Value>): Value {
  if (checked.kind === 'refused') throw new TokenRefused(checked.refusal);
  return checked.value;
}
