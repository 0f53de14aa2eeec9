// The flags of `setup`, and what --help says of them.

import { parseArgs } from 'node:util';
import { UsageError } from '../support/failure.ts';
import { WHO_HELP, WHO_OPTIONS } from '../zitadel-api/who.ts';

export const SETUP_HELP = `setup: makes at ZITADEL what the gateway needs, and writes its configuration

  npx postern setup
  npx postern setup --domain https://my-instance.zitadel.cloud --key service-account.json \\
      --url https://app.example.com --upstream https://app-origin.example.net

Asked for on a terminal when they are missing
  --domain URL       ZITADEL's domain, the issuer
${WHO_HELP}
  --url URL          public URL of the gateway (or the whole callback URL)
  --upstream URL     the application behind it

A further site, on a host of its own (the first one's settings are those of wrangler.toml)
  --site HOST        adds it to SITES: npx postern setup --site wiki.example.com --upstream URL
  --own-application  with an application of its own at ZITADEL, instead of the first site's

What is made, or found and brought up to date
  --project NAME     project, default Postern
  --application NAME web application in it, default Postern
  --also-url URL     another address of the gateway, such as that of postern dev; again for more. It is
                     registered too, and written nowhere
  --role KEY[=NAME]  a role; again for more. Default: those that ROUTES and SITES ask for
  --api              an API application with its key, to introspect opaque bearer tokens
  --service-user NAME --service-key FILE
                     a service account for an API client, and where its key goes
  --user "Given Family <address>"
                     a person; again for more. Invited by mail, or
  --password-file F  with this first password, to be changed at the first sign-in
  --grant USER=ROLE,ROLE
                     roles for a user, by address or user name; again for more
  --org ID           organisation, default the service account's own

How
  --dry-run          changes nothing: prints each call that would be made
  --yes              does not ask whether to go on
  --remote           secrets go to Cloudflare (wrangler secret put), not to .dev.vars
  --config FILE      instead of wrangler.toml here
  --env NAME         Wrangler's environment
  --json             result as JSON

A second run changes nothing, and one that failed can be run again.
Exit codes: 0 done, 1 it did not work, 2 the command makes no sense`;

export const SETUP_OPTIONS = {
  ...WHO_OPTIONS,
  domain: { type: 'string' },
  url: { type: 'string' },
  upstream: { type: 'string' },
  site: { type: 'string' },
  'own-application': { type: 'boolean' },
  project: { type: 'string' },
  application: { type: 'string' },
  'also-url': { type: 'string', multiple: true },
  role: { type: 'string', multiple: true },
  api: { type: 'boolean' },
  'service-user': { type: 'string' },
  'service-key': { type: 'string' },
  user: { type: 'string', multiple: true },
  'password-file': { type: 'string' },
  grant: { type: 'string', multiple: true },
  org: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  remote: { type: 'boolean' },
  config: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type SetupFlags = ReturnType<typeof parseArgs<{ options: typeof SETUP_OPTIONS }>>['values'];

export function parseFlags(args: readonly string[]): SetupFlags {
  const { values, positionals } = parseArgs({ args: [...args], options: SETUP_OPTIONS, allowPositionals: true });
  if (positionals.length > 0) throw new UsageError(`nothing is expected besides flags: ${positionals.join(' ')}`);
  if (values['own-application'] && values.site === undefined)
    throw new UsageError('--own-application is for a new site: --site HOST');
  return values;
}
