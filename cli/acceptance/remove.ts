// Takes away what one run has made: by the ids of its journal and by its name, which nobody else has. Nothing else is touched.

import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { System } from '../support/system.ts';
import { isApiError } from '../zitadel-api/api-error.ts';
import { readList, readText } from '../zitadel-api/json.ts';
import type { Found, RunRecord } from './journal.ts';
import { describe } from './ledger.ts';
import { type Instance, isActiveKey, PROJECT, WEB_KEY } from './world/instance.ts';

interface Thing {
  readonly what: string;
  readonly remove: () => Promise<unknown>;
}

const ROUNDS = 5;
const PAUSE_MS = 1_000;

/** What is still there in the end, each with the reason. The folder goes once nothing is. */
export async function removeRun(
  system: Pick<System, 'wait'>,
  instance: Instance,
  { folder, record }: Found,
): Promise<readonly string[]> {
  let left: readonly string[] = [];
  // Lists lag behind what was written, so what was just made may show up in a later round only
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) await system.wait(PAUSE_MS);
    const things = await findThings(instance, record, round === 0);
    if (round > 0 && things.length === 0) break;
    left = await removeAll(things);
  }
  const still = await findThings(instance, record, false);
  left = still.length > 0 && left.length === 0 ? still.map(({ what }) => `${what}: it is still listed`) : left;
  if (left.length === 0) await removeFolder(folder);
  return left;
}

/** And those above it, unless something else is there. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const above of [dirname(folder), dirname(dirname(folder))]) {
    await rmdir(above).catch((cause: NodeJS.ErrnoException) => {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(cause.code ?? '')) throw cause;
    });
  }
}

async function removeAll(things: readonly Thing[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { what, remove } of things) {
    await remove().catch((cause) => {
      if (!isGone(cause)) left.push(`${what}: ${describe(cause)}`);
    });
  }
  return left;
}

const isGone = (cause: unknown): boolean => isApiError(cause, 'gone');

/** `isFirst`: sessions are in no list, and are ended once. */
async function findThings(instance: Instance, record: RunRecord, isFirst: boolean): Promise<readonly Thing[]> {
  const keys = await findKeys(instance, record);
  const sessions = isFirst ? record.made.filter(({ kind }) => kind === 'session') : [];
  return [
    ...keys,
    ...sessions.map(({ id }) => ({
      what: `session ${id}`,
      remove: () => instance.rest('DELETE', `/v2/sessions/${id}`),
    })),
    ...(await findProjects(instance, record)),
    ...(await findUsers(instance, record)),
  ];
}

const isMade = ({ made }: RunRecord, id: string): boolean => made.some((each) => each.id === id);

async function findKeys(instance: Instance, record: RunRecord): Promise<readonly Thing[]> {
  const { formerKey } = record;
  if (formerKey === undefined) return [];
  const keys = readList(await instance.connect(`${WEB_KEY}/ListWebKeys`, {}), 'webKeys');
  const own = keys.filter((key) => isMade(record, readText(key, 'id')));
  const activeId = readText(keys.find(isActiveKey), 'id');
  const isOurs = isMade(record, activeId);
  const former = {
    what: `signing key ${formerKey} to sign again`,
    remove: () => instance.connect(`${WEB_KEY}/ActivateWebKey`, { id: formerKey }),
  };
  const removals = own.map((key) => {
    const id = readText(key, 'id');
    return { what: `signing key ${id}`, remove: () => instance.connect(`${WEB_KEY}/DeleteWebKey`, { id }) };
  });
  return [...(isOurs ? [former] : []), ...removals];
}

async function findProjects(instance: Instance, record: RunRecord): Promise<readonly Thing[]> {
  const filters = [{ projectNameFilter: { projectName: record.name, method: 'TEXT_FILTER_METHOD_STARTS_WITH' } }];
  const all = readList(await instance.connect(`${PROJECT}/ListProjects`, { filters }), 'projects');
  return all
    .filter((each) => readText(each, 'name').startsWith(record.name))
    .map((each) => {
      const projectId = readText(each, 'projectId');
      return {
        what: `project ${readText(each, 'name')} (${projectId})`,
        remove: () => instance.connect(`${PROJECT}/DeleteProject`, { projectId }),
      };
    });
}

async function findUsers(instance: Instance, record: RunRecord): Promise<readonly Thing[]> {
  const queries = [{ userNameQuery: { userName: record.name, method: 'TEXT_QUERY_METHOD_STARTS_WITH' } }];
  const all = readList(await instance.rest('POST', '/v2/users', { query: { limit: 200 }, queries }), 'result');
  return all
    .filter((each) => readText(each, 'username').startsWith(record.name))
    .map((each) => {
      const id = readText(each, 'userId');
      return {
        what: `user ${readText(each, 'username')} (${id})`,
        remove: () => instance.rest('DELETE', `/v2/users/${id}`),
      };
    });
}
