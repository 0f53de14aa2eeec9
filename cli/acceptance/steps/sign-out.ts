// The end of a session: by the visitor, and by ZITADEL over the back channel.

import { isLoopback } from '../../../src/config/urls.ts';
import { type Answer, describeAnswer, type Visitor } from '../browser/visitor.ts';
import { assert, NotApplicable } from '../ledger.ts';
import { SHORT } from '../world/operator-folder.ts';
import { asScript, type Stage, waitUntil } from '../world/stage.ts';

/** Seconds: the gateway's own patience, and what ZITADEL's projections take at most. */
export const SOON = SHORT + 13;
/** ZITADEL tries at 0, +2 and +18 seconds. */
const BACK_CHANNEL_SECONDS = 25;

export async function signOut(stage: Stage, visitor: Visitor): Promise<void> {
  assertSignedOut(stage, await visitor.follow(await visitor.go(`${stage.gateway.origin}/auth/logout`)));
}

export function assertSignedOut({ gateway }: Stage, answer: Answer): void {
  const isHere = answer.url.href.startsWith(`${gateway.origin}/auth/logout`);
  assert(isHere && answer.status === 200, `sign-out strands the visitor: ${describeAnswer(answer)}`);
}

export function assertReachable({ made, instance, gateway }: Stage): void {
  if (made.backChannelRefusal) throw new NotApplicable(made.backChannelRefusal);
  if (!isLoopback(new URL(instance.issuer).hostname))
    throw new NotApplicable(`${instance.issuer} can’t reach ${gateway.origin}`);
}

export async function awaitBackChannel(stage: Stage, visitor: Visitor): Promise<void> {
  const ask = () => asScript(visitor, `${stage.gateway.origin}/echo/page`);
  await waitUntil(stage, BACK_CHANNEL_SECONDS, ask, ({ status }) => status === 401);
  const isHeard = stage.gateway.logs.some((line) => line.includes('backchannel-logout'));
  assert(isHeard, 'the session ended, but no logout token came');
}
