// Finds a thing or makes it. Lists lag behind writes, so what ZITADEL says exists may not be listed yet.

import { CommandError } from '../support/failure.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';

const ATTEMPTS = 20;
const PAUSE_MS = 500;

export interface Found<Thing> {
  readonly thing: Thing;
  readonly isMade: boolean;
}

export async function findOrCreate<Thing>(
  { wait }: Connection,
  what: string,
  find: () => Promise<Thing | undefined>,
  create: () => Promise<Thing>,
): Promise<Found<Thing>> {
  const known = await find();
  if (known !== undefined) return { thing: known, isMade: false };
  try {
    return { thing: await create(), isMade: true };
  } catch (cause) {
    if (!(cause instanceof ApiError && cause.kind === 'exists')) throw cause;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const late = await find();
    if (late !== undefined) return { thing: late, isMade: false };
    await wait(PAUSE_MS);
  }
  throw new CommandError(`ZITADEL says that ${what} exists already, but does not list it`, {
    hints: ['it may belong to another organisation (--org), or be of another type'],
  });
}
