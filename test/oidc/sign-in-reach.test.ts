// What the question before a sign-in costs: its deadline is for the authorization endpoint alone.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ProviderMetadata } from '../../src/oidc/provider-metadata.ts';
import { createSignInReach } from '../../src/oidc/sign-in-reach.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const later = <Value>(milliseconds: number, value: Value) =>
  new Promise<Value>((resolve) => setTimeout(() => resolve(value), milliseconds));

/** Milliseconds until the metadata is there, and until the endpoint answers. */
async function begin(metadataAfter: number, answerAfter: number): Promise<string> {
  const authorizationServer = { issuer: 'https://id.example.com', authorization_endpoint: 'https://id.example.com/a' };
  const load = () => later(metadataAfter, authorizationServer);
  const assertSignInReach = createSignInReach({
    metadata: { load, reload: load } satisfies ProviderMetadata,
    fetch: () => later(answerAfter, new Response(null, { status: 400 })),
    now: () => 0,
    waitUntil: () => undefined,
  });
  const outcome = assertSignInReach().then(
    () => 'begins',
    (error: Error) => error.message,
  );
  await vi.runAllTimersAsync();
  return outcome;
}

it.each([
  ['metadata that an isolate reads for the first time, slowly', 4_500, 100, 'begins'],
  ['both slow, each within its own time', 4_500, 2_900, 'begins'],
  ['an endpoint that takes too long', 0, 3_100, 'authorization_endpoint: no answer in time'],
])('%s', async (_what, metadataAfter, answerAfter, expected) => {
  expect(await begin(metadataAfter, answerAfter)).toBe(expected);
});
