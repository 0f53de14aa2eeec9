// Finds a thing or makes it. Lists lag behind writes, so what ZITADEL says exists may not be listed yet.

import { CommandError } from '../support/failure.ts';
import { isApiError } from './api-error.ts';
import { becomesTrue } from './await-projections.ts';
import type { Connection } from './connection.ts';

export interface Found<Thing> {
  readonly thing: Thing;
  readonly isMade: boolean;
  /** What was made is not listed at once; whatever comes next and looks for it waits for this first. */
  readonly listed: () => Promise<unknown>;
}

export async function findOrCreate<Thing>(
  connection: Connection,
  what: string,
  find: () => Promise<Thing | undefined>,
  create: () => Promise<Thing>,
): Promise<Found<Thing>> {
  const known = await find();
  const isListed = async () => (await find()) !== undefined;
  const listed = () => becomesTrue(connection, isListed);
  if (known !== undefined) return { thing: known, isMade: false, listed };
  try {
    return { thing: await create(), isMade: true, listed };
  } catch (cause) {
    if (!isApiError(cause, 'exists')) throw cause;
  }
  let late: Thing | undefined;
  await becomesTrue(connection, async () => {
    late = await find();
    return late !== undefined;
  });
  if (late !== undefined) return { thing: late, isMade: false, listed };
  throw new CommandError(`ZITADEL says that ${what} exists already, but does not list it`, {
    hints: ['it may belong to another organisation (--org), or be of another type'],
  });
}
