// The only place that wires the users' objects, for the deployed worker and for every test.
// ARCHITECTURE §6 (UserSessions).

import type { Config } from '../config/schema.ts';
import type { Emit } from '../observability/request-event.ts';
import { createProviderRest } from '../oidc/provider-rest.ts';
import { createProviderSide } from '../oidc/session-provider.ts';
import { createKeyring } from '../session/keyring.ts';
import type { ObjectStorage, ProviderSide, SiteTerms, TermsOf } from './dependencies.ts';
import { createTokenStore } from './token-store.ts';
import { UserSessionsLogic } from './user-sessions.ts';

type ProviderSideParts = Parameters<typeof createProviderSide>[0];

/** What a site's sessions need of its configuration. */
export interface SiteParts extends Pick<ProviderSideParts, 'relyingParty' | 'identityOptions'> {
  /** Nobody knows just now which application at ZITADEL is the site's. */
  readonly isUnknown?: boolean;
  readonly config: Pick<Config, 'organizationId' | 'sessionDuration' | 'sessionMaxDuration' | 'revocationMaxAge'>;
}

interface Parts {
  readonly sessionSecrets: Config['sessionSecrets'];
  /** The parts of a site, by its host; undefined: of the first. The same record for as long as nothing changes. */
  readonly partsOf: (site: string | undefined) => SiteParts;
  readonly kv: KVNamespace;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly emit: Emit;
  /** Keeps what nobody waits for alive until it is done. */
  readonly waitUntil: (task: Promise<unknown>) => void;
}

/** Another site's application would be told that its tokens are dead, and the session would end. */
const FAULT = { reason: 'the list of sites could not be read' };
const UNKNOWN: ProviderSide = {
  refresh: async () => FAULT,
  readClaims: async () => ({ kind: 'failed', fault: FAULT }),
  revoke: async () => 'unanswered',
};

export type CreateUserObject = (storage: ObjectStorage) => UserSessionsLogic;

/**
 * Call this once per isolate, and what it returns once per object: the keys, and the pause after one of ZITADEL's failures, concern all
 * objects of the isolate.
 */
export function createUserObjects({ sessionSecrets, partsOf, kv, now, emit, waitUntil }: Parts): CreateUserObject {
  const rest = createProviderRest(now);
  const known = new WeakMap<SiteParts, SiteTerms>();
  const reportMalformed = (sub: string, claims: readonly string[]) =>
    emit({ event: 'malformed_claims', level: 'warn', sub, claims });

  const termsOf: TermsOf = ({ site }) => {
    const parts = partsOf(site);
    const found = known.get(parts);
    if (found) return found;
    const { config, isUnknown, relyingParty, identityOptions } = parts;
    const { organizationId } = config;
    const provider = isUnknown
      ? UNKNOWN
      : createProviderSide({ relyingParty, identityOptions, organizationId, rest, reportMalformed });
    const terms = { provider, times: config };
    known.set(parts, terms);
    return terms;
  };

  const tokenStore = createTokenStore(kv, createKeyring(sessionSecrets));
  return (storage) => new UserSessionsLogic({ storage, tokenStore, termsOf, now, audit: emit, background: waitUntil });
}
