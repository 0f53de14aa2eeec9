// The provider as the sessions need it: tokens renewed, claims read, tokens revoked, and every failure judged on the spot.
// Promise 6: transient errors never end a session, definite ones do; a storm here makes no storm at ZITADEL.

import { GatewayError } from '../errors.ts';
import type { EndReason } from '../user-object/api.ts';
import type { ClaimsRead, ProviderSide, Revocation, SessionFault } from '../user-object/dependencies.ts';
import { type ProviderFault, providerFault } from './provider-errors.ts';
import type { ProviderRest } from './provider-rest.ts';
import type { RelyingParty, TokenSet } from './relying-party.ts';
import { type Members, readPart } from './tokens/jws.ts';
import { type IdentityOptions, readIdentity, withActor } from './zitadel/identity-claims.ts';
import { findForeignOrganization } from './zitadel/organization.ts';

interface Dependencies {
  readonly relyingParty: Pick<RelyingParty, 'refresh' | 'userinfo' | 'revoke'>;
  readonly identityOptions: IdentityOptions;
  /** Only members of this organisation may be signed in. */
  readonly organizationId?: string | undefined;
  /** One for all sites: it is one ZITADEL. */
  readonly rest: ProviderRest;
  readonly reportMalformed: (sub: string, claims: readonly string[]) => void;
}

export function createProviderSide(deps: Dependencies): ProviderSide {
  const { relyingParty, rest } = deps;

  return {
    async refresh({ refresh_token, id_token }, sub) {
      const resting = rest.active();
      if (resting) return resting;
      try {
        const tokens = await relyingParty.refresh(refresh_token, id_token, sub);
        rest.lift();
        return tokens;
      } catch (error) {
        return toSessionFault(providerFault(error), 'refresh_token_dead', rest);
      }
    },

    async readClaims({ access_token, id_token }, sub) {
      const resting = rest.active();
      if (resting) return { kind: 'failed', fault: resting };
      try {
        const claims = await relyingParty.userinfo(access_token, sub);
        rest.lift();
        return judgeClaims(sub, claims, id_token, deps);
      } catch (error) {
        // Where the token is dead: it was good by its times and nobody else renews it, so ZITADEL itself has ended the session.
        return { kind: 'failed', fault: toSessionFault(providerFault(error), 'ended_at_provider', rest) };
      }
    },

    async revoke(tokens) {
      if (rest.wasAskedFor()) return 'unanswered';
      return relyingParty.revoke(...whatToRevoke(tokens)).then(
        () => 'done',
        (error: unknown) => revocationOf(providerFault(error), rest),
      );
    },
  };
}

/** @throws GatewayError where the kept ID token cannot be read */
function judgeClaims(sub: string, claims: Members | undefined, id_token: string, deps: Dependencies): ClaimsRead {
  const { identityOptions, organizationId, reportMalformed } = deps;
  const inIdToken = claimsOf(id_token);
  const { identity, malformed } = readIdentity(sub, withActor(claims ?? inIdToken, inIdToken), identityOptions);
  if (malformed.length > 0) reportMalformed(sub, malformed);
  if (!findForeignOrganization(identity, organizationId)) return { kind: 'read', identity };
  return { kind: 'failed', fault: { ends: 'foreign_organization', reason: 'another organisation' } };
}

/** Revoking the refresh token kills its access token too (RFC 7009 §2.1). */
function whatToRevoke({ refresh_token, access_token }: TokenSet): Parameters<RelyingParty['revoke']> {
  return refresh_token === undefined ? [access_token, 'access_token'] : [refresh_token, 'refresh_token'];
}

function revocationOf({ kind, retryAfter }: ProviderFault, rest: ProviderRest): Revocation {
  if (kind === 'transient' && retryAfter !== undefined) rest.begin(retryAfter);
  if (kind === 'transient') return 'unanswered';
  return kind === 'operator' ? 'refused' : 'done';
}

/** `ofDead`: how the session ends where the token is dead. */
function toSessionFault(fault: ProviderFault, ofDead: EndReason, rest: ProviderRest): SessionFault {
  const { kind, reason, retryAfter } = fault;
  if (kind === 'dead') return { ends: ofDead, reason };
  if (kind === 'refused') return { ends: 'check_failed', reason };
  if (kind === 'transient') rest.begin(retryAfter);
  if (kind === 'operator') return { reason: `operator's mistake: ${reason}`, isOperators: true };
  return { reason, ...(retryAfter && { retryAfter }) };
}

/** The claims of an ID token that was checked when it came. */
function claimsOf(id_token: string): Members {
  const claims = readPart(id_token.split('.')[1]);
  if (!claims) throw new GatewayError('internal', 'the kept ID token is not a JWT');
  return claims;
}
