// Secrets that routes name for their own upstreams: which there are, and whether each is there, strong, and nobody else's.
// ARCHITECTURE §1 `upstream_secret`. No answer here repeats a secret.

import { safeParse } from 'valibot';
import { BINDINGS } from './bindings.ts';
import type { Judged } from './consistency.ts';
import { type ConfigIssue, describeSecret, placeOfRoute, placeOfSite } from './issues.ts';
import type { Route, UpstreamTarget } from './schema.ts';
import { WANTED_SHARED } from './secrets.ts';
import { VARIABLES } from './variables.ts';

export type NamedSecrets = Readonly<Record<string, readonly string[]>>;

/** Searched for in the text: even when a rule is wrong, its secret must not be reported as an unknown variable. */
export function secretNamesIn(...lists: readonly unknown[]): readonly string[] {
  const text = lists.map((each) => (typeof each === 'string' ? each : (JSON.stringify(each) ?? ''))).join();
  const names = [...text.matchAll(/"upstream_secret"\s*:\s*"([A-Za-z_]\w*)"/g)].map(([, name]) => name ?? '');
  return [...new Set(names)].filter((name) => !isTaken(name));
}

/** Adds what is wrong to `issues`. */
export function readNamedSecrets(judged: Judged, issues: ConfigIssue[]): NamedSecrets {
  const { env, parsed, problem, warn } = judged;
  const found: Record<string, readonly string[]> = {};
  const users = new Map<string, string>();
  for (const { name, upstream, variable, place } of namesIn(parsed)) {
    if (isTaken(name)) {
      const wanted = 'the name of a secret of its own, which is none of the gateway’s variables and bindings';
      problem(variable, wanted, place, name);
      continue;
    }
    const first = users.get(name);
    users.set(name, upstream.origin);
    if (first === undefined) found[name] = readSecret(name, variable + place, judged, issues);
    else if (first !== upstream.origin)
      warn(`${name} is the secret of several upstreams: each learns that of the others`);
  }
  for (const list of ['ROUTES', 'SITES'] as const) {
    if (parsed[list] !== undefined) continue;
    for (const name of secretNamesIn(env[list]))
      if (!Object.hasOwn(found, name)) readSecret(name, list, judged, issues);
  }
  warnOfTwins(found, warn);
  return found;
}

interface NamedSecret {
  readonly name: string;
  readonly upstream: UpstreamTarget;
  /** Where it is named. */
  readonly variable: 'ROUTES' | 'SITES';
  readonly place: string;
}

/** Every secret that a rule or a site names for an upstream of its own. */
function namesIn({ ROUTES = [], SITES = [] }: Judged['parsed']): readonly NamedSecret[] {
  const pick = (
    { upstream_secret: name, upstream }: Partial<Pick<Route, 'upstream' | 'upstream_secret'>>,
    at: Pick<NamedSecret, 'variable' | 'place'>,
  ): readonly NamedSecret[] => (name === undefined || upstream === undefined ? [] : [{ name, upstream, ...at }]);
  const ofRoutes = (routes: readonly Route[], variable: 'ROUTES' | 'SITES', before = '') =>
    routes.flatMap((route, i) => pick(route, { variable, place: before + placeOfRoute(i, 'upstream_secret') }));
  return [
    ...ofRoutes(ROUTES, 'ROUTES'),
    ...SITES.flatMap((site, i) => [
      ...pick(site, { variable: 'SITES', place: placeOfSite(i, 'upstream_secret') }),
      ...ofRoutes(site.routes ?? [], 'SITES', placeOfSite(i, 'routes')),
    ]),
  ];
}

/** One value under two names is one secret. */
function warnOfTwins(found: NamedSecrets, warn: Judged['warn']): void {
  const names = new Map<string, string>();
  for (const [name, secrets] of Object.entries(found)) {
    for (const secret of secrets) {
      const first = names.get(secret) ?? name;
      if (first !== name) warn(`${first} and ${name} have one value: each upstream learns the other’s secret`);
      names.set(secret, first);
    }
  }
}

/** `namedAt`: which variable names it, with the place in it where that is known. */
function readSecret(name: string, namedAt: string, { env, parsed }: Judged, issues: ConfigIssue[]): readonly string[] {
  const example = `${name}=the output of \`openssl rand -hex 32\``;
  const refuse = (found: unknown, wanted: string) =>
    issues.push({ variable: name, found: describeSecret(found), wanted, example });
  if (env[name] === undefined) {
    refuse(undefined, `the secret that is named in ${namedAt}: ${WANTED_SHARED}`);
    return [];
  }
  const { output, success, issues: problems = [] } = safeParse(VARIABLES.UPSTREAM_SECRET.schema, env[name]);
  for (const { input, message } of problems) refuse(input, message);
  const secrets = success ? (output ?? []) : [];
  const { SESSION_SECRET = [], UPSTREAM_SECRET = [], OPERATOR_SECRET = '' } = parsed;
  const own = [...SESSION_SECRET, ...UPSTREAM_SECRET, OPERATOR_SECRET];
  if (secrets.some((secret) => own.includes(secret))) {
    refuse(env[name], 'a secret of its own: one of the gateway’s has this value, and whoever gets it could use that');
  }
  return secrets;
}

const isTaken = (name: string): boolean => Object.hasOwn(VARIABLES, name) || Object.hasOwn(BINDINGS, name);
