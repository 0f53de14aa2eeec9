// Applications of sites' own at ZITADEL: those that they name, and one for a new site.

import { CommandError } from '../support/failure.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import type { Journal } from './journal.ts';
import { findApplication, provideWebApplication } from './provide-web-application.ts';
import type { Registration } from './sites.ts';
import type { Addresses } from './wanted.ts';

interface Where {
  readonly connection: Connection;
  readonly journal: Journal;
  readonly projectId: string;
}

/** Those that sites name are there already; each is brought to what its sites need. */
export async function provideOwnApplications(
  where: Where,
  registrations: readonly Registration[],
  addresses: Addresses,
): Promise<void> {
  for (const registration of registrations) {
    const { clientId, projectId, hosts } = registration;
    if (clientId === undefined) continue;
    const found = await findOwn(where, clientId, projectId);
    if (!found)
      throw new CommandError(
        `there is no web application with the client id ${clientId}, which ${hosts.join(', ')} has`,
        {
          hints: ['correct client_id in SITES, or leave it out: then the site shares the first site’s application'],
        },
      );
    await provideWebApplication(where.connection, where.journal, {
      projectId: found.projectId,
      name: found.name,
      clientId,
      addresses: addressesOf(registration, addresses),
    });
    adviseOnBackChannel(registration, addresses, where.journal);
  }
}

async function findOwn({ connection, projectId }: Where, clientId: string, own: string | undefined) {
  for (const each of new Set([own ?? projectId, projectId])) {
    const found = await findApplication(connection, each, '', 'oidc', clientId);
    if (found?.clientId === clientId) return { projectId: each, name: found.name };
  }
  return undefined;
}

/** A new one, for a new site. Its client id. */
export async function makeOwnApplication(
  { connection, journal, projectId }: Where,
  name: string,
  registration: Registration,
  addresses: Addresses,
): Promise<string> {
  const web = { projectId, name, clientId: undefined, addresses: addressesOf(registration, addresses) };
  const { clientId } = await provideWebApplication(connection, journal, web);
  adviseOnBackChannel(registration, addresses, journal);
  return clientId;
}

function addressesOf({ uris, backChannel }: Registration, addresses: Addresses): Addresses {
  const [first, ...further] = uris;
  return { ...addresses, ...(first ?? {}), further, backChannel };
}

function adviseOnBackChannel({ hosts, backChannel }: Registration, addresses: Addresses, journal: Journal): void {
  if (backChannel === undefined && addresses.backChannel !== undefined)
    journal.advise(
      `no back-channel logout for ${hosts.join(', ')}: an application of its own needs a site without a wildcard, whose address ZITADEL can call`,
    );
}
