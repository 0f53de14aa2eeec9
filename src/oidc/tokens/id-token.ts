// The ID token's checks beyond those of oauth4webapi: its signature, its authorized party, and that it is one.
// OIDC Core §3.1.3.7 (code flow), §12.2 (refreshed ID token).

import { isTypeOf, looksLikeAccessToken } from '../zitadel/token-kinds.ts';
import { isHashOf } from './at-hash.ts';
import { readHeader } from './jws.ts';
import { type SignedClaims, type SignedTokenContext, verifySignedToken } from './signed-token.ts';
import { type Checked, type Problem, refused } from './token-refusal.ts';

export interface IdTokenClaims {
  readonly sub: string;
  /** The provider's session, which end_session and back-channel logout name. */
  readonly sid?: string;
  readonly auth_time?: number;
  /** Its `iat`. */
  readonly issuedAt: number;
  readonly amr: readonly string[];
  /** All of them, for providers without a userinfo endpoint. */
  readonly all: Readonly<Record<string, unknown>>;
}

interface IdTokenContext extends Omit<SignedTokenContext, 'audience'> {
  /** What came with it. */
  readonly access_token?: string;
}

/** Throws what `verifySignedToken` throws. */
export async function verifyIdToken(
  idToken: string,
  client_id: string,
  context: IdTokenContext,
): Promise<Checked<IdTokenClaims>> {
  const signed = await verifySignedToken(idToken, { ...context, audience: [client_id] });
  if (signed.kind === 'refused') return signed;
  const claims = signed.value;
  const { sub, sid, auth_time, amr, iat } = claims;
  const problem =
    findKindProblem(claims) ??
    findPartyProblem(claims, client_id) ??
    (await findHashProblem(claims, idToken, context.access_token));
  if (problem) return refused('id_token', problem);
  if (typeof sub !== 'string' || sub === '') return refused('id_token', { problem: 'missing', claim: 'sub' });
  return {
    kind: 'good',
    value: {
      sub,
      issuedAt: iat,
      amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
      all: claims,
      ...(typeof sid === 'string' && { sid }),
      ...(typeof auth_time === 'number' && { auth_time }),
    },
  };
}

function findKindProblem(claims: SignedClaims): Problem | undefined {
  const { typ } = claims;
  const isOthers = typeof typ === 'string' && !isTypeOf('id', typ);
  return isOthers || 'events' in claims || looksLikeAccessToken(claims) ? { problem: 'other_kind' } : undefined;
}

/** Several audiences need `azp`; where it stands it must be us, and so must a `client_id` that stands in its place. */
function findPartyProblem({ aud, azp, client_id: named }: SignedClaims, client_id: string): Problem | undefined {
  if (azp === undefined && named !== undefined && named !== client_id) {
    return { problem: 'other_party', claim: 'client_id' };
  }
  if (azp !== undefined && azp !== client_id) return { problem: 'other_party', claim: 'azp' };
  return Array.isArray(aud) && aud.length > 1 && azp === undefined ? { problem: 'no_authorized_party' } : undefined;
}

async function findHashProblem(
  { at_hash }: SignedClaims,
  idToken: string,
  access_token: string | undefined,
): Promise<Problem | undefined> {
  if (access_token === undefined || at_hash === undefined) return undefined;
  const isMadeForIt = await isHashOf(at_hash, access_token, readHeader(idToken)?.['alg']);
  return isMadeForIt ? undefined : { problem: 'other_access_token' };
}
