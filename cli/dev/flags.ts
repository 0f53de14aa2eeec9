// The flags of `dev`, and what --help says of them.

import { parseArgs } from 'node:util';
import { parseUpstream } from '../setup/parse-answers.ts';
import { UsageError } from '../support/failure.ts';
import { parsePort } from './ports.ts';

export const DEV_HELP = `dev: runs the gateway on this machine, on your own configuration

  npx postern dev                 against your ZITADEL and your application
  npx postern dev --stand-in      against a stand-in for ZITADEL, with people to sign in as

  --stand-in           starts a stand-in for ZITADEL and a key with which setup and users can be tried
  --upstream URL       another application than UPSTREAM_URL
  --demo-app           the guest book of the demo as the application
  --sites              two further sites of the demo, on wiki.localhost and shop.localhost
  --port PORT          of the gateway; default that of a ZITADEL_CALLBACK_URL on this machine, else of [dev], else 8787
  --stand-in-port PORT default that of a ZITADEL_DOMAIN on this machine, else 8080
  --page-port PORT     of the page that lists what is running; default the gateway’s and 1
  --config FILE        instead of wrangler.toml here
  --env NAME           Wrangler’s environment
  --quiet              not what the gateway logs
  --json               what is running, as JSON, once it runs
  --help

What must differ from your files on this machine (the callback, hosts of SITES) is said and written nowhere. Where nothing listens
at an UPSTREAM_URL on this machine, or it is an example, the guest book is the application. Changes of wrangler.toml,
postern.toml and .dev.vars are noticed. Ctrl-C (or SIGTERM) ends everything. docs/dev.md says more.

Exit codes: 0 ended as asked, 1 something did not start or ended by itself, 2 the command makes no sense`;

export const DEV_OPTIONS = {
  'stand-in': { type: 'boolean' },
  upstream: { type: 'string' },
  'demo-app': { type: 'boolean' },
  sites: { type: 'boolean' },
  port: { type: 'string' },
  'stand-in-port': { type: 'string' },
  'page-port': { type: 'string' },
  config: { type: 'string' },
  env: { type: 'string' },
  quiet: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface DevFlags {
  readonly isHelp: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  readonly standIn: boolean;
  readonly demoApp: boolean;
  readonly sites: boolean;
  readonly upstream: string | undefined;
  readonly ports: {
    readonly gateway: number | undefined;
    readonly standIn: number | undefined;
    readonly page: number | undefined;
  };
  readonly place: { readonly config?: string; readonly env?: string };
}

export function parseDevFlags(args: readonly string[]): DevFlags {
  const { values } = parseArgs({ args: [...args], options: DEV_OPTIONS });
  const { config, env, upstream } = values;
  if (values['stand-in-port'] !== undefined && !values['stand-in'])
    throw new UsageError('--stand-in-port has no effect without --stand-in');
  return {
    isHelp: values.help ?? false,
    isQuiet: values.quiet ?? false,
    isJson: values.json ?? false,
    standIn: values['stand-in'] ?? false,
    demoApp: values['demo-app'] ?? false,
    sites: values.sites ?? false,
    upstream: upstream === undefined ? undefined : parseUpstream(upstream),
    ports: {
      gateway: parsePort('port', values.port),
      standIn: parsePort('stand-in-port', values['stand-in-port']),
      page: parsePort('page-port', values['page-port']),
    },
    place: { ...(config !== undefined && { config }), ...(env !== undefined && { env }) },
  };
}
