// Who has the most roles on the project, by a service account that may see the authorizations; and what comes of it for the headers.
// zitadel.authorization.v2.AuthorizationService.

import type { Config } from '../../src/config/schema.ts';
import type { System } from '../support/system.ts';
import { listAuthorizations } from '../zitadel-api/authorizations.ts';
import { openConnection } from '../zitadel-api/connection.ts';
import type { Credentials } from '../zitadel-api/credentials.ts';
import { type Finding, failed, skipped } from './finding.ts';
import { checkMostRoles, type Holder } from './header-budget.ts';

const CHECK = 'header size';

export async function examineMostRoles(
  { issuer, projectId, ...config }: Config,
  system: System,
  credentials: Credentials | undefined,
): Promise<Finding[]> {
  if (!credentials || projectId === undefined) {
    const missing = credentials ? 'with ZITADEL_PROJECT_ID' : 'with --key FILE (a service account’s key)';
    return [skipped(CHECK, `${missing} it is measured for whoever has the most roles`)];
  }
  try {
    const connection = await openConnection({
      system,
      domain: issuer,
      credentials,
      isDryRun: true,
      observe: () => undefined,
    });
    const { all, hidden } = await listAuthorizations(connection, projectId);
    const findings = checkMostRoles({ issuer, projectId, ...config }, holdersOf(all));
    if (hidden > 0) findings.push(skipped(CHECK, `${hidden} more authorizations, which this account may not see`));
    return findings;
  } catch (cause) {
    const cure = 'a service account with the role Org Owner in the project’s organisation';
    return [failed(CHECK, `the authorizations can’t be read: ${(cause as Error).message}`, cure)];
  }
}

/** Roles that several organisations grant come together. */
function holdersOf(all: Awaited<ReturnType<typeof listAuthorizations>>['all']): Holder[] {
  const holders = new Map<string, { loginName: string; roles: Set<string> }>();
  for (const { userId, loginName, roles, isActive } of all) {
    const holder = holders.get(userId) ?? { loginName, roles: new Set() };
    if (isActive) for (const role of roles) holder.roles.add(role);
    holders.set(userId, holder);
  }
  return [...holders.values()].map(({ loginName, roles }) => ({ loginName, roles: [...roles] }));
}
