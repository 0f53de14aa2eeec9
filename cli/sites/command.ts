// The command `sites`: a list is judged with the configuration that it will stand in, by the gateway's own loader, and then written to KV.
// Wrangler: kv key put, kv key get.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatIssue } from '../../src/config/issues.ts';
import { SITES_ENTRY, versionOf } from '../../src/config/stored-sites.ts';
import type { Place } from '../installation/files.ts';
import { type Installation, loadWithoutSecrets } from '../installation/installation.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { readSites } from './read-sites.ts';

const HELP = `sites: the list of sites in KV, which a running gateway takes within two minutes, without a deployment

  npx postern sites push sites.toml   looks it over and puts it there
  npx postern sites show              which list is there, its hosts, and whether this version takes it

  --dry-run     looks it over, and puts nothing
  --local       the KV of wrangler dev here
  --config FILE instead of wrangler.toml here
  --env NAME    Wrangler’s environment
  --json        of what is shown
  --help        this

FILE is a TOML file with [[vars.SITES]], as postern.toml has them, or the list as JSON. It replaces the list that
is there, and SITES of the variables. The namespace CONFIGURATION stands in wrangler.toml: docs/configuration.md.

Exit codes: 0 done; 1 the list is not good, or Wrangler did not take it; 2 the command makes no sense.`;

export const SITES_OPTIONS = {
  'dry-run': { type: 'boolean' },
  local: { type: 'boolean' },
  config: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof SITES_OPTIONS }>>['values'];
type Load = (place: Place) => Promise<Installation>;

export async function runSites(args: readonly string[], system: System, load: Load): Promise<number> {
  try {
    const parsed = parseArgs({ args: [...args], options: SITES_OPTIONS, allowPositionals: true });
    const { values, positionals } = parsed;
    const [action, file, ...rest] = positionals;
    if (values.help) system.print(HELP);
    else if (action === 'push' && file !== undefined && rest.length === 0) await push(file, values, system, load);
    else if (action === 'show' && file === undefined) await show(values, system, load);
    else throw new UsageError(action === 'push' ? 'push wants one file' : 'push FILE, or show');
    return 0;
  } catch (cause) {
    return reportFailure('sites', cause, system, args.includes('--json'));
  }
}

async function push(file: string, values: Values, system: System, load: Load): Promise<void> {
  const installation = await loadWithNamespace(values, load);
  const text = JSON.stringify(await readSites(file));
  const { hosts, warnings, problems } = judge(text, installation);
  for (const sentence of warnings) system.tell(`warning: ${sentence}`);
  if (problems.length > 0) throw new CommandError('the list is not good: nothing was changed', { hints: problems });
  const named = nameOf(await versionOf(text), hosts);
  if (values['dry-run'] === true) {
    system.print(`${named}: good, and put nowhere`);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'postern-'));
  try {
    const path = join(folder, 'sites.json');
    await writeFile(path, text);
    await wrangler(['kv', 'key', 'put', SITES_ENTRY, '--path', path], values, system);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  system.print(`${named}: in KV, and served within two minutes`);
  system.print('npx postern doctor  says which version is served');
}

async function show(values: Values, system: System, load: Load): Promise<void> {
  const installation = await loadWithNamespace(values, load);
  const text = await wrangler(['kv', 'key', 'get', SITES_ENTRY, '--text'], values, system);
  const version = await versionOf(text);
  const { hosts, problems } = judge(text, installation);
  if (values.json) system.print(JSON.stringify({ ok: problems.length === 0, version, hosts, problems }, null, 2));
  else for (const line of [nameOf(version, hosts), ...hosts]) system.print(line);
  if (problems.length > 0 && !values.json)
    throw new CommandError('this version of Postern does not take it', { hints: problems });
}

const nameOf = (version: string, hosts: readonly string[]): string =>
  `version ${version}, ${hosts.length} ${hosts.length === 1 ? 'site' : 'sites'}`;

async function loadWithNamespace(values: Values, load: Load): Promise<Installation> {
  const installation = await load(values);
  if (installation.wrangler.kv_namespaces.some(({ binding }) => binding === 'CONFIGURATION')) return installation;
  throw new CommandError('wrangler.toml has no namespace CONFIGURATION', {
    hints: ['npx wrangler kv namespace create CONFIGURATION --binding CONFIGURATION --update-config'],
  });
}

/** Secrets that are only deployed are taken for good ones. */
function judge(text: string, { environment }: Installation) {
  const loaded = loadWithoutSecrets(environment, {}, text);
  if (!loaded.ok) return { hosts: [], warnings: [], problems: loaded.issues.map(formatIssue) };
  return { hosts: loaded.sites.map(({ host }) => host), warnings: loaded.warnings, problems: [] };
}

/** What Wrangler answered. */
async function wrangler(args: readonly string[], { local, config, env }: Values, system: System): Promise<string> {
  const place = [...(config === undefined ? [] : ['--config', config]), ...(env === undefined ? [] : ['--env', env])];
  const where = ['--binding', 'CONFIGURATION', '--preview', 'false', local ? '--local' : '--remote'];
  const { code, stdout, stderr } = await system.runWrangler([...args, ...where, ...place]);
  if (code === 0) return stdout.replace(/\n$/, '');
  throw new CommandError(`Wrangler ended with code ${code}`, { hints: `${stdout}${stderr}`.trim().split('\n') });
}
