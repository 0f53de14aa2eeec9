// Gives and takes roles, so that a second time changes nothing. Only what the own organisation granted is touched.
// A write replaces all roles, and ZITADEL has no "only if unchanged": who read before another wrote undoes that
// write. So each change is read back, watched for a moment, and made again when it is lost.

import { CommandError } from '../support/failure.ts';
import { hiddenFrom, isApiError } from './api-error.ts';
import {
  type Authorization,
  changeAuthorization,
  createAuthorization,
  deleteAuthorization,
  listAuthorizations,
} from './authorizations.ts';
import { becomesTrue, staysTrue } from './await-projections.ts';
import type { Connection } from './connection.ts';

interface Task {
  readonly connection: Connection;
  readonly projectId: string;
  readonly userId: string;
}

/** Of the roles that are there, what differs from what is wanted, and what is there then. */
type Plan = (roles: readonly string[]) => { readonly changed: readonly string[]; readonly left: readonly string[] };

/** The roles that were not there before. Throws where they would not count. */
export async function grantRoles(
  connection: Connection,
  projectId: string,
  userId: string,
  roles: readonly string[],
): Promise<readonly string[]> {
  const task = { connection, projectId, userId };
  if ((await findOwn(task, false))?.isActive === false) {
    throw new CommandError('the authorization that holds the user’s roles is deactivated, so none of them counts', {
      hints: [
        'activate it in ZITADEL’s console, or take every role (npx postern users revoke USER --all) and give anew',
      ],
    });
  }
  return change(task, (has) => {
    const changed = roles.filter((role) => !has.includes(role));
    return { changed, left: [...has, ...changed] };
  });
}

/** The roles that are gone now. */
export function revokeRoles(
  connection: Connection,
  projectId: string,
  userId: string,
  roles: readonly string[] | 'all',
): Promise<readonly string[]> {
  return change({ connection, projectId, userId }, (has) => {
    const changed = has.filter((role) => roles === 'all' || roles.includes(role));
    return { changed, left: has.filter((role) => !changed.includes(role)) };
  });
}

const ROUNDS = 20;
const PAUSE_MS = 500;
/** Reads until a write shows, before it counts as lost: more than the second that a projection may take. */
const READS_UNTIL_SEEN = 6;

async function change(task: Task, plan: Plan): Promise<readonly string[]> {
  const { isDryRun, wait } = task.connection;
  const done = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const existing = await findOwn(task, round > 0);
    const { changed, left } = plan(existing?.roles ?? []);
    if (changed.length === 0) return [...done];
    if (await tryWrite(task, existing, left)) {
      for (const role of changed) done.add(role);
      if (isDryRun || (await lasts(task, plan, existing))) return [...done];
    } else await wait(PAUSE_MS);
  }
  throw new CommandError('ZITADEL does not show the roles as they were written', {
    hints: ['somebody else may be changing them at the same time: look at them, and run this again'],
  });
}

/** False if somebody was faster: it is there already, or gone. */
async function tryWrite(
  { connection, projectId, userId }: Task,
  existing: Authorization | undefined,
  left: readonly string[],
): Promise<boolean> {
  try {
    if (!existing) await createAuthorization(connection, projectId, userId, left);
    else if (left.length === 0) await deleteAuthorization(connection, existing);
    else await changeAuthorization(connection, existing, left);
    return true;
  } catch (cause) {
    if (isApiError(cause, 'exists', 'gone')) return false;
    throw cause;
  }
}

/** What was made or deleted can't be overwritten by somebody who read before; what was changed can. */
async function lasts(task: Task, plan: Plan, existing: Authorization | undefined): Promise<boolean> {
  const { connection } = task;
  const isDone = async () => plan((await findOwn(task, true))?.roles ?? []).changed.length === 0;
  if (!(await becomesTrue(connection, isDone, READS_UNTIL_SEEN))) return false;
  const isChange = existing !== undefined && plan(existing.roles).left.length > 0;
  return !isChange || (await staysTrue(connection, isDone));
}

async function findOwn({ connection, projectId, userId }: Task, isKnown: boolean): Promise<Authorization | undefined> {
  const { all, hidden } = await listAuthorizations(connection, projectId, userId);
  const own = all.find(({ organizationId }) => organizationId === connection.organizationId);
  // Once something was written, what is hidden is somebody else's
  if (!own && hidden > 0 && !isKnown) throw hiddenFrom(hidden, 'the user’s authorizations');
  return own;
}
