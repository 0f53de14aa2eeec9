// Writes docs/configuration.md and .dev.vars.example from the schema: `node cli/write-configuration-docs.ts`.
// A test compares both files with what these functions return.

import { writeFileSync } from 'node:fs';
import { getDefault } from 'valibot';
import { BINDINGS, type BindingName } from '../src/config/bindings.ts';
import {
  BINDING_DESCRIPTIONS,
  DERIVED_DEFAULTS,
  DESCRIPTIONS,
  ROUTE_DESCRIPTIONS,
  SITE_DESCRIPTIONS,
} from '../src/config/reference.ts';
import { ROUTE_FIELDS, type RouteField } from '../src/config/routes.ts';
import { SITE_FIELDS, type SiteField } from '../src/config/site-fields.ts';
import { VARIABLES, type VariableName } from '../src/config/variables.ts';
import { DEFAULT_HEADERS } from '../src/identity/headers.ts';
import { devVarsExample } from './dev-vars-example.ts';

const names = Object.keys(VARIABLES) as VariableName[];
const fields = Object.keys(ROUTE_FIELDS) as RouteField[];
const siteFields = Object.keys(SITE_FIELDS) as SiteField[];

const LISTS_AND_TABLES = names
  .filter((name) => VARIABLES[name].kind !== 'var' && VARIABLES[name].kind !== 'secret')
  .map((name) => `\`${name}\``)
  .join(', ');

const INTRODUCTION = `# Configuration

Written by \`node cli/write-configuration-docs.ts\` from the schema in \`src/config/\`; change it there.

Variables are in \`wrangler.toml\` under \`[vars]\`, long lists and tables in \`postern.toml\`. Secrets are never there: deployed, \`wrangler secret put NAME\`; locally, \`.dev.vars\`
(copy \`.dev.vars.example\`). All of it is read once when the worker starts. If anything is wrong, the gateway forwards nothing and answers
503; the log names every problem at once, with what was found, what is wanted and an example. On a loopback origin the page shows
them too. Of a secret, only its length is ever shown.

* A name that is not in these tables is a problem, so that a misspelled variable is not silently without effect.
* Empty text counts as unset: of a required variable it is a problem, any other has its default.
* Durations are seconds: a positive whole number, or its digits as text.
* Lists and tables are TOML lists and tables, or JSON in text.
* Ids of ZITADEL go in quotes: as numbers they are too long to be kept exactly.
* A setting that has got a new name is taken under the old one for a while; the log, \`doctor\` and \`explain\` name the new one. Both at once are a problem.

## Where it stands

\`[vars]\` of \`wrangler.toml\` is the place for what fits. Cloudflare takes at most 5 KB for one variable (a list or table counts as JSON, a
secret as its text), and 64 variables and secrets together on the Free plan, 128 on the Paid one. About forty rules fill a variable.
Lists and tables that are longer stand in \`postern.toml\` beside \`wrangler.toml\`, in the same form:

\`\`\`toml
# postern.toml
[[vars.ROUTES]]
path = "/assets/*"
access = "public"

[vars.ROLE_MAP]
"legacy-admins" = "admin"

[[env.staging.vars.ROUTES]]
path = "/*"
roles = ["tester"]
\`\`\`

It becomes a module of the worker, which has no limit but the upload's (3 MB compressed on Free, 10 MB on Paid): thousands of rules. Wrangler
makes it, whoever runs it (\`wrangler dev\` too, which notices changes), by these lines of \`wrangler.toml\`:

\`\`\`toml
[build]
command = "postern build" # in a clone of the repository: node bin/postern.js build
watch_dir = ["worker.ts", "postern.toml"] # what a change is noticed in; the worker’s own source too

[alias]
"#postern/variables" = "./.postern/variables.json"
\`\`\`

* What can stand there: ${LISTS_AND_TABLES}. Plain variables stay in \`wrangler.toml\`, where
  \`.dev.vars\` and \`--var\` can say otherwise; a secret is refused.
* A name that stands in both files is a problem: nobody could say which one counts.
* An environment has what \`[env.NAME.vars]\` of \`postern.toml\` names, and of everything else what its \`[vars]\` says: two hundred rules
  need not be written twice. In \`wrangler.toml\` it is different: there an environment inherits no variable.
* An environment with tables of its own in \`postern.toml\` says in \`wrangler.toml\` which one it is: \`POSTERN_ENV = "NAME"\` in \`[env.NAME.vars]\`.
  Wrangler does not tell the build for which environment it builds, so the module has all of them, and the worker chooses by this variable.
* The build runs where Wrangler was started. Where that is given another file (\`--config FILE\`), give it to the command, too.
* The build checks both files, for every environment, and refuses what the gateway or Cloudflare would: \`npx wrangler deploy\` is stopped by it, too.

\`doctor\` and \`deploy\` (also with \`--dry-run\`) measure every variable, every secret in \`.dev.vars\` or \`--secrets-file\`, and \`postern.toml\`, and
say which one is too long and what to do. Neither Wrangler's dry run nor the local runtime does.
`;

const identityHeaders = Object.entries(DEFAULT_HEADERS).map(([name, claim]) => `\`${name}\` (\`${claim}\`)`);

const INTERLUDE = `
Default identity headers: ${identityHeaders.join(', ')}. An e-mail address is sent only if ZITADEL has verified it.

## Routes

\`\`\`toml
[[vars.ROUTES]]
path = "/admin/*"
roles = ["admin"]
\`\`\`

A field that is not in this table, an empty list, or one that would never be looked at (\`roles\` where access is public) is a
problem. A rule that an earlier one covers completely is a warning in the log.
`;

const SITES = `
## Sites

\`\`\`toml
[[vars.SITES]]
host = "wiki.example.com"
upstream = "https://wiki.internal.example.com"

[[vars.SITES.routes]]
path = "/public/*"
access = "public"
\`\`\`

The variables at the top are the first site, on the host of \`ZITADEL_CALLBACK_URL\`, and what every other site has where it says nothing itself; \`ROUTES\` is the first
site's alone. Scheme and folder of the endpoints are the same at all. A request for a host that is no site's is 421. \`npx postern setup --site wiki.example.com --upstream URL\`
registers a new site at ZITADEL and adds it here; \`npx postern explain --all\` prints a table by site.

* Names may be written in letters of any language, as people read them. Ports other than the usual one belong to the host. Two sites can't differ by their ports alone: browsers send a
  host's cookies to all of them. A dot at the end of a name, a path, and a scheme are refused. An IPv6 address stands in brackets.
* An upstream that is one of the gateway's own sites is a problem: it would call itself. A rule whose \`hosts\` are not its site's is a warning: nothing serves it.
* About thirty sites of a few lines fill a variable; more stand in \`postern.toml\`. \`doctor\` says how many more fit.
* Without \`SITES\`, each host that a rule names in \`hosts\` is a site with the settings and rules of the first.
`;

const MANY_SITES = `
### Hundreds of sites

| where the list stands | how many sites | a change is |
|---|---|---|
| \`[[vars.SITES]]\` of \`wrangler.toml\` | what 5 KB hold: about 14 with five rules each, 60 with none | a deployment |
| \`[[vars.SITES]]\` of \`postern.toml\` | what the upload holds: thousands | a deployment |
| KV, the namespace \`CONFIGURATION\` | 25 MB, thousands | one command, and served within two minutes |

A request gets no slower by them. A fresh isolate judges the whole list once: 500 sites with five rules each took it 60 ms of processor time ([performance.md](performance.md#many-sites)), so
hundreds need the Paid plan, whose requests may take more than 10 ms.

\`\`\`toml
# wrangler.toml; npx wrangler kv namespace create CONFIGURATION --binding CONFIGURATION --update-config
[[kv_namespaces]]
binding = "CONFIGURATION"
id = "…"
\`\`\`

\`\`\`sh
npx postern sites push sites.toml   # [[vars.SITES]] as above, or the list as JSON; looked over first
npx postern sites show              # which list is there
npx postern doctor                  # which one is served, by its version
\`\`\`

* The list takes the place of \`SITES\`, which counts only while there is none. The first site stays in the variables.
* An isolate reads it before its first answer, and from then on once a minute behind the answers: no request waits for KV, which itself shows a new value within a minute.
* It is judged as a whole, by what judges the variables, before it is taken. Of a bad one every problem is in the log (\`config_issue\`), and the last good one is served on. An isolate that has none yet, because the list is bad or KV
  does not answer, serves what the variables say; any other host is 503 there, and sessions of sites that it does not know are neither renewed nor ended. The same holds for users’ objects.
* A site that has left the list is 421. Its sessions are good for nothing, and end by their times; if it comes back before that, they stand again. Connections that are open go on by the rules under which they began, checked as ever.
* Secrets of its upstreams (\`upstream_secret\`) are secrets of the worker, whose names end in \`_SECRET\`: \`npx wrangler secret put WIKI_SECRET\`, then the list.
* Whoever may write to this namespace decides what is open. Nothing else is in it, and the worker never writes there.
* After \`postern update\`, \`sites show\` says whether the new version takes the list, before it is deployed.
`;

export function configurationReference(): string {
  const variables = names.map((name) => {
    const { kind, schema, example } = VARIABLES[name];
    const fallback = DERIVED_DEFAULTS[name] ?? defaultOf(schema) ?? (schema.type === 'optional' ? '–' : '**required**');
    return row([code(name), kind, fallback, `${DESCRIPTIONS[name]} ${exampleOf(kind, example)}`]);
  });
  const routeFields = fields.map((field) => {
    const { schema, example } = ROUTE_FIELDS[field];
    const fallback = DERIVED_DEFAULTS[field] ?? defaultOf(schema) ?? (field === 'path' ? '**required**' : '–');
    return row([code(field), fallback, `${ROUTE_DESCRIPTIONS[field]} ${exampleOf('var', example)}`]);
  });
  const fieldsOfSites = siteFields.map((field) => {
    const { example, variable } = SITE_FIELDS[field];
    const fallback = field === 'host' ? '**required**' : variable && field !== 'routes' ? code(variable) : 'none';
    return row([code(field), fallback, `${SITE_DESCRIPTIONS[field]} ${exampleOf('var', example)}`]);
  });
  const bindings = (Object.keys(BINDINGS) as BindingName[]).map((name) =>
    row([code(name), BINDING_DESCRIPTIONS[name]]),
  );
  return [
    INTRODUCTION,
    '## Variables\n',
    ...[row(['name', 'kind', 'default', 'meaning']), row(['---', '---', '---', '---']), ...variables],
    INTERLUDE,
    ...[row(['field', 'default', 'meaning']), row(['---', '---', '---']), ...routeFields],
    SITES,
    ...[row(['field', 'default', 'meaning']), row(['---', '---', '---']), ...fieldsOfSites],
    MANY_SITES,
    '## Bindings\n',
    ...[row(['binding', 'what it is']), row(['---', '---']), ...bindings],
    '\nFurther service bindings are upstreams: `upstream = "service:REPORTS"`.\n',
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const code = (text: string): string => `\`${text}\``;

const exampleOf = (kind: string, example: string): string =>
  kind === 'secret' && example.startsWith('the ') ? `Example: ${example}.` : `Example: ${code(example)}.`;

function defaultOf(schema: Parameters<typeof getDefault>[0]): string | undefined {
  const value: unknown = getDefault(schema);
  return value === undefined ? undefined : code(typeof value === 'string' ? `"${value}"` : String(value));
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationReference());
  writeFileSync(new URL('../.dev.vars.example', import.meta.url), devVarsExample());
}
