// From a tunnel's ingress rules and the applications of Cloudflare Access to a gateway's configuration, for one of the hosts.
// cloudflared: Ingress rules (the first that matches counts); Access: the most specific path of an application counts.

import { judgeCorsOrigin, judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { parseAddress } from '../addresses.ts';
import { both, sayCondition } from '../conditions.ts';
import type { Draft, Input, Wishes } from '../draft.ts';
import { flattenKeys } from '../formats/flatten.ts';
import { durationOf, listOf, parseYaml, type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';
import { chooseHost } from '../hosts.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Fields, isClosed, multiply, type Rule } from '../paths/rules.ts';
import { settle } from '../settings.ts';
import { calledFields, settleUpstreamHost } from '../upstream-host.ts';
import { type Application, readAccess } from './access.ts';
import { demandsSecondFactor, readPolicies } from './access-rules.ts';
import { CLOUDFLARE } from './options.ts';

export function convertCloudflare(inputs: readonly Input[], wishes: Wishes): Draft {
  const trees = inputs.flatMap(parseYaml);
  const tunnels = trees.map(tunnelOf).filter((each) => each !== undefined);
  const applications = readAccess(trees).filter(({ settings }) =>
    ['self_hosted', undefined].includes(textOf(settings['type'])),
  );
  const ledger = createLedger(CLOUDFLARE, namesOf(tunnels, applications));
  ledger.settle(...READ);
  const ingress = tunnels.flatMap((tunnel) => ingressOf(tunnel));
  const hosts = [...ingress.map((rule) => textOf(rule['hostname'])), ...applications.flatMap(({ domains }) => domains)];
  const { host, named, others, isOurs } = chooseHost(hosts, wishes.host);
  const ours = ingress.filter((rule) => isOurs(textOf(rule['hostname'])));
  const upstream = ours.map((rule) => parseAddress(textOf(rule['service']))?.url).find((url) => url !== undefined);
  const access = accessRules(
    applications.filter(({ domains }) => domains.some(isOurs)),
    { ledger, role: wishes.role, isOurs },
  );
  const put = multiply(access, ingressRules(ours, { main: upstream, host, ledger }));
  const { vars, secrets, rules } = settle({ host, upstream }, wishes, put, ledger);
  const called = settleUpstreamHost(rules, 'httpHostHeader', ledger);
  return {
    vars: { ...vars, ...called.vars, ...durations(applications.filter(({ domains }) => domains.some(isOurs))) },
    rules: called.rules,
    secrets,
    notes: ledger.close(),
    host: named,
    otherHosts: others,
  };
}

const READ = [
  'ingress.hostname',
  'ingress.path',
  'ingress.service',
  'originRequest.httpHostHeader',
  'ingress.originRequest.httpHostHeader',
  'http-host-header',
  'application.name',
  'application.domain',
  'application.self_hosted_domains',
  'application.destinations.uri',
  'application.destinations.type',
  'application.session_duration',
  'application.cors_headers.allowed_origins',
  'policy.name',
  'policy.decision',
  'policy.precedence',
  'policy.include',
  'policy.require',
  'policy.exclude',
  'policy.approval_required',
  'policy.isolation_required',
  'policy.session_duration',
];

/** cloudflared's file, or what the API and Terraform call a tunnel's configuration. */
export function tunnelOf(tree: unknown): Table | undefined {
  const table = tableOf(tree);
  const { result, config, resources } = table;
  const states = listOf(resources)
    .map(tableOf)
    .filter(({ type }) => /^cloudflare_\w*tunnel\w*config$/.test(String(type)));
  const configs = states
    .flatMap(({ instances }) => listOf(instances))
    .flatMap((each) => listOf(tableOf(tableOf(each)['attributes'])['config']));
  const inner = [table, config, tableOf(result)['config'], ...configs]
    .map(tableOf)
    .find((each) => Array.isArray(each['ingress']) || Array.isArray(each['ingress_rule']));
  if (inner !== undefined) return inner;
  return 'tunnel' in table && ('url' in table || 'credentials-file' in table) ? table : undefined;
}

/** A rule's own `originRequest` goes before that of the tunnel. */
function ingressOf(tunnel: Table): readonly Table[] {
  const rules = listOf(tunnel['ingress'] ?? tunnel['ingress_rule']).map(tableOf);
  const { url, hostname } = tunnel;
  const hostHeader = hostHeaderOf(tunnel);
  if (rules.length > 0 || url === undefined)
    return rules.map((rule) => ({ ...rule, hostHeader: hostHeaderOf(rule) ?? hostHeader }));
  return [{ service: url, hostname, hostHeader: textOf(tunnel['http-host-header']) ?? hostHeader }];
}

/** In Terraform a list of one. */
function hostHeaderOf({ originRequest, origin_request }: Table): string | undefined {
  const [settings] = listOf(originRequest ?? origin_request).map(tableOf);
  return textOf(settings?.['httpHostHeader'] ?? settings?.['http_host_header']);
}

function namesOf(tunnels: readonly Table[], applications: readonly Application[]): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>();
  for (const tunnel of tunnels)
    for (const [name, value] of flattenKeys(tunnel, (each) => each.endsWith('ipRules')))
      names.set(canonical(name), value);
  for (const { settings, policies } of applications) {
    const { policies: _, ...own } = settings;
    const isLeaf = (name: string) =>
      /^(?:saas_app|scim_config|landing_page_design|footer_links|target_criteria)$/.test(name);
    for (const [name, value] of flattenKeys(own, isLeaf)) if (isSet(value)) names.set(`application.${name}`, value);
    for (const policy of policies)
      for (const [name, value] of Object.entries(policy)) if (isSet(value)) names.set(`policy.${name}`, value);
  }
  return names;
}

/** Terraform writes `origin_request.no_tls_verify`. */
function canonical(name: string): string {
  const fold = (text: string) => text.replace(/[_-]/g, '').toLowerCase();
  const wanted = fold(name.replace(/^ingress_rule\b/, 'ingress'));
  const options = CLOUDFLARE.sections.flatMap((section) => section.options);
  return options.find((option) => fold(option.name) === wanted)?.name ?? name;
}

/** A state names everything that there is, most of it unset. */
const isSet = (value: unknown): boolean =>
  value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);

interface Around {
  readonly ledger: Ledger;
  readonly role: string | undefined;
  readonly isOurs: (written: string | undefined) => boolean;
}

/** The longest path first. What no application has was open to everybody, and needs a sign-in here. */
function accessRules(applications: readonly Application[], around: Around): readonly Rule[] {
  const { ledger, isOurs } = around;
  const all = applications.flatMap((application) =>
    application.domains.filter(isOurs).map((domain) => ({ application, domain })),
  );
  const sorted = all.toSorted((a, b) => specificity(b.domain) - specificity(a.domain));
  const rules = sorted.flatMap(({ application, domain }) => rulesOf(application, domain, around));
  if (applications.length === 0)
    ledger.note(
      'todo',
      'Access',
      'no application of Access is in the files: everything needs a sign-in, and whoever can sign in at ZITADEL passes. Import the applications’ JSON, too, to keep who may pass',
    );
  else if (!rules.some(({ path }) => path === EVERYWHERE))
    ledger.note(
      'closed',
      'what no application has',
      'it was open to everybody, and needs a sign-in: write a rule with access = "public" where it is to stay open',
    );
  return [...rules, { path: EVERYWHERE, fields: {} }];
}

/** An exact host before one with a `*`, then the longer path. */
const specificity = (domain: string): number =>
  (domain.split('/')[0]?.includes('*') ? 0 : 10_000) + pathOf(domain).replaceAll('*', '').length;

const pathOf = (domain: string): string => /\/.*$/s.exec(domain)?.[0].replace(/[?#].*$/s, '') ?? '/';

function rulesOf(application: Application, domain: string, { ledger, role }: Around): readonly Rule[] {
  const about = `application ${application.name} (${domain})`;
  const fields = fieldsOf(application, { about, ledger, role });
  const cors = corsOf(application.settings);
  const said = { ...fields, ...(cors.length > 0 && !isClosed(fields) && { cors }) };
  const paths = pathsOf(pathOf(domain));
  if (paths === undefined) {
    ledger.note('closed', about, 'no rule can have this path: all is closed until it is mended');
    return [{ path: EVERYWHERE, fields: CLOSED, why: about }];
  }
  return paths.map((path) => ({ path, fields: said, why: about }));
}

/** `/eng` has all below it; `/eng*` what begins so; a `*` within a path may stand for slashes, which no rule says. */
function pathsOf(path: string): readonly string[] | undefined {
  const plain = path.replace(/\/+$/, '');
  const written = /^[^*]*\/\*$/.test(plain)
    ? plain
    : plain.endsWith('*')
      ? `${plain.replace(/\*+$/, '')}*/*`
      : `${plain}/*`;
  if (written.replace(/(?:\*\/\*|\/\*)$/, '').includes('*')) return undefined;
  return judgePath(written) instanceof Wanted ? undefined : [written];
}

interface Said {
  readonly about: string;
  readonly ledger: Ledger;
  readonly role: string | undefined;
}

function fieldsOf({ settings, policies, missing }: Application, { about, ledger, role }: Said): Fields {
  if (missing > 0)
    ledger.note(
      'closed',
      about,
      `${missing} of its policies are named by an id and are in none of the files: import them, too`,
    );
  const { isPublic, condition: allowed, hasServiceTokens, left } = readPolicies(policies);
  const condition = demandsSecondFactor(settings) ? both(allowed, [[{ kind: 'amr', values: ['mfa'] }]]) : allowed;
  if (hasServiceTokens)
    ledger.note(
      'todo',
      about,
      'service tokens: a service user of ZITADEL brings a bearer token, with ZITADEL_PROJECT_ID set',
    );
  for (const each of left)
    ledger.note(
      'closed',
      about,
      `the policy ${each} lets some pass without a sign-in, by what a rule can’t ask for: they sign in`,
    );
  if (isPublic && missing === 0) return { access: 'public' };
  const { fields, lost } = sayCondition(condition, role);
  if (lost.length > 0)
    ledger.note(
      'closed',
      about,
      `${lost.join('; or ')} can’t be asked for by a rule: ${isClosed(fields) ? 'nobody passes' : 'who came in by that needs what the rule asks for'}. Write roles = […], or import again with --role NAME`,
    );
  else if (isClosed(fields))
    ledger.note('closed', about, 'it has no policy that lets anybody pass, and Access lets nobody pass then');
  return fields;
}

const corsOf = (settings: Table): readonly string[] =>
  listOf(settings['cors_headers'])
    .flatMap((each) => textsOf(tableOf(each)['allowed_origins']))
    .filter((origin) => !(judgeCorsOrigin(origin) instanceof Wanted));

interface Behind {
  /** The application of everything else. */
  readonly main: string | undefined;
  readonly host: string | undefined;
  readonly ledger: Ledger;
}

function ingressRules(ingress: readonly Table[], behind: Behind): readonly Rule[] {
  const rules = ingress.flatMap((rule) => ingressRule(rule, behind));
  return [...rules, { path: EVERYWHERE, fields: {} }];
}

function ingressRule(rule: Table, { main, host, ledger }: Behind): readonly Rule[] {
  const service = textOf(rule['service']) ?? '';
  const path = textOf(rule['path']);
  const about = `ingress ${textOf(rule['hostname']) ?? '*'} ${path ?? ''}`.trim();
  const address = parseAddress(service);
  const paths = path === undefined ? { within: [EVERYWHERE], around: [EVERYWHERE], isExact: true } : pathsOfRegex(path);
  if (address === undefined) {
    if (!/^http_status:/.test(service)) ledger.note('closed', about, 'only http and https lead to an application');
    return paths.around.map((each) => ({ path: each, fields: CLOSED, why: about }));
  }
  if (!paths.isExact)
    ledger.note(
      'closed',
      about,
      `only ${paths.within.join(', ') || 'nothing'} is surely meant by the expression; the rest of ${paths.around.join(', ')} is closed`,
    );
  const fields = {
    ...(address.url !== main && { upstream: address.url }),
    ...calledFields(textOf(rule['hostHeader']), { host, about, ledger }),
  };
  return [
    ...paths.within.map((each) => ({ path: each, fields, why: path === undefined ? undefined : about })),
    ...(paths.isExact
      ? []
      : paths.around.map((each) => ({ path: each, fields: CLOSED, why: `${about}, as far as no path tells it` }))),
  ];
}

/** The shortest of them: one gateway has one. */
function durations(applications: readonly Application[]): Table {
  const all = applications.flatMap(({ settings, policies }) =>
    [settings, ...policies].map((each) => durationOf(each['session_duration'])),
  );
  const known = all.filter((each) => each !== undefined);
  if (known.length === 0) return {};
  const most = Math.min(...known);
  return { SESSION_MAX_DURATION: most, ...(most < 3600 && { SESSION_DURATION: most }) };
}
