// Waits for the gateway's first answer, whatever it is: a bad configuration is answered too.

import type { System } from '../support/system.ts';

const PAUSE = 250;
/** Milliseconds for one answer. */
const DEADLINE = 2_000;

/** `'over'`: `isOver` said so meanwhile. `patience`: in seconds. */
export async function waitForAnswer(
  url: string,
  { fetch, wait }: Pick<System, 'fetch' | 'wait'>,
  isOver: () => boolean,
  patience: number,
): Promise<'answers' | 'silent' | 'over'> {
  for (let waited = 0; waited < patience * 1000; waited += PAUSE) {
    if (isOver()) return 'over';
    if (await isAnswering(url, fetch)) return 'answers';
    await wait(PAUSE);
  }
  return 'silent';
}

async function isAnswering(url: string, fetch: System['fetch']): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(DEADLINE) });
    await response.body?.cancel();
    return true;
  } catch (cause) {
    // Not there yet: refused, cut or late.
    if (cause instanceof TypeError || (cause as Error).name === 'TimeoutError') return false;
    throw cause;
  }
}
