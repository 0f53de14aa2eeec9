// The command `import`: from the files of another gateway to wrangler.toml, and a list of what could not come along.
// docs/moving.md.

import { access, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatIssue } from '../../src/config/issues.ts';
import { workerNameAfter } from '../init/answers.ts';
import { loadPins, type Pins } from '../init/pins.ts';
import { loadTemplates } from '../init/templates.ts';
import { POSTERN_FILE } from '../installation/files.ts';
import { parseDomain, parsePublicUrl, parseUpstream } from '../setup/parse-answers.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { hostOf } from './addresses.ts';
import { loadDraft } from './check.ts';
import { type Deployment, writeDeployment } from './deployment.ts';
import type { Draft } from './draft.ts';
import { createReader, readInputs } from './read-inputs.ts';
import { isKind, KINDS, type KindName, recognise } from './recognise.ts';
import { printReport, reportAsJson } from './report.ts';
import { importSites } from './sites.ts';

const HELP = `import: makes wrangler.toml of another gateway's configuration

  npx postern import oauth2-proxy.cfg
  npx postern import pomerium.yaml --host app.example.com
  npx postern import /etc/apache2/sites-enabled/app.conf
  npx postern import config.yml access-apps.json

Reads oauth2-proxy (.cfg, alpha configuration, flags and OAUTH2_PROXY_*, also in a manifest or a compose file), Pomerium's YAML,
Apache with mod_auth_openidc, cloudflared's config.yml with the applications of Cloudflare Access (what the API answers, or a
Terraform state). Several files of one gateway are read together. What a rule can't say is closed, and listed with what to do.
No secret is read, written or printed.

  --from NAME      whose the files are: ${Object.keys(KINDS).join(', ')}; found out by itself
  --host HOST      the first site, where the files have several; default the first with an application. The others are in SITES
  --only           no other site
  --url URL        public URL of the first site (or the whole callback URL)
  --upstream URL   the application behind the first site
  --domain URL     ZITADEL's domain, the issuer
  --role NAME      whoever has this role may pass where the old rule can't be said; else nobody may
  --root FOLDER    stands for / of the old machine: where Apache's Include and other files that are named are looked for
  --name NAME      of the worker; default the folder's
  --out FILE       instead of wrangler.toml here; - is standard output
  --force          writes over what is there
  --dry-run        writes nothing: prints the file, and the list after it
  --json           result as JSON
  --help

Exit codes: 0 done, 1 it did not work, 2 the command makes no sense`;

export const IMPORT_OPTIONS = {
  from: { type: 'string' },
  host: { type: 'string' },
  only: { type: 'boolean' },
  url: { type: 'string' },
  upstream: { type: 'string' },
  domain: { type: 'string' },
  role: { type: 'string' },
  root: { type: 'string' },
  name: { type: 'string' },
  out: { type: 'string' },
  force: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof IMPORT_OPTIONS }>>['values'];

export async function runImport(args: readonly string[], system: System): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: IMPORT_OPTIONS, allowPositionals: true });
    if (values.help) {
      system.print(HELP);
      return 0;
    }
    if (positionals.length === 0) throw new UsageError('the file is missing', ['npx postern import oauth2-proxy.cfg']);
    await importFiles(positionals, values, system);
    return 0;
  } catch (cause) {
    return reportFailure('import', cause, system, args.includes('--json'));
  }
}

async function importFiles(paths: readonly string[], flags: Flags, system: System): Promise<void> {
  const inputs = await readInputs(paths);
  const kind = parseKind(flags.from) ?? recognise(inputs);
  const { catalogue, convert } = KINDS[kind];
  const [wishes, reader] = [parseWishes(flags), createReader(paths, flags.root)];
  const draft = importSites((ofHost) => convert(inputs, ofHost, reader), wishes);
  const target = flags.out ?? 'wrangler.toml';
  const isPrinted = flags['dry-run'] === true || target === '-';
  const beside = join(dirname(target), POSTERN_FILE);
  const files = await compose(draft, {
    from: `${catalogue.title} (${paths.map((path) => basename(path)).join(', ')})`,
    name: flags.name ?? workerNameAfter(dirname(resolve(target))),
    hasPosternFile: !isPrinted && (await isThere(beside)),
  });
  const wanted = [
    { path: target, text: files.wrangler },
    ...(files.postern === undefined ? [] : [{ path: beside, text: files.postern }]),
  ];
  const written = isPrinted ? [] : await writeAll(wanted, flags.force === true);
  const loaded = loadDraft(draft);
  const problems = loaded.ok ? [] : loaded.issues.map(formatIssue);
  const reported = { draft, title: catalogue.title, written, problems, page: PAGES[kind] };
  if (flags.json) return system.print(reportAsJson(reported));
  if (isPrinted) for (const { text } of wanted) system.print(text);
  const tell = isPrinted ? system.tell : system.print;
  tell(printReport(reported, isPrinted ? system.hasColour.tell : system.hasColour.print));
}

const PAGES: Readonly<Record<KindName, string>> = {
  'oauth2-proxy': 'docs/moving-oauth2-proxy.md',
  pomerium: 'docs/moving-pomerium.md',
  apache: 'docs/moving-mod-auth-openidc.md',
  cloudflared: 'docs/moving-cloudflare-access.md',
};

function parseKind(from: string | undefined): KindName | undefined {
  if (from === undefined || isKind(from)) return from;
  throw new UsageError(`--from: there is no ${from}`, [`there are ${Object.keys(KINDS).join(', ')}`]);
}

function parseWishes({ host, only, url, upstream, domain, role }: Flags) {
  if (role !== undefined && !/^\S(?:.*\S)?$/s.test(role)) throw new UsageError('--role is the name of a role');
  return {
    host: host === undefined ? undefined : parseHost(host),
    isAlone: only === true,
    url: url === undefined ? undefined : parsePublicUrl(url),
    upstream: upstream === undefined ? undefined : parseUpstream(upstream),
    domain: domain === undefined ? undefined : parseDomain(domain),
    role,
  };
}

function parseHost(text: string): string {
  const host = hostOf(text);
  if (host !== undefined) return host;
  throw new UsageError('--host is one host, without a *: hosts with a * are sites beside the first');
}

async function compose(
  draft: Draft,
  about: { readonly from: string; readonly name: string; readonly hasPosternFile: boolean },
): Promise<Deployment> {
  const template = (await loadTemplates()).find(({ path }) => path === 'wrangler.toml')?.text ?? '';
  const { compatibilityDate }: Pins = await loadPins();
  return writeDeployment(draft, { template, compatibilityDate, ...about });
}

/** All or none. */
async function writeAll(
  files: readonly { readonly path: string; readonly text: string }[],
  isForced: boolean,
): Promise<readonly string[]> {
  for (const { path } of files) {
    if (!isForced && (await isThere(path)))
      throw new CommandError(`${path} is there already: nothing was written`, {
        hints: ['--out FILE writes another one, --dry-run shows it, --force writes over what is there'],
      });
  }
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: isForced ? 'w' : 'wx' });
  }
  return files.map(({ path }) => path);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
