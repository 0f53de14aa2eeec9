// A new site in wrangler.toml or postern.toml, wherever the others stand, and its route in wrangler.toml.

import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWildcard } from '../../src/config/site-hosts.ts';
import { checkHostRoute, wantedRoute } from '../doctor/host-routes.ts';
import { POSTERN_FILE, readIfThere } from '../installation/files.ts';
import type { Installation } from '../installation/installation.ts';
import { CommandError, UsageError } from '../support/failure.ts';
import { type DeploymentPlace, readConfigFile, tableOfVariables, writeConfigFile } from './deployment-files.ts';
import type { Journal } from './journal.ts';
import { appendTable, hasTable, outline } from './toml-text.ts';

export interface SiteEntry {
  readonly host: string;
  readonly upstream: string | undefined;
  readonly client_id: string | undefined;
}

/** Beside the others: a list stands in one file. */
export async function writeSite(
  place: DeploymentPlace,
  { postern, wrangler }: Pick<Installation, 'postern' | 'wrangler'>,
  journal: Journal,
  { entry, isDryRun }: { entry: SiteEntry; isDryRun: boolean },
): Promise<void> {
  const isInWrangler = postern === undefined || wrangler.vars['SITES'] !== undefined;
  const path = isInWrangler ? place.config : join(dirname(place.config), POSTERN_FILE);
  const { vars = {}, env = {} } = postern?.variables ?? {};
  if (!isInWrangler && place.env !== undefined && vars['SITES'] && !env[place.env]?.['SITES'])
    throw new UsageError(`${place.env} has the sites of [vars] in ${POSTERN_FILE}`, [
      'run this without --env, which adds it to all, or give the environment a list of its own first',
    ]);
  const text = (await readIfThere(path)) ?? '';
  const table = tableOfVariables(place);
  if (outline(text).pairs.some((each) => each.table === table && each.key === 'SITES'))
    throw new CommandError(`${path} has its sites in one value (SITES = …)`, {
      hints: [`write each as a table of its own, [[${table}.SITES]], and run this again`],
    });
  const edited = appendTable(text, `${table}.SITES`, { ...entry });
  if (!isDryRun) await writeFile(path, edited);
  journal.add({ outcome: 'made', what: 'site', name: entry.host, detail: `[[${table}.SITES]] in ${path}` });
}

/** Where routes stand as tables, each site's custom domain is added; elsewhere it is said. */
export async function provideHostRoutes(
  place: DeploymentPlace,
  { wrangler }: Pick<Installation, 'wrangler'>,
  journal: Journal,
  { hosts, isDryRun }: { hosts: readonly string[]; isDryRun: boolean },
): Promise<void> {
  const lacking = hosts.filter((host) => checkHostRoute(wrangler.routes ?? [], host).length > 0);
  const table = place.env === undefined ? 'routes' : `env.${place.env}.routes`;
  let text = await readConfigFile(place);
  const before = text;
  for (const host of lacking) {
    const pattern = host.replace(/:\d+$/, '');
    if (!isWildcard(host) && hasTable(text, table)) {
      text = appendTable(text, table, { pattern, custom_domain: true });
      journal.add({ outcome: 'made', what: 'route', name: pattern, detail: 'custom domain, with the next deployment' });
    } else journal.advise(`no route leads ${pattern} to the gateway yet: ${wantedRoute(pattern)} in wrangler.toml`);
  }
  if (!isDryRun && text !== before) await writeConfigFile(place, text);
}
