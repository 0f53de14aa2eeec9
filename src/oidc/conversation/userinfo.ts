// A user's claims, asked for with their access token.
// OIDC Core §5.3.

import { ask, readObject } from '../provider-answer.ts';
import type { Members } from '../tokens/jws.ts';
import { TokenRefused } from '../tokens/token-refusal.ts';
import type { Parties } from './parties.ts';

/** Throws what `providerFault` understands. Undefined where the provider has no such endpoint. */
export type Userinfo = (access_token: string, sub: string, signal?: AbortSignal) => Promise<Members | undefined>;

export function createUserinfo({ metadata, fetch }: Pick<Parties, 'metadata' | 'fetch'>): Userinfo {
  return async (access_token, sub, signal) => {
    const { userinfo_endpoint } = await metadata.load(signal);
    if (!userinfo_endpoint) return undefined;
    const response = await ask(fetch, userinfo_endpoint, signal, `Bearer ${access_token}`);
    // Nobody has registered us for a signed answer (OIDC Core §5.3.2).
    if (response.status === 200 && response.headers.get('content-type')?.toLowerCase().includes('jwt')) {
      throw new TokenRefused({ of: 'userinfo_response', problem: 'jwt_not_wanted' });
    }
    const claims = await readObject(response);
    // Without one the answer makes no sense; with another it is somebody else's.
    if (typeof claims['sub'] !== 'string') throw new Error('userinfo: sub is missing');
    if (claims['sub'] !== sub) throw new TokenRefused({ of: 'userinfo_response', problem: 'other_subject' });
    return claims;
  };
}
