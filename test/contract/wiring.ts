// The users' objects of the store suite, wired as the deployed ones are. Only ZITADEL is another: it agrees to everything, and each call
// is counted somewhere.

import { createUserObjects, type SiteParts } from '../../src/user-object/create.ts';
import { SUB, tokenSet } from './stores.ts';

type Parts = Parameters<typeof createUserObjects>[0];

export type ProviderCall = 'refresh' | 'userinfo' | 'revoke';

interface Wiring extends Pick<Parts, 'kv' | 'now' | 'waitUntil'> {
  readonly secret: string;
  readonly count: (call: ProviderCall) => Promise<void>;
}

export function wireUserObjects({ kv, now, waitUntil, secret, count }: Wiring) {
  const parts: SiteParts = {
    config: { sessionDuration: 3600, sessionMaxDuration: 43_200, revocationMaxAge: 30 },
    relyingParty: createCountingProvider(count, now),
    identityOptions: { roleMap: {}, claimNames: [] },
  };
  return createUserObjects({
    sessionSecrets: [secret],
    partsOf: () => parts,
    kv,
    now,
    emit: () => undefined,
    waitUntil,
  });
}

function createCountingProvider(count: Wiring['count'], now: () => number): SiteParts['relyingParty'] {
  let turn = 1;
  return {
    async refresh() {
      await count('refresh');
      turn += 1;
      return { ...tokenSet(now(), turn), access_token: `renewed-${turn}` };
    },
    async userinfo() {
      await count('userinfo');
      return { sub: SUB };
    },
    revoke: () => count('revoke'),
  };
}
