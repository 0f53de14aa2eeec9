// The only place that wires the users' objects, for the deployed worker and for every test.
// ARCHITECTURE §6 (UserSessions).

import type { Config } from '../config/schema.ts';
import type { Emit } from '../observability/request-event.ts';
import { createProviderSide } from '../oidc/session-provider.ts';
import { createKeyring } from '../session/keyring.ts';
import type { ObjectStorage } from './dependencies.ts';
import { createTokenStore } from './token-store.ts';
import { UserSessionsLogic } from './user-sessions.ts';

type ProviderSideParts = Parameters<typeof createProviderSide>[0];

interface Parts extends Pick<ProviderSideParts, 'relyingParty' | 'identityOptions'> {
  readonly config: Pick<
    Config,
    'sessionSecrets' | 'organizationId' | 'sessionDuration' | 'sessionMaxDuration' | 'revocationMaxAge'
  >;
  readonly kv: KVNamespace;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly emit: Emit;
  /** Keeps what nobody waits for alive until it is done. */
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export type CreateUserObject = (storage: ObjectStorage) => UserSessionsLogic;

/**
 * Call this once per isolate, and what it returns once per object: the keys, and the pause after one of ZITADEL's failures, concern all
 * objects of the isolate.
 */
export function createUserObjects(parts: Parts): CreateUserObject {
  const { config, kv, relyingParty, identityOptions, now, emit, waitUntil } = parts;
  const provider = createProviderSide({
    relyingParty,
    identityOptions,
    organizationId: config.organizationId,
    now,
    reportMalformed: (sub, claims) => emit({ event: 'malformed_claims', level: 'warn', sub, claims }),
  });
  const tokenStore = createTokenStore(kv, createKeyring(config.sessionSecrets));
  return (storage) =>
    new UserSessionsLogic({ storage, tokenStore, provider, times: config, now, audit: emit, background: waitUntil });
}
