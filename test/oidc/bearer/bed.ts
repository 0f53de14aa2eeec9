// What tests of bearer tokens need: the stand-in with a clock to turn, the judge under test, and tokens of every making.

import { loadConfig } from '../../../src/config/load.ts';
import { createIssuer, createProvider, type Runtime } from '../../../src/gateway.ts';
import type { NoteEvent, RequestEvent } from '../../../src/observability/request-event.ts';
import {
  createBearerTokens,
  type JudgedAuthorization,
  type JudgeOptions,
} from '../../../src/oidc/bearer/bearer-tokens.ts';
import type { TokenRefusal } from '../../../src/oidc/tokens/token-refusal.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createZitadel, type ZitadelOptions } from '../../../stand-in/zitadel.ts';

export { SEED };

export const PROJECT_AUD = `urn:zitadel:iam:org:project:id:${SEED.projectId}:aud`;
export const ROLES_SCOPE = 'urn:zitadel:iam:org:projects:roles';
export const PLAIN_ROLES = 'urn:zitadel:iam:org:project:roles';
export const PROJECT_ROLES = `urn:zitadel:iam:org:project:${SEED.projectId}:roles`;
export const RESOURCE_OWNER = 'urn:zitadel:iam:user:resourceowner';

export const BASIC = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };

export interface BedOptions {
  readonly env?: Record<string, unknown>;
  readonly zitadel?: ZitadelOptions;
  readonly providerDeadline?: number;
}

export function createBed({ env = {}, zitadel: options = {}, providerDeadline }: BedOptions = {}) {
  const clock = { now: 1_790_000_000 };
  const zitadel = createZitadel({ now: () => clock.now, ...options });
  const events: (RequestEvent | NoteEvent)[] = [];
  const tasks: Promise<unknown>[] = [];
  const surroundings: Runtime = {
    now: () => clock.now,
    emit: (event) => events.push(event),
    waitUntil: (task) => tasks.push(task),
    fetch: (input, init) => zitadel.fetch(new Request(input as Request, init as RequestInit)),
    ...(providerDeadline !== undefined && { providerDeadline }),
  };

  /** Another isolate, with the configuration changed in part (`undefined` takes a variable out), and perhaps another ZITADEL. */
  function isolate(changes: Record<string, unknown> = {}, fetch = surroundings.fetch) {
    const variables = {
      UPSTREAM_URL: 'https://upstream.internal',
      ZITADEL_DOMAIN: zitadel.issuer,
      ZITADEL_CLIENT_ID: SEED.webClientId,
      ZITADEL_PROJECT_ID: SEED.projectId,
      ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
      SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
      SESSIONS: { get() {}, put() {} },
      USER_SESSIONS: { idFromName() {}, get() {} },
      ...env,
      ...changes,
    };
    const loaded = loadConfig(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined)));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues, null, 2));
    const issuer = createIssuer(loaded.config, { ...surroundings, fetch });
    const provider = createProvider(loaded.config, surroundings, issuer);
    return createBearerTokens({ config: loaded.config, ...surroundings, ...issuer, ...provider });
  }

  const bearer = isolate();
  const judge = (token: string, options?: JudgeOptions) => bearer.judge(`Bearer ${token}`, options);

  /** What the token endpoint answers to a service user; throws on a refusal. */
  async function tokenFor(form: Record<string, string>): Promise<string> {
    const init = { method: 'POST', body: new URLSearchParams(form) };
    const response = await zitadel.fetch(`${zitadel.issuer}/oauth/v2/token`, init);
    const answer = (await response.json()) as { access_token?: string };
    if (!answer.access_token) throw new Error(JSON.stringify(answer));
    return answer.access_token;
  }

  const settle = () => Promise.allSettled(tasks);
  return { clock, zitadel, events, tasks, settle, isolate, bearer, judge, tokenFor };
}

export type Bed = ReturnType<typeof createBed>;

/** As ZITADEL has made them, before v4.14 and since: of a possible shape, and never issued. */
export const inventedOld = (index: number | string): string => `invented-${index}-`.padEnd(64, 'x');
export const inventedNew = (index: number): string =>
  [
    Buffer.from('{"alg":"A256GCMKW","enc":"A256GCM","iv":"aaaaaaaaaaaaaaaa","tag":"aaaaaaaaaaaaaaaaaaaaaa"}').toString(
      'base64url',
    ),
    'a'.repeat(43),
    'b'.repeat(16),
    `c${index}`.padEnd(80, 'c'),
    'd'.repeat(22),
  ].join('.');

export function callerOf(judged: JudgedAuthorization) {
  if (judged.kind !== 'caller') throw new Error(`not a caller: ${JSON.stringify(judged)}`);
  return judged.caller;
}

export function refusalOf(judged: JudgedAuthorization): TokenRefusal {
  if (judged.kind !== 'refused') throw new Error(`not refused: ${judged.kind}`);
  return judged.refusal;
}
