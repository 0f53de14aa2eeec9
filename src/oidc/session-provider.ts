// ZITADEL as the sessions need it: tokens renewed, claims read, tokens revoked, and every failure judged on the spot.
// Design promise 6: transient errors never end a session, definite ones do; a storm here makes no storm at ZITADEL.

import { GatewayError } from '../errors.ts';
import type { ProviderSide, SessionFault } from '../user-object/dependencies.ts';
import { type ProviderFault, providerFault } from './provider-errors.ts';
import type { RelyingParty } from './relying-party.ts';
import { type Members, readPart } from './tokens/jws.ts';
import { type IdentityOptions, readIdentity, withActor } from './zitadel/identity-claims.ts';

interface Dependencies {
  readonly relyingParty: RelyingParty;
  readonly identityOptions: IdentityOptions;
  /** Only members of this organisation may be signed in. */
  readonly organizationId?: string | undefined;
  readonly now: () => number;
  readonly reportMalformed: (sub: string, claims: readonly string[]) => void;
}

export function createProviderSide(deps: Dependencies): ProviderSide {
  const { relyingParty, identityOptions, organizationId, now, reportMalformed } = deps;
  const pause = createPause(now);

  return {
    async refresh({ refresh_token, id_token }, sub) {
      const paused = pause.active();
      if (paused) return paused;
      try {
        const tokens = await relyingParty.refresh(refresh_token, id_token, sub);
        pause.lift();
        return tokens;
      } catch (error) {
        const fault = providerFault(error);
        if (fault.kind === 'dead') return { ends: 'refresh_token_dead', reason: fault.reason };
        return toSessionFault(fault, pause);
      }
    },

    async readClaims({ access_token, id_token }, sub) {
      const paused = pause.active();
      if (paused) return { kind: 'failed', fault: paused };
      try {
        const claims = await relyingParty.userinfo(access_token, sub);
        pause.lift();
        const inIdToken = claimsOf(id_token);
        const { identity, malformed } = readIdentity(sub, withActor(claims ?? inIdToken, inIdToken), identityOptions);
        if (malformed.length > 0) reportMalformed(sub, malformed);
        if (organizationId !== undefined && identity.org !== organizationId) {
          return { kind: 'failed', fault: { ends: 'foreign_organization', reason: 'another organisation' } };
        }
        return { kind: 'read', identity };
      } catch (error) {
        const fault = providerFault(error);
        // The token was good by its times and nobody else renews it: ZITADEL itself has ended the session.
        if (fault.kind === 'dead')
          return { kind: 'failed', fault: { ends: 'ended_at_provider', reason: fault.reason } };
        return { kind: 'failed', fault: toSessionFault(fault, pause) };
      }
    },

    async revoke({ refresh_token, access_token }) {
      try {
        if (pause.wasAskedFor()) return 'unanswered';
        // Revoking the refresh token kills its access token too.
        if (refresh_token !== undefined) await relyingParty.revoke(refresh_token, 'refresh_token');
        else await relyingParty.revoke(access_token, 'access_token');
        return 'done';
      } catch (error) {
        const { kind, retryAfter } = providerFault(error);
        if (kind === 'transient' && retryAfter !== undefined) pause.begin(retryAfter);
        if (kind === 'transient') return 'unanswered';
        return kind === 'operator' ? 'refused' : 'done';
      }
    },
  };
}

function toSessionFault(fault: ProviderFault, pause: Pause): SessionFault {
  const { kind, reason, retryAfter } = fault;
  if (kind === 'refused') return { ends: 'check_failed', reason };
  if (kind === 'transient') pause.begin(retryAfter);
  if (kind === 'operator') return { reason: `operator's mistake: ${reason}`, isOperators: true };
  return { reason, ...(retryAfter && { retryAfter }) };
}

/** The claims of an ID token that was checked when it came. */
function claimsOf(id_token: string): Members {
  const claims = readPart(id_token.split('.')[1]);
  if (!claims) throw new GatewayError('internal', 'the kept ID token is not a JWT');
  return claims;
}

interface Pause {
  active(): SessionFault | undefined;
  /** Whether ZITADEL itself has said for how long: then even a sign-out does not trouble it. */
  wasAskedFor(): boolean;
  begin(retryAfter: number | undefined): void;
  lift(): void;
}

/** After a failure all sessions of this isolate leave ZITADEL alone for 1, 2, 4 … 15 seconds, or as long as it asks. */
function createPause(now: () => number): Pause {
  let until = 0;
  let askedUntil = 0;
  let failures = 0;
  return {
    wasAskedFor: () => now() < askedUntil,
    active: () =>
      now() < until ? { reason: 'ZITADEL did not answer just now', retryAfter: Math.ceil(until - now()) } : undefined,
    begin(retryAfter) {
      askedUntil = Math.max(askedUntil, now() + Math.min(retryAfter ?? 0, 3600));
      until = Math.max(askedUntil, now() + Math.min(2 ** failures, 15));
      failures += 1;
    },
    lift() {
      // An answer to a question that was under way is no permission to go on before the time.
      until = askedUntil;
      failures = 0;
    },
  };
}
