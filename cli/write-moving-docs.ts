// Writes docs/moving-*.md from the tables that `import` answers with: `node cli/write-moving-docs.ts`.
// A test compares the files with what this returns.

import { writeFileSync } from 'node:fs';
import { ANSWERS, type Catalogue, type Option, type Section } from './import/options.ts';
import { KINDS, type KindName } from './import/recognise.ts';

interface Page {
  readonly file: string;
  readonly introduction: string;
}

const PAGES: Readonly<Record<KindName, Page>> = {
  'oauth2-proxy': {
    file: 'moving-oauth2-proxy.md',
    introduction: `\`\`\`sh
npx postern import oauth2-proxy.cfg
npx postern import oauth2-proxy.cfg alpha.yaml            # both, where both are used
npx postern import docker-compose.yml                     # flags and OAUTH2_PROXY_* of a manifest or a compose file
\`\`\`

It reads the \`.cfg\`, the alpha configuration, flags (of a command, a unit, a Deployment, a compose file, a chart's values) and variables of an environment. Flags count before variables, and these before files. A
manifest with several oauth2-proxy is refused: what one of them opens is not to be opened at another.

Different on purpose:

* \`X-Forwarded-User\` is ZITADEL's \`sub\`, a number that never changes. If your application kept e-mail addresses or login names, set \`IDENTITY_HEADERS = { "X-Forwarded-User" = "preferred_username", … }\` (a
  table replaces the whole default set). An address appears only if it is verified. Values that are not plain ASCII are percent-encoded.
* Expressions of \`skip_auth_routes\` match any part of a path. A rule is a path: \`^/public/\` is \`/public/*\`, \`^/health$\` is \`/health\` (with or without a slash at its end), \`^/pub\` is \`/pub*/*\`. What no path says
  stays behind the sign-in, and \`import\` names it.
* A domain of addresses (\`email_domains\`) can't be asked for. Such a site comes over closed; \`--role NAME\` opens it to whoever has that role.
* \`/oauth2/start?rd=\` is \`/auth/login?return_to=\`, \`/oauth2/sign_out?rd=\` \`/auth/logout?return_to=\`, \`/oauth2/userinfo\` \`/auth/userinfo\`, \`/ping\` and \`/ready\` \`/auth/health\` and \`/auth/ready\`. The folder is that of
  \`ZITADEL_CALLBACK_URL\`: with the old redirect URI it stays \`/oauth2\`.
* oauth2-proxy passes the visitor’s \`Host\` on unless it is told not to: \`UPSTREAM_HOST = "public"\`. Over a URL \`Host\` itself is that of \`UPSTREAM_URL\`. An application that takes no \`X-Forwarded-Host\` and compares \`Origin\` with \`Host\` needs
  the line taken out ([host-and-origin.md](host-and-origin.md)).
* \`/oauth2/auth\` with nginx, Traefik or Caddy is \`/auth/check\`, with \`X-Gateway-Secret\`: [forward-auth.md](forward-auth.md).`,
  },
  pomerium: {
    file: 'moving-pomerium.md',
    introduction: `\`\`\`sh
npx postern import pomerium.yaml                                 # all hosts of its routes
npx postern import pomerium.yaml --host wiki.example.com         # with this one as the first site
npx postern import pomerium.yaml --host wiki.example.com --only  # this one alone
\`\`\`

The host of the first route becomes the first site, and each other one an entry of \`SITES\`, with its application and its rules: one gateway for all of them. [moving.md](moving.md#pomerium) has a file with several hosts and
what becomes of it. \`from: https://*.example.com\` serves names with one more part; of several that fit a host the longest counts, as there. Routes are put in the order in which Pomerium looks at them (paths, expressions, prefixes, the longer
before the shorter), and what no route has is closed, as there.

Different on purpose:

* A prefix of Pomerium ends anywhere: \`/admin\` is written \`/admin*/*\`. A rule \`/admin/*\` has \`/admin\` and all below it, and not \`/administrator\`.
* One rule says: all of its fields hold, of each list one item. \`or\` of groups is one list; of a group and an address the group stays, and who came in by the address needs it: \`import\` says so. \`deny\` and \`not\` of people
  close the route.
* \`X-Pomerium-Jwt-Assertion\` is \`X-Identity-Assertion\`, \`/.well-known/pomerium/jwks.json\` is \`/auth/jwks\`.`,
  },
  apache: {
    file: 'moving-mod-auth-openidc.md',
    introduction: `\`\`\`sh
npx postern import /etc/apache2/sites-enabled/app.conf
npx postern import app.conf --root ./copy-of-the-server   # Include is looked for below that folder
\`\`\`

Every \`ServerName\` and \`ServerAlias\` is a site ([moving.md](moving.md#several-hosts)); \`--host\` says which is the first, \`--only\` that there is no other. The redirect URI has the first site’s path at all of them.

It reads virtual hosts, \`Location\`, \`LocationMatch\`, \`Directory\` (where \`DocumentRoot\` or \`Alias\` says under which path), \`Require\` with \`RequireAny\` and \`RequireAll\`, \`Limit\`, \`ProxyPass\`, \`RequestHeader\`, and what they include.

Different on purpose:

* In Apache the last section that fits decides, here the first rule: the order is turned round.
* In Apache what no section protects is open to everybody; here it needs a sign-in. \`import\` writes \`access = "public"\` for what \`ProxyPass\` passes on and no section protects, and says so; but only if it could read all of the
  configuration. With an \`Include\` that is missing, an \`<If>\`, a \`<FilesMatch>\` with \`Require\`, nothing is opened but what says so itself.
* What Apache serves itself (files, PHP) still needs Apache, without mod_auth_openidc, behind the gateway.
* \`REMOTE_USER\` and \`OIDC_CLAIM_*\` are headers: \`IDENTITY_HEADERS = { "Remote-User" = "preferred_username" }\`.
* \`?logout=URL\` and \`?info=json\` of the redirect URI are \`/auth/logout?return_to=\` and \`/auth/userinfo\`.`,
  },
  cloudflared: {
    file: 'moving-cloudflare-access.md',
    introduction: `\`\`\`sh
npx postern import config.yml apps.json                   # cloudflared's file, and what the API says of the applications
npx postern import terraform.tfstate --host app.example.com         # with this one as the first site
npx postern import terraform.tfstate --host app.example.com --only  # this one alone
\`\`\`

Each hostname with an application behind it is a site; [moving.md](moving.md#cloudflare-access) has files with several and what becomes of them.

\`apps.json\` is the answer of \`GET /accounts/{account}/access/apps\` (and of \`…/access/policies\`, where policies are shared: give both). A Terraform state has all of it. Without the applications everything needs a sign-in, and nothing more is asked.

Different on purpose:

* What no application covers is open to everybody with Access, and needs a sign-in here.
* \`Cf-Access-Jwt-Assertion\` and its certs are \`X-Identity-Assertion\` (\`ASSERTION_KEY\`) and \`/auth/jwks\`; \`Cf-Access-Authenticated-User-Email\` is \`X-Forwarded-Email\`, or that name by \`IDENTITY_HEADERS\`.
* \`/cdn-cgi/access/logout\` and \`/cdn-cgi/access/get-identity\` are \`/auth/logout\` and \`/auth/userinfo\`.
* A service token is a bearer token of a service user of ZITADEL.
* \`session_duration\` is each host’s own; of applications of one host the shortest counts.
* The tunnel may stay: its hostname becomes one that only the gateway knows, and \`UPSTREAM_SECRET\` makes the application refuse everybody else. The old hostname is the gateway's.`,
  },
};

const LEGEND = `Each option has one of four answers: *same* (it is so here, too, and nothing is to be done), *other name*, *not needed*, *not possible*. \`npx postern import\` says the same of those that your files have.`;

export function movingPages(): Readonly<Record<string, string>> {
  const kinds = Object.keys(PAGES) as KindName[];
  return Object.fromEntries(
    kinds.map((kind) => [`docs/${PAGES[kind].file}`, writePage(KINDS[kind].catalogue, PAGES[kind])]),
  );
}

function writePage({ title, version, sections }: Catalogue, { introduction }: Page): string {
  const note = 'Written by `node cli/write-moving-docs.ts` from the tables in `cli/import/`; change it there.';
  const head = `# Coming from ${title}\n\n${note} Names on the left are theirs (${version}).\n\n${introduction}\n\n${LEGEND}\n`;
  return `${head}${sections.map(writeSection).join('')}`;
}

function writeSection({ heading, options }: Section): string {
  const groups = [...Map.groupBy(options, ({ answer, here }) => `${answer} ${here}`).values()];
  return `\n## ${heading}\n\n| theirs | | here |\n|---|---|---|\n${groups.map(writeRow).join('')}`;
}

function writeRow(options: readonly Option[]): string {
  const [first] = options;
  if (first === undefined) return '';
  const cells = [options.map(({ name }) => `\`${name}\``).join(', '), ANSWERS[first.answer], first.here];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(movingPages())) writeFileSync(new URL(`../${path}`, import.meta.url), text);
}
