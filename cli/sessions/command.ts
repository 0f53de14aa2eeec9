// The command `sessions`: from arguments to requests, output and exit code.
// Exit codes: 0 done, 1 did not work, 2 makes no sense.

import { parseArgs } from 'node:util';
import { isLoopback } from '../../src/config/urls.ts';
import { endpointUrl, folderOf } from '../../src/endpoints/catalogue.ts';
import type { Place } from '../installation/files.ts';
import { parseSiteHost } from '../setup/sites.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { askOperatorEndpoint, type Ended, type Listed } from './operator-endpoint.ts';
import { printSessions } from './text.ts';

export interface Surroundings {
  readonly callbackUrl?: string | undefined;
  readonly operatorSecret?: string | undefined;
}

const HELP = `sessions: a user’s sessions, as the gateway knows them

  npx postern sessions --user SUB                 lists them
  npx postern sessions --user SUB --end ID        ends one
  npx postern sessions --user SUB --end-all       ends all

  --site HOST   only those at this site: lists them, or with --end-all ends them

  --url URL     the gateway; its path is the folder of the endpoints
                (default: the folder of ZITADEL_CALLBACK_URL in wrangler.toml)
  --config FILE instead of wrangler.toml here
  --env NAME    Wrangler’s environment
  --json        the answer as JSON
  --help        this

The secret is read from OPERATOR_SECRET in the environment, else in .dev.vars (.dev.vars.NAME).
An ended session passes nowhere after REVOCATION_MAX_AGE (30 seconds, unless set).

Exit codes: 0 done; 1 it did not work, or there was no such session; 2 the command makes no sense.`;

export const SESSIONS_OPTIONS = {
  user: { type: 'string' },
  end: { type: 'string' },
  'end-all': { type: 'boolean' },
  site: { type: 'string' },
  url: { type: 'string' },
  config: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export async function runSessions(
  args: string[],
  system: System,
  load: (place: Place) => Promise<Surroundings>,
): Promise<number> {
  const isJson = args.includes('--json');
  try {
    const { values } = parseArgs({ args, options: SESSIONS_OPTIONS, strict: true });
    if (values.help) {
      system.print(HELP);
      return 0;
    }
    const { user, end } = values;
    if (!user) throw new UsageError('--user is missing: whose sessions?');
    if (end !== undefined && values['end-all']) throw new UsageError('--end and --end-all exclude each other');
    if (end === '') throw new UsageError('--end wants the id of a session');
    if (end !== undefined && values.site !== undefined)
      throw new UsageError('--end names one session by its id: --site is for --end-all');
    const site = values.site === undefined ? undefined : parseSiteHost(values.site);
    const ask = { ...(await locate(values, system, load)), user, fetch: system.fetch };
    if (end === undefined && !values['end-all']) {
      const listed = atSite((await askOperatorEndpoint(ask, 'GET')) as Listed, site);
      if (isJson) system.print(JSON.stringify(listed, null, 2));
      else for (const line of printSessions(listed, system.now())) system.print(line);
      return 0;
    }
    const ended = { ...(end !== undefined && { id: end }), ...(site !== undefined && { site }) };
    return report(system, (await askOperatorEndpoint(ask, 'DELETE', ended)) as Ended, end, isJson);
  } catch (error) {
    return reportFailure('sessions', error, system, isJson);
  }
}

const atSite = (listed: Listed, site: string | undefined): Listed =>
  site === undefined ? listed : { ...listed, sessions: listed.sessions.filter((each) => each.site === site) };

/** Whoever says where the gateway is and what opens it needs no files. */
async function locate(
  { url, config, env }: Place & { readonly url?: string | undefined },
  system: System,
  load: (place: Place) => Promise<Surroundings>,
): Promise<{ readonly endpoint: URL; readonly secret: string }> {
  const given = system.env['OPERATOR_SECRET'];
  const isSaid = url !== undefined && given !== undefined;
  const needsFiles = !isSaid || config !== undefined || env !== undefined;
  const { callbackUrl, operatorSecret } = needsFiles ? await load({ config, env }) : {};
  const secret = given ?? operatorSecret;
  if (!secret) throw new CommandError('OPERATOR_SECRET is neither in the environment nor in .dev.vars');
  return { endpoint: operatorUrl(url, callbackUrl), secret };
}

function report(system: System, ended: Ended, id: string | undefined, isJson: boolean): number {
  if (id !== undefined && ended.ended === 0) {
    throw new CommandError(`no session ${id} stands`, { hints: ['without --end they are listed'] });
  }
  if (isJson) system.print(JSON.stringify(ended, null, 2));
  else system.print(ended.ended === 1 ? 'ended 1 session' : `ended ${ended.ended} sessions`);
  return 0;
}

function operatorUrl(given: string | undefined, callbackUrl: string | undefined): URL {
  const text = given ?? callbackUrl;
  if (text === undefined) throw new UsageError('--url is missing, and wrangler.toml has no ZITADEL_CALLBACK_URL');
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`${text} is no address of a gateway`);
  // The secret would travel in the open.
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw new UsageError(`${text}: https:// is wanted`);
  const folder = given === undefined ? folderOf(url.pathname) : url.pathname.replace(/\/+$/, '') || '/auth';
  return new URL(endpointUrl({ origin: url.origin, endpoints: folder }, 'operatorSessions'));
}
