// The web application: made, or brought to what is wanted, shown before it is written and read back afterwards.

import { CommandError } from '../support/failure.ts';
import { hiddenFrom, isApiError } from '../zitadel-api/api-error.ts';
import {
  type Application,
  changeOidcApplication,
  createOidcApplication,
  listApplications,
} from '../zitadel-api/applications.ts';
import { becomesTrue } from '../zitadel-api/await-projections.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { findOrCreate } from '../zitadel-api/find-or-create.ts';
import type { Json } from '../zitadel-api/json.ts';
import { describeChanges, findDifferences, findWebChanges, wholeConfiguration } from './application-changes.ts';
import type { Journal } from './journal.ts';
import { type Addresses, createWebConfiguration } from './wanted.ts';

interface Web {
  readonly projectId: string;
  readonly name: string;
  readonly clientId: string | undefined;
  readonly addresses: Addresses;
}

export async function provideWebApplication(connection: Connection, journal: Journal, web: Web): Promise<Application> {
  const { projectId, name, clientId, addresses } = web;
  const wanted = createWebConfiguration(addresses);
  const { thing: application, isMade } = await findOrCreate(
    connection,
    `the application ${name}`,
    () => findApplication(connection, projectId, name, 'oidc', clientId),
    () => createUnblocked(connection, journal, web, wanted),
  );
  if (isMade) {
    journal.add({ outcome: 'made', what: 'web application', name: application.name, id: application.clientId });
    await readBack(connection, projectId, application, application.configuration);
    return application;
  }
  const { changed, written } = await bringUpToDate(connection, journal, web, application, wanted);
  const common = { what: 'web application', name: application.name, id: application.clientId };
  if (changed.length > 0) journal.add({ ...common, outcome: 'changed', detail: changed.join(', ') });
  else journal.add({ ...common, outcome: 'kept' });
  if (changed.length > 0) await readBack(connection, projectId, application, written);
  adviseOn(application, addresses, journal);
  return application;
}

/** By client id if there is one with it, else by name; of the kind that is wanted. */
export async function findApplication(
  connection: Connection,
  projectId: string,
  name: string,
  kind: Application['kind'],
  clientId?: string,
): Promise<Application | undefined> {
  const { all, hidden } = await listApplications(connection, projectId);
  const fitting = all.filter((each) => each.kind === kind);
  const found = fitting.find((each) => each.clientId === clientId) ?? fitting.find((each) => each.name === name);
  if (!found && hidden > 0) throw hiddenFrom(hidden, 'the applications of the project');
  return found;
}

async function createUnblocked(
  connection: Connection,
  journal: Journal,
  { projectId, name }: Web,
  wanted: Json,
): Promise<Application> {
  const { done, written } = await writeUnblocked(journal, [wanted, withoutBackChannel(wanted)], (configuration) =>
    createOidcApplication(connection, projectId, name, configuration),
  );
  return { ...done, configuration: written };
}

/** The names of the fields that were changed, and the whole as it was written. */
async function bringUpToDate(
  connection: Connection,
  journal: Journal,
  { projectId }: Web,
  application: Application,
  wanted: Json,
): Promise<{ changed: readonly string[]; written: Json }> {
  const { id, name, configuration } = application;
  const changes = findWebChanges(configuration, wanted);
  if (Object.keys(changes).length === 0) return { changed: [], written: configuration };
  journal.announce(`web application ${name}`, describeChanges(configuration, changes));
  const whole = wholeConfiguration(configuration, changes);
  const { backChannelLogoutUri: before } = configuration;
  const candidates = [
    whole,
    { ...withoutBackChannel(whole), ...(before !== undefined && { backChannelLogoutUri: before }) },
  ];
  // The address that is there may be one that ZITADEL would not take today
  if (before !== undefined) candidates.push(withoutBackChannel(whole));
  const { written } = await writeUnblocked(journal, candidates, async (candidate) => {
    if (findDifferences(candidate, configuration).length > 0)
      await changeOidcApplication(connection, projectId, id, candidate);
  });
  const differences = findDifferences(written, configuration);
  return { changed: Object.keys(changes).filter((field) => differences.includes(field)), written };
}

function withoutBackChannel(configuration: Json): Json {
  const { backChannelLogoutUri, ...rest } = configuration;
  return rest;
}

/** Everything else is done all the same when ZITADEL refuses the address of the back-channel logout. */
async function writeUnblocked<Done>(
  journal: Journal,
  [first, ...others]: readonly Json[],
  write: (configuration: Json) => Promise<Done>,
): Promise<{ done: Done; written: Json }> {
  if (!first) throw new CommandError('ZITADEL refuses the application for the address of its back-channel logout');
  try {
    return { done: await write(first), written: first };
  } catch (cause) {
    if (!isApiError(cause, 'blocked-address')) throw cause;
    const { backChannelLogoutUri: refused } = first;
    const answer = await writeUnblocked(journal, others, write);
    if (refused !== answer.written['backChannelLogoutUri'])
      journal.advise(
        `no back-channel logout yet: ZITADEL does not take ${refused}, because it can’t find the host or the address is private. ` +
          'Once the DNS record is there, run this again; a ZITADEL of your own on a private network needs another HTTPClient.DenyList first',
      );
    return answer;
  }
}

/** Until ZITADEL shows what was written, nobody can sign in by it. */
async function readBack(
  connection: Connection,
  projectId: string,
  { id, name }: Application,
  written: Json,
): Promise<void> {
  let differences: readonly string[] = [];
  const isAsWritten = async () => {
    const found = (await listApplications(connection, projectId)).all.find((each) => each.id === id);
    differences = found ? findDifferences(written, found.configuration) : ['the application itself'];
    return differences.length === 0;
  };
  if (await becomesTrue(connection, isAsWritten)) return;
  throw new CommandError(`ZITADEL does not show the application ${name} as it was written: ${differences.join(', ')}`, {
    hints: ['compare it in ZITADEL’s console; somebody else may have changed it at the same time'],
  });
}

/** Somebody has switched it off on purpose, so it stays so. */
export function adviseIfInactive(journal: Journal, what: string, { isActive }: { isActive: boolean }): void {
  if (!isActive)
    journal.advise(`${what} is deactivated, so ZITADEL serves nobody by it: activate it in ZITADEL’s console`);
}

function adviseOn(application: Application, { callback }: Addresses, journal: Journal): void {
  const { name, configuration } = application;
  adviseIfInactive(journal, `the application ${name}`, application);
  // BASIC is the enum's zero value, which is left out
  const method = configuration['authMethodType'] ?? 'OIDC_AUTH_METHOD_TYPE_BASIC';
  if (method === 'OIDC_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT')
    journal.advise(`the application ${name} signs in with a key: set ZITADEL_CLIENT_KEY`);
  else if (method !== 'OIDC_AUTH_METHOD_TYPE_NONE')
    journal.advise(`the application ${name} has a client secret: set ZITADEL_CLIENT_SECRET`);
  if (configuration['developmentMode'] === true && callback.startsWith('https:'))
    journal.advise(
      `the application ${name} is in development mode, which takes wildcards in redirect URIs: switch it off if nobody needs it`,
    );
}
