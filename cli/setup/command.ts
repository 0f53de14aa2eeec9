// The command `setup`: answers, a connection, the steps, and what is said in the end.

import { isTable, parseJson } from '../../src/config/values.ts';
import { openFiles, selectEnvironment } from '../installation/files.ts';
import { type Installation, installationOf } from '../installation/installation.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';
import { printCall } from '../zitadel-api/call.ts';
import { type Observe, openConnection } from '../zitadel-api/connection.ts';
import { type DeploymentPlace, readConfigFile } from './deployment-files.ts';
import { parseFlags, SETUP_HELP, type SetupFlags } from './flags.ts';
import { gatherAnswers } from './gather.ts';
import { countChanges, createJournal, describeMade, type Journal } from './journal.ts';
import { flagsOfFirst, newSiteOf } from './new-site.ts';
import { chooseFolder } from './own-folder.ts';
import { type Provision, provision } from './provision.ts';
import { createLocalSecrets, createRemoteSecrets } from './secret-stores.ts';
import { readSites, rolesOfSites, type Site } from './sites.ts';
import { type Answers, deriveAddresses } from './wanted.ts';

/** Returns the exit code. */
export async function setup(args: readonly string[], system: System): Promise<number> {
  // Known even if the rest of the line makes no sense
  const isJson = args.includes('--json');
  let journal: Journal | undefined;
  try {
    const flags = parseFlags(args);
    if (flags.help) {
      system.print(SETUP_HELP);
      return 0;
    }
    journal = createJournal(system, { isJson, isDryRun: flags['dry-run'] === true });
    await run(flags, system, journal);
    printEnd(flags, system, journal);
    return 0;
  } catch (cause) {
    const code = reportFailure('setup', cause, system, isJson);
    const made = journal ? describeMade(journal) : '';
    if (made !== '') system.tell(`  So far: ${made}. Run it again when this is mended: it goes on from there.`);
    return code;
  }
}

async function run(flags: SetupFlags, system: System, journal: Journal): Promise<void> {
  const config = flags.config ?? 'wrangler.toml';
  await readConfigFile({ config });
  const files = await openFiles({ config });
  const env = selectEnvironment(files, flags);
  const installation = installationOf(files, env, {}, {});
  const place: DeploymentPlace = { config, env };
  const variable = (name: string) => {
    const value = installation.wrangler.vars[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const sites = readSites(installation.environment, variable('ZITADEL_CALLBACK_URL') ?? '');
  const proposals = {
    domain: variable('ZITADEL_DOMAIN'),
    url: variable('ZITADEL_CALLBACK_URL'),
    upstream: variable('UPSTREAM_URL'),
    roles: rolesOfRoutes(installation, sites),
  };
  const newSite = newSiteOf(flags, sites);
  const { answers: given, credentials } = await gatherAnswers(flagsOfFirst(flags, proposals), system, proposals);
  if (given.withApi && variable('ZITADEL_API_CLIENT_ID') !== undefined) {
    throw new UsageError(
      'wrangler.toml has ZITADEL_API_CLIENT_ID, and --api makes a key instead: take one of them out',
    );
  }
  const current = { callback: variable('ZITADEL_CALLBACK_URL'), postLogout: variable('ZITADEL_POST_LOGOUT_URL') };
  const asksNobody = flags.yes === true || flags['dry-run'] === true;
  const chosen = await chooseFolder(
    { fetch: system.fetch, prompts: asksNobody ? undefined : system.prompts },
    given,
    current.callback,
  );
  const answers = { ...given, url: chosen.url };
  const addresses = deriveAddresses(answers, current);
  if (!(await isConfirmed(flags, system, answers, addresses.callback)))
    throw new CommandError('not confirmed: nothing was changed');
  const isDryRun = flags['dry-run'] === true;
  const observe = isDryRun ? showCalls(system, answers.domain, flags.json === true) : undefined;
  const connection = await openConnection({
    system,
    domain: answers.domain,
    credentials,
    organizationId: flags.org,
    isDryRun,
    ...(observe && { observe }),
  });
  // Ids of another instance mean nothing at this one
  const isSame = variable('ZITADEL_DOMAIN') === answers.domain;
  const task: Provision = {
    connection,
    journal,
    place,
    answers,
    addresses,
    installation,
    sites,
    newSite,
    secrets: flags.remote ? createRemoteSecrets(system, place) : createLocalSecrets(place),
    current: {
      projectId: isSame && flags.project === undefined ? variable('ZITADEL_PROJECT_ID') : undefined,
      clientId: isSame && flags.application === undefined ? variable('ZITADEL_CLIENT_ID') : undefined,
    },
  };
  await provision(task);
  if (chosen.advice !== undefined) journal.advise(chosen.advice);
  if (addresses.backChannel === undefined) {
    journal.advise(`no back-channel logout: ${answers.domain} can’t reach ${addresses.callback} on this machine`);
  }
}

/** Those that the rules ask for. With a map, they name what the application calls the roles, and nothing is known. */
function rolesOfRoutes({ environment: { ROLE_MAP, ROUTES } }: Installation, sites: readonly Site[]): readonly string[] {
  const routes = parseJson(ROUTES ?? [], '');
  if ((ROLE_MAP ?? '') !== '' || !Array.isArray(routes)) return [];
  const roles = routes.flatMap((rule: unknown) => (isTable(rule) ? rule.roles : undefined) ?? []);
  return [...new Set([...roles.filter((role) => typeof role === 'string'), ...rolesOfSites(sites)])];
}

async function isConfirmed(
  flags: SetupFlags,
  { prompts }: System,
  answers: Answers,
  callback: string,
): Promise<boolean> {
  if (!prompts || flags.yes || flags['dry-run']) return true;
  const { project, domain, upstream } = answers;
  const more = flags.site === undefined ? '' : ` and add the site ${flags.site}`;
  return await prompts.confirm(
    `Set up the project ${project} at ${domain} for ${new URL(callback).origin}, in front of ${upstream}${more}?`,
  );
}

/** In --json, standard output is for the result. */
function showCalls(system: System, domain: string, isJson: boolean): Observe {
  const look = createLook(isJson ? system.hasColour.tell : system.hasColour.print);
  const show = isJson ? system.tell : system.print;
  return (call, kind) =>
    show(look.quiet(`${kind === 'planned' ? 'would call' : 'calls     '} ${printCall(domain, call)}`));
}

function printEnd(flags: SetupFlags, system: System, journal: Journal): void {
  const changes = countChanges(journal);
  const { entries, advice } = journal;
  if (flags.json) {
    system.print(
      JSON.stringify(
        { ok: true, isDryRun: flags['dry-run'] === true, isChanged: changes > 0, entries, advice },
        null,
        2,
      ),
    );
    return;
  }
  const look = createLook(system.hasColour.print);
  for (const sentence of advice) system.print(`${look.warning('note')}       ${sentence}`);
  const sum = changes === 1 ? '1 change' : `${changes} changes`;
  if (changes === 0) system.print(look.strong('Nothing to change: everything is as it should be.'));
  else if (flags['dry-run']) system.print(look.strong(`${sum} to make; nothing was changed.`));
  else system.print(look.strong(`Done: ${sum}.`));
}
