// ZITADEL as the store suite needs it: it says yes to everything, and each call is counted somewhere.

import type { ProviderSide } from '../../src/user-object/dependencies.ts';
import { IDENTITY, tokenSet } from './stores.ts';

export type ProviderCall = 'refresh' | 'userinfo' | 'revoke';

export function createCountingProvider(count: (call: ProviderCall) => Promise<void>, now: () => number): ProviderSide {
  let turn = 1;
  return {
    async refresh() {
      await count('refresh');
      turn += 1;
      return { ...tokenSet(now(), turn), access_token: `renewed-${turn}` };
    },
    async readClaims() {
      await count('userinfo');
      return { kind: 'read', identity: IDENTITY };
    },
    async revoke() {
      await count('revoke');
      return 'done';
    },
  };
}
