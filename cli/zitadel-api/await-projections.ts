// ZITADEL answers lists, logins and tokens from projections, which come after the write by up to a second.

import type { Connection } from './connection.ts';

const ATTEMPTS = 20;
const PAUSE_MS = 500;

/** Whether it came to be so, within ten seconds. A dry run has written nothing to wait for. */
export async function becomesTrue(
  { isDryRun, wait }: Pick<Connection, 'isDryRun' | 'wait'>,
  isSo: () => Promise<boolean>,
  attempts = ATTEMPTS,
): Promise<boolean> {
  if (isDryRun) return true;
  for (let attempt = 1; ; attempt++) {
    if (await isSo()) return true;
    if (attempt === attempts) return false;
    await wait(PAUSE_MS);
  }
}

const READS = 4;

/** Whether it stays so for as long as somebody may take who read before it was written. */
export async function staysTrue({ wait }: Pick<Connection, 'wait'>, isSo: () => Promise<boolean>): Promise<boolean> {
  for (let read = 0; read < READS; read++) {
    await wait(PAUSE_MS);
    if (!(await isSo())) return false;
  }
  return true;
}
