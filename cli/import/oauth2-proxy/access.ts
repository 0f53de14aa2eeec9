// Who passes oauth2-proxy: paths without a sign-in, then whoever has a good address and one of the groups.
// oauth2-proxy: skip-auth-route, email-domain, allowed-group; expressions match any part of a path.

import { ANYBODY, both, type Condition, lost, sayCondition } from '../conditions.ts';
import type { Reader, Wishes } from '../draft.ts';
import { flagOf, type Table, tableOf, textsOf } from '../formats/structured.ts';
import type { Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { EVERYWHERE, type Rule } from '../paths/rules.ts';
import { listFrom } from './lists.ts';

const PUBLIC = { access: 'public' } as const;

export interface Asked {
  readonly ledger: Ledger;
  /** Of the alpha configuration. */
  readonly provider: Table;
  readonly wishes: Wishes;
  readonly reader: Reader;
  /** There is no other file that could say which addresses are good. */
  readonly isAlphaAlone: boolean;
}

export function accessRules({ ledger, provider, wishes, reader, isAlphaAlone }: Asked): readonly Rule[] {
  const condition = both(whoByAddress(ledger, reader, isAlphaAlone), whoByGroup(ledger, provider));
  const { fields, lost: missing } = sayCondition(condition, wishes.role);
  if (missing.length > 0) {
    const instead =
      fields['access'] === 'deny'
        ? 'nobody passes until a rule says who: write roles = […], or import again with --role NAME'
        : 'who came in by that needs what the rule asks for';
    ledger.note(
      'closed',
      'everything behind the sign-in',
      `${missing.join('; or ')} can’t be asked for by a rule: ${instead}`,
    );
  }
  const signedIn: Rule = {
    path: EVERYWHERE,
    fields,
    ...(missing.length > 0 && { why: `was: ${missing.join('; or ')}` }),
  };
  return [...openRules(ledger, signedIn), signedIn];
}

function whoByAddress(ledger: Ledger, reader: Reader, isAlphaAlone: boolean): Condition {
  const domains = listFrom(ledger.take('email-domain'));
  const file = textsOf(ledger.take('authenticated-emails-file'))[0];
  if (domains.includes('*')) return ANYBODY;
  const addresses = file === undefined ? undefined : readAddresses(reader.readNamed(file));
  if (file !== undefined && addresses === undefined)
    ledger.note('closed', 'authenticated-emails-file', 'the file can’t be read here: import again where it can be');
  if (domains.length === 0 && file === undefined) {
    if (isAlphaAlone) {
      ledger.note(
        'todo',
        'email-domain',
        'stands in another file than this: import both, or whoever can sign in at ZITADEL passes',
      );
      return ANYBODY;
    }
    return [[lost('an address as email-domain or authenticated-emails-file say, which these files do not name')]];
  }
  return [
    ...(addresses && addresses.length > 0 ? [[{ kind: 'claim', name: 'email', values: addresses } as const]] : []),
    ...domains.map((domain) => [lost(`an address at ${domain}`)]),
    ...(file !== undefined && addresses === undefined ? [[lost(`an address of authenticated-emails-file`)]] : []),
  ];
}

function readAddresses(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Groups of other providers become roles of the same name; what else they ask for can't be asked at ZITADEL. */
const GROUPS = ['allowed-group', 'allowed-role', 'keycloak-group', 'gitlab-group', 'google-group'];
const ALPHA_GROUPS = [
  'allowedGroups',
  'keycloakConfig.groups',
  'keycloakConfig.roles',
  'gitlabConfig.group',
  'googleConfig.group',
];
const DEMANDS =
  'github-org github-team github-repo github-user gitlab-project bitbucket-team bitbucket-repository azure-tenant entra-id-allowed-tenant'.split(
    ' ',
  );
const ALPHA_DEMANDS =
  'githubConfig.org githubConfig.team githubConfig.repo githubConfig.users gitlabConfig.projects bitbucketConfig.team bitbucketConfig.repository azureConfig.tenant microsoftEntraIDConfig.allowedTenants'.split(
    ' ',
  );

function whoByGroup(ledger: Ledger, provider: Table): Condition {
  const alpha = (name: string) =>
    textsOf(name.split('.').reduce<unknown>((value, key) => tableOf(value)[key], provider));
  ledger.settle(...[...ALPHA_GROUPS, ...ALPHA_DEMANDS].map((name) => `providers.${name}`));
  const groups = [...GROUPS.flatMap((name) => listFrom(ledger.take(name))), ...ALPHA_GROUPS.flatMap(alpha)];
  const demands = [
    ...DEMANDS.filter((name) => listFrom(ledger.take(name)).length > 0),
    ...ALPHA_DEMANDS.filter((name) => alpha(name).length > 0),
  ];
  const roles = [...new Set(groups.map((group) => group.replace(/^role:/, '')))];
  const clause = [
    ...(roles.length > 0 ? [{ kind: 'roles', values: roles } as const] : []),
    ...demands.map((name) => lost(`${name}, which the old provider knew`)),
  ];
  return [clause];
}

/** What is open to everybody. Only paths that surely match are opened; the others need a sign-in, and it is said. */
function openRules(ledger: Ledger, signedIn: Rule): readonly Rule[] {
  const rules: Rule[] = [];
  const denials: Rule[] = [];
  if (flagOf(ledger.take('skip-auth-preflight')) === true)
    rules.push({ path: EVERYWHERE, methods: ['OPTIONS'], fields: PUBLIC, why: 'skip-auth-preflight' });
  for (const pattern of listFrom(ledger.take('skip-auth-regex'))) rules.push(...openPaths(ledger, pattern, undefined));
  const all = listFrom(ledger.take('skip-auth-route')).map(splitRoute);
  for (const { pattern, method, isNegated } of all) {
    if (!isNegated) rules.push(...openPaths(ledger, pattern, method));
  }
  const negated = all.filter(({ isNegated }) => isNegated);
  // What several leave out together can't be told; a single one's is all that is around it.
  const [only, ...more] = negated;
  if (only !== undefined && more.length === 0) denials.push(...openAround(ledger, only, signedIn));
  else if (only !== undefined)
    ledger.note('closed', 'skip-auth-route', 'several with != are not carried over: what they open needs a sign-in');
  return [...rules, ...denials];
}

interface SkippedRoute {
  readonly pattern: string;
  readonly method: string | undefined;
  readonly isNegated: boolean;
}

function splitRoute(text: string): SkippedRoute {
  const found = /^(.*?)(!?)=([\s\S]*)$/.exec(text);
  if (!found) return { pattern: text, method: undefined, isNegated: false };
  const [, method = '', , pattern = ''] = found;
  return { pattern, method: method.trim().toUpperCase() || undefined, isNegated: text.includes('!=') };
}

const isMethod = (method: string | undefined): boolean =>
  method === undefined || (/^[A-Z]+$/.test(method) && !/^(?:TRACE|CONNECT)$/.test(method));

function openPaths(ledger: Ledger, pattern: string, method: string | undefined): readonly Rule[] {
  const about = `skip-auth-route ${method === undefined ? '' : `${method}=`}${pattern}`;
  if (!isMethod(method)) {
    ledger.note('closed', about, 'a method of this name is none that is passed on: it stays behind the sign-in');
    return [];
  }
  const { within, isNarrow } = pathsOfRegex(pattern);
  if (isNarrow) {
    const which =
      within.length === 0
        ? 'no path of a rule stands for it: it stays behind the sign-in'
        : `only ${within.join(', ')} are open; what else it matches needs a sign-in`;
    ledger.note('closed', about, `${which}. Write further rules with access = "public" where you need them`);
  }
  return within.map((path) => ({
    path,
    methods: method === undefined ? undefined : [method],
    fields: PUBLIC,
    why: about,
  }));
}

function openAround(ledger: Ledger, { pattern, method }: SkippedRoute, signedIn: Rule): readonly Rule[] {
  const { around, isExact } = pathsOfRegex(pattern);
  const about = `skip-auth-route ${method ?? ''}!=${pattern}`;
  if (!isMethod(method) || around.includes(EVERYWHERE)) {
    ledger.note('closed', about, 'not carried over: what it opens stays behind the sign-in');
    return [];
  }
  if (!isExact) ledger.note('closed', about, `all of ${around.join(', ')} needs a sign-in`);
  const methods = method === undefined ? undefined : [method];
  const kept = around.map((path) => ({ ...signedIn, path, methods }));
  return [...kept, { path: EVERYWHERE, methods, fields: PUBLIC, why: about }];
}
