// Waits until a sign-in is too old for the page that wants a fresh one.

import { FRESH_SECONDS } from '../world/operator-folder.ts';
import type { Stage } from '../world/stage.ts';

/** `since`: seconds since 1970. */
export async function awaitStale({ system }: Stage, since: number): Promise<void> {
  const rest = since + FRESH_SECONDS + 1 - system.now();
  if (rest > 0) await system.wait(rest * 1000);
}
