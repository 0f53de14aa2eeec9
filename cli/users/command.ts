// The command `users`: who may use the project of the gateway, and with which roles.
// What ZITADEL's guides do with a management client.

import { parseArgs } from 'node:util';
import { loadInstallation } from '../installation/installation.ts';
import { parseDomain } from '../setup/parse-answers.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';
import { printCall } from '../zitadel-api/call.ts';
import { openConnection } from '../zitadel-api/connection.ts';
import { isProjectVisible } from '../zitadel-api/projects.ts';
import { readCredentials, WHO_FLAGS, WHO_HELP, WHO_OPTIONS } from '../zitadel-api/who.ts';
import { ACTIONS, type Action, isAction, type UsersFlags } from './actions.ts';

export const USERS_HELP = `users: who may use the application behind the gateway, and with which roles

  npx postern users list
  npx postern users show alice@example.com
  npx postern users create "Alice Smith <alice@example.com>" --role admin
  npx postern users grant alice@example.com staff
  npx postern users revoke alice@example.com admin
  npx postern users invite alice@example.com

What
  list             users with a role on the project; --all: everybody in the organisation
  show USER        one user with their roles
  create PERSON    "Given Family <address>"; invited by mail, or with --password-file FILE
                   a first password, to be changed at the first sign-in
  grant USER ROLE… gives roles
  revoke USER ROLE…
                   takes roles; --all: every one
  invite USER      sends the invitation (again)
A user is named by e-mail address, user name, login name or id.

Which ZITADEL
${WHO_HELP}
  --domain URL       instead of ZITADEL_DOMAIN in wrangler.toml
  --project ID       instead of ZITADEL_PROJECT_ID
  --org ID           organisation, default the service account's own
  --config FILE      instead of wrangler.toml here
  --env NAME         Wrangler's environment

How
  --role ROLE        with create; again for more
  --dry-run          changes nothing: prints each call that would be made
  --json             as JSON

Exit codes: 0 done, 1 it did not work, 2 the command makes no sense`;

export const USERS_OPTIONS = {
  ...WHO_OPTIONS,
  domain: { type: 'string' },
  project: { type: 'string' },
  org: { type: 'string' },
  config: { type: 'string' },
  env: { type: 'string' },
  role: { type: 'string', multiple: true },
  'password-file': { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Returns the exit code. */
export async function users(args: readonly string[], system: System): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: USERS_OPTIONS, allowPositionals: true });
    const [name = '', ...rest] = positionals;
    if (values.help || args.length === 0) {
      system.print(USERS_HELP);
      return 0;
    }
    if (!isAction(name)) {
      throw new UsageError(`${name || 'nothing'} is no action`, [`there are ${Object.keys(ACTIONS).join(', ')}`]);
    }
    const action: Action = ACTIONS[name];
    assertFlags(name, action, values);
    const task = await action.prepare(rest, values);
    const { connection, projectId } = await connect(values, system);
    const { text, json, hidden = 0 } = await task({ connection, projectId, look: createLook(system.hasColour.print) });
    system.print(values.json ? JSON.stringify(json, null, 2) : text);
    if (hidden > 0) system.tell(`note: this account may not see ${hidden} more authorizations: roles may be missing`);
    return 0;
  } catch (cause) {
    return reportFailure('users', cause, system, args.includes('--json'));
  }
}

/** A flag without effect is a mistake. */
function assertFlags(name: string, action: Action, flags: UsersFlags): void {
  const special = ['role', 'password-file', 'all'] as const;
  const idle = special.find((flag) => flags[flag] !== undefined && !action.flags.includes(flag));
  if (idle !== undefined) throw new UsageError(`--${idle} has no effect on ${name}`);
}

async function connect(flags: UsersFlags, system: System) {
  const isSaid = flags.domain !== undefined && flags.project !== undefined;
  const needsFiles = !isSaid || flags.config !== undefined || flags.env !== undefined;
  const environment = needsFiles ? (await loadInstallation(flags)).environment : {};
  const variable = (name: string) => {
    const value = environment[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const domain = flags.domain ?? variable('ZITADEL_DOMAIN');
  const projectId = flags.project ?? variable('ZITADEL_PROJECT_ID');
  if (domain === undefined || projectId === undefined) {
    throw new CommandError(
      `${flags.config ?? 'wrangler.toml'} names no ${domain === undefined ? 'ZITADEL_DOMAIN' : 'ZITADEL_PROJECT_ID'}`,
      {
        code: 2,
        hints: ['npx postern setup writes it there; or --domain URL and --project ID'],
      },
    );
  }
  const credentials = await readCredentials(flags, system);
  if (!credentials) throw new UsageError(`there is no terminal to ask on; missing: ${WHO_FLAGS}`);
  const origin = parseDomain(domain);
  const connection = await openConnection({
    system,
    domain: origin,
    credentials,
    organizationId: flags.org,
    isDryRun: flags['dry-run'] === true,
    observe: (call, kind) => {
      if (kind === 'planned') system.tell(`would call ${printCall(origin, call)}`);
    },
  });
  if (await isProjectVisible(connection, projectId)) return { connection, projectId };
  throw new CommandError(`there is no project ${projectId} that this account may see`, {
    hints: ['is it of this instance, and is the service account Org Owner in the project’s organisation?'],
  });
}
