// What the log says of a refusal, tag by tag, and which of RFC 6750's two errors it is. docs/api-clients.md repeats some of these words.

import { describe, expect, it } from 'vitest';
import {
  assertChecked,
  bearerErrorOf,
  type Problem,
  type TokenRefusal,
  TokenRefused,
  wordsOf,
} from '../../../src/oidc/tokens/token-refusal.ts';

describe('RFC 6750 §3.1: a refusal in the words of the log', () => {
  it.each<[Problem, string]>([
    [{ problem: 'several_values' }, 'several values in Authorization'],
    [{ problem: 'not_one_token' }, 'Authorization: Bearer is not followed by one token'],
    [{ problem: 'too_long' }, 'the bearer token is too long'],
    [{ problem: 'bad_characters' }, 'the bearer token has characters that no token has'],
    [{ problem: 'impossible' }, 'no token of ZITADEL’s looks like this'],
    [{ problem: 'no_introspection' }, 'not a JWT, and no API application is configured to ask about it'],
    [{ problem: 'no_jwt' }, 'not a JWT'],
    [{ problem: 'bad_alg', alg: 'none' }, 'alg is not allowed'],
    [{ problem: 'bad_crit' }, 'crit is not understood'],
    [{ problem: 'bad_kid' }, 'kid is no text'],
    [{ problem: 'bad_signature_encoding' }, 'the signature is not base64url'],
    [{ problem: 'no_key' }, 'no key of the provider fits'],
    [{ problem: 'several_keys' }, 'several keys of the provider fit'],
    [{ problem: 'other_key' }, 'the signature is another key’s'],
    [{ problem: 'unverifiable', cause: new Error('secret') }, 'the signature cannot be verified'],
    [{ problem: 'no_claims' }, 'the claims are not a JSON object'],
    [{ problem: 'jwt_not_wanted' }, 'a JWT instead of JSON'],
    [{ problem: 'other_issuer', iss: 'https://evil.example' }, 'iss is another issuer'],
    [{ problem: 'other_audience', aud: ['them'] }, 'aud is somebody else'],
    [{ problem: 'missing', claim: 'jti' }, 'jti is missing'],
    [{ problem: 'not_a_time', claim: 'exp' }, 'claim exp is not a time'],
    [{ problem: 'in_the_future', claim: 'nbf' }, 'claim nbf lies in the future'],
    [{ problem: 'time_out_of_range' }, 'a time is out of range'],
    [{ problem: 'expired' }, 'expired'],
    [{ problem: 'other_kind' }, 'the token is of another kind'],
    [{ problem: 'other_type', typ: 'logout+jwt' }, 'typ is not an access token’s'],
    [{ problem: 'foreign_claim', claim: 'azp' }, 'azp does not belong in an access token'],
    [{ problem: 'bound_to_a_key' }, 'the token is bound to a key'],
    [{ problem: 'not_bearer', token_type: 'DPoP' }, 'token_type is not Bearer'],
    [{ problem: 'other_access_token' }, 'at_hash is another access token’s'],
    [{ problem: 'other_party', claim: 'client_id' }, 'client_id is another party'],
    [{ problem: 'no_authorized_party' }, 'several audiences without azp'],
    [{ problem: 'other_subject' }, 'sub is another subject'],
    [{ problem: 'other_subject_in_id_token' }, 'the ID token is another subject’s'],
    [{ problem: 'no_logout_event' }, 'the logout event is missing'],
    [{ problem: 'nonce_not_allowed' }, 'a nonce is not allowed'],
    [{ problem: 'not_text', claim: 'sid' }, 'sid is not a string'],
    [{ problem: 'nobody_named' }, 'neither sub nor sid'],
    [{ problem: 'inactive', wasAnyActive: true }, 'inactive'],
    [
      { problem: 'inactive', wasAnyActive: false },
      'inactive, as every token so far: check the API application and its project',
    ],
    [{ problem: 'no_organization' }, 'the token does not say its organisation'],
    [{ problem: 'other_organization', organization: '7' }, 'another organisation'],
  ])('%j: %s', (problem, words) => {
    expect(wordsOf({ of: 'bearer_token', ...problem })).toBe(words);
    expect(wordsOf({ of: 'jwt', ...problem })).toBe(`JWT: ${words}`);
  });

  it.each<[TokenRefusal['of'], string, string]>([
    ['authorization', '', 'invalid_request'],
    ['bearer_token', '', 'invalid_token'],
    ['jwt', 'JWT: ', 'invalid_token'],
    ['introspection', 'introspection: ', 'invalid_token'],
    ['id_token', 'ID token: ', 'invalid_token'],
    ['logout_token', 'logout token: ', 'invalid_token'],
    ['authorization_response', 'authorize: ', 'invalid_token'],
    ['token_response', 'token: ', 'invalid_token'],
    ['refresh_response', 'refresh: ', 'invalid_token'],
    ['userinfo_response', 'userinfo: ', 'invalid_token'],
  ])('of %s begins with "%s" and is %s to whoever brought a bearer token', (of, prefix, error) => {
    expect(wordsOf({ of, problem: 'expired' })).toBe(`${prefix}expired`);
    expect(bearerErrorOf({ of, problem: 'expired' })).toBe(error);
  });
});

describe('a refusal that ends a conversation', () => {
  it('is thrown with its tag, its words, and what the runtime said', () => {
    const cause = new Error('bad key');
    const refusal = { of: 'jwt', problem: 'unverifiable', cause } as const;
    const refused = new TokenRefused(refusal);
    expect([refused.message, refused.refusal, refused.cause]).toEqual([wordsOf(refusal), refusal, cause]);
    expect(() => assertChecked({ kind: 'refused', refusal })).toThrow(TokenRefused);
  });

  it('is none where the check found nothing', () => {
    expect(assertChecked({ kind: 'good', value: 7 })).toBe(7);
    expect(new TokenRefused({ of: 'jwt', problem: 'no_jwt' })).not.toHaveProperty('cause');
  });
});
