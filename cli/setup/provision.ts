// A whole set-up, in the order in which one thing needs another. Each step can be done again without harm.
// What ZITADEL's guides do by hand.

import type { Installation } from '../installation/installation.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import type { User } from '../zitadel-api/users.ts';
import { type DeploymentPlace, readConfigFile, tableOfVariables, writeConfigFile } from './deployment-files.ts';
import type { Journal } from './journal.ts';
import { provideWebApplication } from './provide-web-application.ts';
import { provideApiApplication, provideProject, provideRoles } from './provision-application.ts';
import { provideApiKey, provideServiceKey, provideSessionSecret } from './provision-secrets.ts';
import { makeOwnApplication, provideOwnApplications } from './provision-sites.ts';
import { provideGrant, providePerson, provideServiceUser } from './provision-users.ts';
import type { SecretStore } from './secret-stores.ts';
import { provideHostRoutes, type SiteEntry, writeSite } from './site-files.ts';
import { planRegistrations, type Registration, type Site } from './sites.ts';
import { readVariable, setVariable } from './toml-text.ts';
import { type Addresses, type Answers, assertGrantable } from './wanted.ts';

export interface Provision {
  readonly connection: Connection;
  readonly journal: Journal;
  readonly secrets: SecretStore;
  readonly place: DeploymentPlace;
  readonly answers: Answers;
  readonly addresses: Addresses;
  /** Of an earlier run against the same instance. */
  readonly current: { readonly projectId: string | undefined; readonly clientId: string | undefined };
  readonly installation: Installation;
  /** Beside the first, as they are in the files. */
  readonly sites: readonly Site[];
  /** One to be added. */
  readonly newSite: NewSite | undefined;
}

export interface NewSite {
  readonly site: Site;
  /** As it is to be written. */
  readonly upstream: string | undefined;
  readonly hasOwnApplication: boolean;
}

export async function provision(task: Provision): Promise<void> {
  const { connection, journal, secrets, place, answers, addresses, current } = task;
  const { domain, upstream, application: name } = answers;
  const project = await provideProject(connection, journal, answers.project, current.projectId);
  const projectId = project.id;
  const roles = await provideRoles(connection, journal, projectId, answers.roles);
  assertGrantable(answers.grants, roles);
  const registrations = planRegistrations(sharingSites(task), addresses);
  const isShared = ({ clientId }: Registration) => clientId === undefined || clientId === current.clientId;
  const shared = registrations.filter(isShared).flatMap(({ uris }) => uris);
  const { clientId } = await provideWebApplication(connection, journal, {
    projectId,
    name,
    clientId: current.clientId,
    addresses: { ...addresses, further: [...addresses.further, ...shared] },
  });
  await writeVariables(place, journal, connection.isDryRun, {
    UPSTREAM_URL: upstream,
    ZITADEL_DOMAIN: domain,
    ZITADEL_CLIENT_ID: clientId,
    ZITADEL_CALLBACK_URL: addresses.callback,
    ZITADEL_PROJECT_ID: projectId,
    ...(addresses.isPostLogoutGiven && { ZITADEL_POST_LOGOUT_URL: addresses.postLogout }),
  });
  const where = { connection, journal, projectId };
  await provideOwnApplications(
    where,
    registrations.filter((each) => !isShared(each)),
    addresses,
  );
  await provideSites(task, projectId);
  await provideSessionSecret(connection, journal, secrets);
  if (answers.withApi) {
    const application = await provideApiApplication(connection, journal, projectId, `${name} API`);
    await provideApiKey(connection, journal, { projectId, application, secrets });
  }
  await providePeople(task, projectId);
}

/** A new one with an application of its own comes later. */
const sharingSites = ({ sites, newSite }: Provision): readonly Site[] =>
  newSite === undefined || newSite.hasOwnApplication ? sites : [...sites, newSite.site];

/** A new site's own application, the site in its file, and routes for all. */
async function provideSites(task: Provision, projectId: string): Promise<void> {
  const { connection, journal, place, answers, addresses, installation, sites, newSite } = task;
  const { isDryRun } = connection;
  if (newSite) {
    const { site, upstream, hasOwnApplication } = newSite;
    const [registration] = hasOwnApplication ? planRegistrations([site], addresses) : [];
    const name = `${answers.application} ${site.host}`;
    const where = { connection, journal, projectId };
    const client_id = registration && (await makeOwnApplication(where, name, registration, addresses));
    const entry: SiteEntry = { host: site.host, upstream, client_id };
    await writeSite(place, installation, journal, { entry, isDryRun });
  }
  const hosts = [...sites, ...(newSite ? [newSite.site] : [])].map(({ host }) => host);
  if (addresses.callback.startsWith('https:'))
    await provideHostRoutes(place, installation, journal, { hosts, isDryRun });
}

async function providePeople({ connection, journal, answers }: Provision, projectId: string): Promise<void> {
  const made: User[] = [];
  if (answers.serviceUser) {
    const user = await provideServiceUser(connection, journal, answers.serviceUser.name);
    await provideServiceKey(connection, journal, user, answers.serviceUser.keyFile);
    made.push(user);
  }
  for (const person of answers.people) made.push(await providePerson(connection, journal, person, answers.password));
  for (const grant of answers.grants) await provideGrant(connection, journal, { projectId, made, grant });
}

async function writeVariables(
  place: DeploymentPlace,
  journal: Journal,
  isDryRun: boolean,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const table = tableOfVariables(place);
  const before = await readConfigFile(place);
  let text = before;
  for (const [name, value] of Object.entries(values)) {
    const isSame = readVariable(text, table, name) === value;
    if (!isSame) text = setVariable(text, table, name, value);
    const detail = isSame ? {} : { detail: value };
    journal.add({ outcome: isSame ? 'kept' : 'changed', what: 'variable', name, ...detail });
  }
  if (!isDryRun && text !== before) await writeConfigFile(place, text);
}
