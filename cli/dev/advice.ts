// What to say besides what runs: commands to try, what of the configuration can't be met here. Pure.

import type { Config } from '../../src/config/schema.ts';
import { quoteWord } from '../support/shell-words.ts';
import { type RunningApplication, type RunningStandIn, rolesOfRules, type Suggestion } from './overview.ts';
import type { Plan, Values } from './plan.ts';
import { textOf } from './plan.ts';
import type { State } from './state.ts';

interface Place {
  readonly config?: string;
  readonly env?: string;
}

/** With the stand-in's key; both work as they stand, in a terminal or not. */
export function suggestTrials(
  { plan, config, application, standIn, place }: TrialFacts,
  ada: string | undefined = standIn.personas[0]?.email,
): readonly Suggestion[] {
  const who = ['--domain', standIn.issuer, '--key', standIn.keyFile];
  const where = placeFlags(place);
  const roles = rolesOfRules(config);
  const made = Object.keys(config?.roleMap ?? {}).length > 0 ? roles.flatMap((role) => ['--role', role]) : [];
  const grants = ada !== undefined && roles.length > 0 ? [...made, '--grant', `${ada}=${roles.join(',')}`] : [];
  const project = ['--project', standIn.projectId];
  const url = plan.callback.endsWith('/auth/callback') ? plan.origin : plan.callback;
  return [
    { what: 'Who may use the application', command: commandLine(['users', 'list', ...who, ...project, ...where]) },
    {
      what: 'The guided set-up; it writes wrangler.toml and .dev.vars, and with --dry-run only says what it would do',
      command: commandLine(['setup', ...who, '--url', url, '--upstream', application.url, ...grants, ...where]),
    },
  ];
}

interface TrialFacts {
  readonly plan: Plan;
  readonly config: Config | undefined;
  readonly application: RunningApplication;
  readonly standIn: RunningStandIn;
  readonly place: Place;
}

/** How the addresses of this machine become known at the operator's own ZITADEL. `others`: origins of the sites beside the first. */
export function suggestRegistration(
  values: Values,
  plan: Plan,
  place: Place,
  others: readonly string[] = [],
): Suggestion {
  const configured = textOf(values, 'ZITADEL_CALLBACK_URL');
  const isAnother = configured !== undefined && URL.parse(configured)?.origin !== plan.origin;
  const urls = isAnother ? ['--url', configured, '--also-url', plan.origin] : ['--url', plan.callback];
  const also = others.flatMap((origin) => ['--also-url', origin]);
  const domain = textOf(values, 'ZITADEL_DOMAIN') ?? 'https://my-instance.zitadel.cloud';
  const upstream = textOf(values, 'UPSTREAM_URL') ?? 'http://localhost:8081';
  const words = [
    'setup',
    '--domain',
    domain,
    ...urls,
    ...also,
    '--upstream',
    upstream,
    '--key',
    'service-account.json',
  ];
  return {
    what: 'Registers both; a service account’s key is wanted, as docs/setup.md says',
    command: commandLine([...words, ...placeFlags(place)]),
  };
}

const placeFlags = (place: Place): readonly string[] =>
  Object.entries(place).flatMap(([flag, value]) => [`--${flag}`, value]);

const commandLine = (words: readonly string[]): string => `npx postern ${words.map(quoteWord).join(' ')}`;

/** What the operator's rules and tables ask for that nobody can have here. */
export function findLimits(
  config: Config | undefined,
  plan: Plan,
  { isStandIn, application }: { isStandIn: boolean; application: RunningApplication },
): readonly string[] {
  const { host } = new URL(plan.origin);
  const { url, isGuestBook, isSilent, reason } = application;
  const notes: string[] = [];
  if (isSilent) notes.push(`nothing listens at ${url}: the gateway answers 502 until something does`);
  if (reason !== undefined)
    notes.push(`the guest book is the application, since ${reason}: start yours first, or name it with --upstream URL`);
  const elsewhere = (config?.routes ?? []).filter(({ hosts }) => hosts !== undefined && !hosts.includes(host));
  if (elsewhere.length > 0) notes.push(`rules with hosts other than ${host} are not met here: ${pathsOf(elsewhere)}`);
  if (isStandIn) {
    const ofOrgs = (config?.routes ?? []).filter(({ orgs }) => orgs !== undefined);
    if (ofOrgs.length > 0)
      notes.push(`nobody at the stand-in is of the organisations that ${pathsOf(ofOrgs)} asks for`);
    if (/urn:zitadel:iam:org:(id|domain)/.test(config?.scope ?? ''))
      notes.push('ZITADEL_SCOPES asks for an organisation that the stand-in does not have: it will refuse to sign in');
  }
  if (isGuestBook && config?.identityHeaders !== undefined)
    notes.push('the guest book reads the default headers, not those of IDENTITY_HEADERS: it does not see who comes');
  return notes;
}

const pathsOf = (rules: readonly { readonly path: string }[]): string => rules.map(({ path }) => path).join(', ');

/** What can't be had of the sites. `missing`: upstreams that the guest book stands in for. */
export function findSiteLimits(
  { sites, hasDevHost }: Pick<State, 'sites' | 'hasDevHost'>,
  missing: readonly string[],
): readonly string[] {
  const notes: string[] = [];
  if (sites.length > 1 && hasDevHost)
    notes.push(
      '[dev] host in wrangler.toml has every request taken for one host: without it, the other sites can be visited',
    );
  if (missing.length > 0)
    notes.push(`the guest book is the application in place of ${missing.join(', ')}, where nothing answers here`);
  return notes;
}
