// From Pomerium's configuration to a gateway's, for one of its hosts.
// Pomerium: routes (from, to, path, prefix, regex), in the order in which it looks at them.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { CommandError } from '../../support/failure.ts';
import { hostOf, parseAddress } from '../addresses.ts';
import { sayCondition } from '../conditions.ts';
import type { Draft, Input, Wishes } from '../draft.ts';
import { flattenKeys } from '../formats/flatten.ts';
import { durationOf, flagOf, listOf, parseYaml, type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';
import { chooseHost, nameOf } from '../hosts.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Fields, isClosed, multiply, type Rule } from '../paths/rules.ts';
import { settle } from '../settings.ts';
import { AS_PUBLIC, calledFields, settleUpstreamHost } from '../upstream-host.ts';
import { passedHeaders, securityHeaders } from './headers.ts';
import { POMERIUM } from './options.ts';
import { type Allowance, type Policy, pathOfPrefix, readPolicy } from './policy.ts';

/** Tables whose keys are an operator's own. */
const LEAVES =
  /(?:^|\.)(?:policy|set_request_headers|set_response_headers|jwt_claims_headers|allowed_idp_claims|idp_request_params|runtime_flags|redirect|response|rewrite_response_headers|identity_providers|mcp|upstream_tunnel|health_checks|outlier_detection|circuit_breaker_thresholds)$/;

export function convertPomerium(inputs: readonly Input[], wishes: Wishes): Draft {
  const settings = Object.assign({}, ...inputs.flatMap(parseYaml).map(tableOf)) as Table;
  const routes = [...routesOf(settings['routes']), ...routesOf(settings['policy'])];
  const { routes: _, policy: __, ...global } = settings;
  const ledger = createLedger(
    POMERIUM,
    new Map([
      ...flattenKeys(global, (name) => LEAVES.test(name)),
      ...flattenKeys({ routes }, (name) => LEAVES.test(name)),
    ]),
  );
  ledger.settle(...READ.map((name) => `routes.${name}`));
  const http = routes.filter((route) => isHttp(route, ledger));
  const { host, named, others, isOurs } = chooseHost(
    http.map(({ from }) => textOf(from)),
    wishes.host,
  );
  const ours = sortRoutes(
    preferNarrow(
      http.filter(({ from }) => isOurs(textOf(from))),
      host,
    ),
  );
  const timeout = durationOf(ledger.take('default_upstream_timeout'));
  const main = ours
    .toReversed()
    .map(({ to }) => parseAddress(targetsOf(to)[0])?.url)
    .find((url) => url !== undefined);
  const isOneUpstream = new Set(ours.map(({ to }) => targetsOf(to)[0])).size <= 1;
  const put = [
    ...ours.flatMap((route) => rulesOf(route, { ledger, main: originOf(main), isOneUpstream, timeout, wishes })),
    ...endOf(ours),
  ];
  const { vars, secrets, rules } = settleSettings(ledger, wishes, { host, rules: put, upstream: originOf(main) });
  const called = settleUpstreamHost(rules, 'preserve_host_header, host_rewrite', ledger);
  return {
    vars: { ...vars, ...called.vars, ...durations(ledger), ...passedHeaders(ledger), ...securityHeaders(ledger) },
    rules: called.rules,
    secrets,
    notes: ledger.close(),
    host: named,
    otherHosts: others,
  };
}

const READ = [
  'from',
  'to',
  'path',
  'prefix',
  'regex',
  'regex_priority_order',
  'prefix_rewrite',
  'preserve_host_header',
  'host_rewrite',
  'policy',
  'timeout',
  'sub_policies',
  'sub_policies.rego',
  'redirect',
  'response',
  'regex_rewrite_pattern',
  'regex_rewrite_substitution',
  'host_path_regex_rewrite_pattern',
  'host_path_regex_rewrite_substitution',
  ...['', 'sub_policies.'].flatMap((of) =>
    [
      'allowed_users',
      'allowed_domains',
      'allowed_groups',
      'allowed_idp_claims',
      'allow_public_unauthenticated_access',
      'allow_any_authenticated_user',
    ].map((name) => of + name),
  ),
];

const originOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).origin);

/** In the variable POLICY a text in Base64. */
function routesOf(value: unknown): readonly Table[] {
  if (typeof value !== 'string') return listOf(value).map(tableOf);
  const parsed = parseYaml({ name: 'policy', text: decodeBase64(value) ?? value });
  if (parsed.some((each) => typeof each === 'string'))
    throw new CommandError('routes: found a text that holds no list; wanted a list of routes, or one in Base64');
  return parsed.flatMap(routesOf);
}

function decodeBase64(value: string): string | undefined {
  try {
    return atob(value.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
}

function isHttp({ from }: Table, ledger: Ledger): boolean {
  const text = textOf(from) ?? '';
  const isAddress = URL.canParse(text.replaceAll('*', 'any'));
  if (isAddress && /^https?:\/\//.test(text)) return true;
  if (!isAddress)
    ledger.note('lost', `route ${text}`, 'its `from` is no address: write it anew, as https://app.example.com');
  else ledger.note('lost', `route ${text}`, 'only web applications stand behind this gateway, no TCP, UDP or SSH');
  return false;
}

/** As Pomerium sorts them: paths, expressions, prefixes, each from the end of the alphabet, so that the longer stands first. */
function sortRoutes(routes: readonly Table[]): readonly Table[] {
  const key = (route: Table, name: string) => textOf(route[name]) ?? '';
  const priority = (route: Table) => Number(textOf(route['regex_priority_order']) ?? Number.NEGATIVE_INFINITY);
  const down = (a: string, b: string) => (a > b ? -1 : Number(a < b));
  return routes.toSorted(
    (a, b) =>
      down(key(a, 'path'), key(b, 'path')) ||
      (priority(a) === priority(b) ? 0 : priority(b) - priority(a)) ||
      down(key(a, 'regex'), key(b, 'regex')) ||
      down(key(a, 'prefix'), key(b, 'prefix')),
  );
}

/** Where a host is named as it is, routes for hosts with a `*` are none of its; else those of the longest name count. */
function preferNarrow(routes: readonly Table[], host: string | undefined): readonly Table[] {
  const narrowness = ({ from }: Table) => {
    const name = nameOf(textOf(from)) ?? '';
    return name === host ? Number.POSITIVE_INFINITY : name.length;
  };
  const most = Math.max(...routes.map(narrowness));
  return routes.filter((route) => narrowness(route) === most);
}

/** What no route has is 404 there. */
const endOf = (routes: readonly Table[]): readonly Rule[] =>
  routes.some((route) => isForAll(route)) ? [] : [{ path: EVERYWHERE, fields: CLOSED, why: 'no route has this path' }];

const isForAll = (route: Table): boolean =>
  ['path', 'regex'].every((name) => textOf(route[name]) === undefined) &&
  ['/', undefined].includes(textOf(route['prefix']));

interface Around {
  readonly ledger: Ledger;
  readonly main: string | undefined;
  /** All routes of the site lead to one. */
  readonly isOneUpstream: boolean;
  readonly timeout: number | undefined;
  readonly wishes: Wishes;
}

function rulesOf(route: Table, around: Around): readonly Rule[] {
  const { ledger, wishes } = around;
  const about = `route ${textOf(route['from'])}${textOf(route['regex']) ?? textOf(route['path']) ?? textOf(route['prefix']) ?? ''}`;
  const matched = matchOf(route, about, ledger);
  const goesTo = forwarding(route, about, around);
  if (goesTo === undefined) return matched.around.map((path) => ({ path, fields: CLOSED, why: about }));
  const allowed = accessOf(readPolicy(route), about, ledger, wishes.role);
  const forwarded = goesTo.rules.map((rule) => ({ ...rule, why: rule.why ?? about }));
  const inner = matched.within.flatMap((path) => multiply([{ path, fields: {} }], multiply(allowed, forwarded)));
  // Below it, it would reach the same application by a rule that asks for as much or more.
  const isOpenToAll = around.isOneUpstream && allowed.every(({ fields }) => fields['access'] === 'public');
  // What may be meant by an expression and is not surely: closed, since a rule below could open it.
  const outer =
    matched.isExact || isOpenToAll
      ? []
      : matched.around.map((path) => ({ path, fields: CLOSED, why: `${about}, as far as no path tells it` }));
  return [...inner, ...outer];
}

interface Match {
  readonly within: readonly string[];
  readonly around: readonly string[];
  readonly isExact: boolean;
}

function matchOf(route: Table, about: string, ledger: Ledger): Match {
  const [regex, path, prefix = '/'] = [textOf(route['regex']), textOf(route['path']), textOf(route['prefix'])];
  if (regex !== undefined) {
    const paths = pathsOfRegex(regex, { isWhole: true });
    if (!paths.isExact)
      ledger.note(
        'closed',
        about,
        `only ${paths.within.join(', ') || 'nothing'} is surely meant by the expression; the rest of ${paths.around.join(', ')} is closed`,
      );
    return paths;
  }
  const written = path ?? pathOfPrefix(prefix);
  if (!(judgePath(written) instanceof Wanted) && !(path ?? '').includes('*'))
    return { within: [written], around: [written], isExact: true };
  ledger.note('closed', about, 'no rule can have this path: all is closed until it is mended');
  return { within: [], around: [EVERYWHERE], isExact: false };
}

const targetsOf = (to: unknown): readonly string[] => textsOf(to).map((each) => each.replace(/,\d+$/, ''));

/** `undefined`: it leads nowhere that a rule can lead. */
function forwarding(
  route: Table,
  about: string,
  { ledger, main, timeout }: Around,
): { readonly rules: readonly Rule[] } | undefined {
  const refuse = (why: string) => {
    ledger.note('closed', about, why);
    return undefined;
  };
  if (route['redirect'] !== undefined || route['response'] !== undefined)
    return refuse('redirects and fixed answers are not given: Cloudflare’s redirect rules do that');
  if (route['regex_rewrite_pattern'] !== undefined || route['host_path_regex_rewrite_pattern'] !== undefined)
    return refuse('a path can’t be rewritten by an expression');
  const targets = targetsOf(route['to']);
  const address = parseAddress(targets[0]);
  if (address === undefined) return refuse('it names no application with http or https');
  if (targets.length > 1)
    ledger.note('changed', about, 'one upstream, the first of several: a load balancer stands in front of them');
  if (address.hadCredentials) ledger.note('lost', about, 'the credentials in its address');
  const own = durationOf(route['timeout']) ?? timeout;
  const { origin } = new URL(address.url);
  const rewrite = textOf(route['prefix_rewrite']) ?? (address.path === '/' ? undefined : address.path);
  const prefix = textOf(route['prefix']) ?? '/';
  const basic: Fields = {
    ...(origin !== main && { upstream: origin }),
    ...(own !== undefined && { timeout: own }),
    ...calledBy(route, about, ledger),
  };
  if (rewrite === undefined || rewrite === prefix) return { rules: [{ path: EVERYWHERE, fields: basic }] };
  const base = rewrite.replace(/\/+$/, '');
  const upstream = `${origin}${base}`;
  if (
    textOf(route['regex']) !== undefined ||
    textOf(route['path']) !== undefined ||
    parseAddress(upstream)?.url !== upstream
  )
    return refuse('only a whole prefix can be taken for another');
  if (prefix === '/') return { rules: [{ path: EVERYWHERE, fields: { ...basic, upstream } }] };
  const cut = prefix.replace(/\/+$/, '');
  return {
    rules: [
      {
        path: `${cut}/*`,
        fields: { ...basic, ...((base !== '' || origin !== main) && { upstream }), strip_prefix: true },
      },
      { path: EVERYWHERE, fields: CLOSED, why: `${about}, where the prefix ends within a segment` },
    ],
  };
}

/** `host_rewrite` goes before the visitor's. */
function calledBy(route: Table, about: string, ledger: Ledger): Fields {
  const written = textOf(route['host_rewrite']);
  if (written === undefined) return flagOf(route['preserve_host_header']) === true ? AS_PUBLIC : {};
  return calledFields(written, { host: nameOf(textOf(route['from'])), about, ledger });
}

/** First what is open, then what methods and paths decide, then everything else. */
function accessOf(
  { allowances, demands, refusedMethods }: Policy,
  about: string,
  ledger: Ledger,
  role: string | undefined,
): readonly Rule[] {
  const isDemanding = demands.length !== 1 || demands[0]?.length !== 0;
  const said = allowances.map((each) => ({ ...each, who: each.who === 'public' && isDemanding ? [] : each.who }));
  const general = said.filter(({ terms }) => terms.methods === undefined && terms.paths === undefined);
  const special = said
    .filter((each) => !general.includes(each))
    .toSorted((a, b) => Number(b.who === 'public') - Number(a.who === 'public'));
  const refused: readonly Rule[] =
    refusedMethods.length > 0 ? [{ path: EVERYWHERE, methods: refusedMethods, fields: CLOSED }] : [];
  const rules = special.flatMap((each) => {
    const fields = fieldsOf([each, ...general], { demands, about, ledger, role });
    return (each.terms.paths ?? [EVERYWHERE]).map((path) => ({ path, methods: each.terms.methods, fields }));
  });
  return [...refused, ...rules, { path: EVERYWHERE, fields: fieldsOf(general, { demands, about, ledger, role }) }];
}

interface Besides {
  readonly demands: Policy['demands'];
  readonly about: string;
  readonly ledger: Ledger;
  readonly role: string | undefined;
}

function fieldsOf(allowances: readonly Allowance[], { demands, about, ledger, role }: Besides): Fields {
  if (allowances.some(({ who }) => who === 'public')) return { access: 'public' };
  const condition = allowances.flatMap(({ who }) =>
    who === 'public' ? [] : demands.map((demand) => [...who, ...demand]),
  );
  const { fields, lost } = sayCondition(condition, role);
  if (lost.length > 0)
    ledger.note(
      'closed',
      about,
      `${lost.join('; or ')} can’t be asked for by a rule: ${isClosed(fields) ? 'nobody passes' : 'who came in by that needs what the rule asks for'}. Write roles = […], or import again with --role NAME`,
    );
  else if (allowances.length === 0)
    ledger.note('closed', about, 'it has no policy that lets anybody pass, and Pomerium lets nobody pass then');
  return fields;
}

function settleSettings(
  ledger: Ledger,
  wishes: Wishes,
  known: { readonly host: string | undefined; readonly rules: readonly Rule[]; readonly upstream: string | undefined },
) {
  const provider = textOf(ledger.take('idp_provider'));
  const issuer = textOf(ledger.take('idp_provider_url'));
  const secret = ['idp_client_secret', 'idp_client_secret_file'].find((name) => ledger.take(name) !== undefined);
  const authenticate = hostOf(textOf(ledger.take('authenticate_service_url')));
  if (authenticate !== undefined && authenticate !== known.host)
    ledger.note(
      'changed',
      'authenticate_service_url',
      'each site signs in under its own address: register its callback at ZITADEL (npx postern setup does)',
    );
  ledger.settle('cookie_secret', 'cookie_secret_file', 'shared_secret', 'shared_secret_file');
  return settle(
    {
      issuer: provider === 'oidc' ? issuer : undefined,
      clientId: textOf(ledger.take('idp_client_id')),
      clientSecret: secret,
      host: known.host,
      upstream: known.upstream,
    },
    wishes,
    known.rules,
    ledger,
  );
}

function durations(ledger: Ledger): Readonly<Record<string, number>> {
  const most = durationOf(ledger.take('cookie_expire'));
  if (most === undefined) return {};
  return { SESSION_MAX_DURATION: most, ...(most < 3600 && { SESSION_DURATION: most }) };
}
