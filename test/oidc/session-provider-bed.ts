import { ProviderCallError } from '../../src/oidc/provider-fetch.ts';
import { createProviderRest } from '../../src/oidc/provider-rest.ts';
import type { RelyingParty } from '../../src/oidc/relying-party.ts';
import { createProviderSide } from '../../src/oidc/session-provider.ts';
import { encodeBase64url } from '../../src/shared/base64url.ts';
import { refusal } from './refusal.ts';

export const NOW = 1_790_000_000;
export const idTokenOf = (claims: object) => `e30.${encodeBase64url(JSON.stringify(claims))}.x`;
export const TOKENS = {
  access_token: 'at',
  refresh_token: 'rt',
  id_token: idTokenOf({ sub: '1' }),
  receivedAt: NOW,
  expiresAt: NOW + 60,
};
export const ORGANIZATION = 'urn:zitadel:iam:user:resourceowner:id';

export const AWAY = new ProviderCallError('timeout', 'https://zitadel.test/token');
export const DEAD = refusal(400, 'invalid_grant');
export const OPERATOR = refusal(401, 'invalid_client');
export const BUSY = refusal(429, 'slow_down', undefined, { 'retry-after': '40' });

export interface Options {
  readonly organizationId?: string;
  readonly claims?: Record<string, unknown> | undefined;
}

export function createBed(options: Options = {}) {
  const bed = {
    now: NOW,
    /** What the next questions come to; nothing thrown where undefined. */
    failure: undefined as unknown,
    claims: ('claims' in options ? options.claims : { sub: '1', name: 'Zoë' }) as Record<string, unknown> | undefined,
    asked: [] as unknown[][],
    malformed: [] as unknown[],
  };
  const answer = async <Answer>(value: Answer, ...question: unknown[]): Promise<Answer> => {
    bed.asked.push(question);
    if (bed.failure !== undefined) throw bed.failure;
    return value;
  };
  const relyingParty = {
    refresh: (...given: unknown[]) => answer({ ...TOKENS, access_token: 'new' }, 'refresh', ...given),
    userinfo: (...given: unknown[]) => answer(bed.claims, 'userinfo', ...given),
    revoke: (...given: unknown[]) => answer(undefined, 'revoke', ...given),
  } as unknown as RelyingParty;
  const side = createProviderSide({
    relyingParty,
    identityOptions: { projectId: '7', roleMap: {}, claimNames: ['deep'] },
    organizationId: options.organizationId,
    rest: createProviderRest(() => bed.now),
    reportMalformed: (...report) => bed.malformed.push(report),
  });
  const refresh = () => side.refresh(TOKENS, '1');
  const readClaims = (tokens = TOKENS) => side.readClaims(tokens, '1');
  return Object.assign(bed, { side, refresh, readClaims, revoke: (tokens = TOKENS) => side.revoke(tokens) });
}

export const PAUSED = 'ZITADEL did not answer just now';
