// Says what is going on once it takes longer than a second.

import { createLook } from './look.ts';
import type { System } from './system.ts';

const PATIENCE_MS = 1000;

export async function withProgress<Result>(
  system: System,
  doing: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { showNote } = system;
  const note = createLook(system.hasColour.tell).quiet(`${doing} …`);
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    (showNote ?? system.tell)(note);
  }, PATIENCE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (isShown) showNote?.('');
  }
}
