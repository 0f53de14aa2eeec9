// Every memory of an isolate that grows with its visitors: one for all sites, so that hundreds of them remember no more than one does.
// ARCHITECTURE §6 Isolate memory (each bounded, each safe to lose).

import { type AssertionMemory, createAssertionMemory } from './identity/assertion.ts';
import { type BearerMemory, createBearerMemory } from './oidc/bearer/bearer-tokens.ts';
import { createSessionMemory, type SessionMemory } from './session/known-sessions.ts';
import { type CookieMemory, createCookieMemory } from './session/unsealed-cookies.ts';

export interface Memories {
  readonly unsealedCookies: CookieMemory;
  readonly sessionMemory: SessionMemory;
  readonly bearerMemory: BearerMemory;
  readonly assertionMemory: AssertionMemory;
}

export const createMemories = (now: () => number): Memories => ({
  unsealedCookies: createCookieMemory(),
  sessionMemory: createSessionMemory(),
  bearerMemory: createBearerMemory(now),
  assertionMemory: createAssertionMemory(),
});
