// The policies of a Cloudflare Access application as a condition. Bypass stands first, then what is blocked, then who is let in.
// Cloudflare API: access/apps, access/policies; the Terraform provider has the same in another form.

import { isTable } from '../../../src/config/values.ts';
import { both, type Clause, type Condition, lost } from '../conditions.ts';
import { listOf, type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';

export interface Admission {
  /** Everybody, without a sign-in. */
  readonly isPublic: boolean;
  readonly condition: Condition;
  /** Programs come with a token of their own. */
  readonly hasServiceTokens: boolean;
  /** What could not be told and was left out, so that fewer pass. */
  readonly left: readonly string[];
}

interface Selector {
  readonly kind: string;
  readonly value: unknown;
}

export function readPolicies(policies: readonly Table[]): Admission {
  const sorted = policies.toSorted((a, b) => Number(a['precedence'] ?? 0) - Number(b['precedence'] ?? 0));
  const decided = (decision: string) =>
    sorted.filter((policy) => textOf(policy['decision'])?.toLowerCase() === decision);
  const bypasses = decided('bypass');
  const isPublic = bypasses.some(isForEveryone);
  const denials = decided('deny');
  const closing = denials.some((policy) => selectorsOf(policy['include']).length > 0);
  const allowed = decided('allow').flatMap(readAllow);
  // Nobody can be told apart by what a rule may not deny.
  const condition = closing ? both(allowed, [[lost('not blocked by a policy')]]) : allowed;
  return {
    isPublic: isPublic && !closing,
    condition,
    hasServiceTokens: [...decided('non_identity'), ...decided('service_auth')].length > 0,
    left: bypasses.length > 0 && !isPublic ? bypasses.map((policy) => textOf(policy['name']) ?? 'bypass') : [],
  };
}

function isForEveryone(policy: Table): boolean {
  const { include, require, exclude } = policy;
  return (
    selectorsOf(include).some(({ kind }) => kind === 'everyone') &&
    selectorsOf(require).length + selectorsOf(exclude).length === 0
  );
}

function readAllow(policy: Table): Condition {
  const { include, require, exclude } = policy;
  const included: Condition = selectorsOf(include).map((each) => clauseOf(each));
  const required = selectorsOf(require).reduce<Condition>((sum, each) => both(sum, [clauseOf(each)]), [[]]);
  const excluded = selectorsOf(exclude);
  const besides: Clause = [
    ...(excluded.length > 0
      ? [lost(`none of those that are excluded (${excluded.map(({ kind }) => kind).join(', ')})`)]
      : []),
    ...(policy['approval_required'] === true ? [lost('an approval')] : []),
    ...(policy['isolation_required'] === true ? [lost('an isolated browser')] : []),
    ...(demandsSecondFactor(policy) ? [{ kind: 'amr', values: ['mfa'] } as const] : []),
  ];
  return both(both(included, required), [besides]);
}

/** Of a policy or of an application. */
export function demandsSecondFactor(settings: Table): boolean {
  const [config] = listOf(settings['mfa_config']).map(tableOf);
  return (
    config !== undefined && config['mfa_disabled'] !== true && textsOf(config['allowed_authenticators']).length > 0
  );
}

/** `[{ email: { email: … } }]` of the API, `[{ email: […], everyone: true }]` of older Terraform. */
function selectorsOf(list: unknown): readonly Selector[] {
  return listOf(list).flatMap((each) =>
    Object.entries(tableOf(each))
      .filter(
        ([, value]) =>
          value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0),
      )
      .map(([kind, value]) => ({ kind, value })),
  );
}

/** The one text of a selector, or all of its list. */
function valuesOf(value: unknown, key: string): readonly string[] {
  return listOf(value).flatMap((each) => textsOf(isTable(each) ? each[key] : each));
}

function clauseOf({ kind, value }: Selector): Clause {
  switch (kind) {
    case 'everyone':
      return [];
    case 'email':
      return claim('email', valuesOf(value, 'email'));
    case 'group':
      return roles(valuesOf(value, 'id'));
    case 'gsuite':
      return roles(valuesOf(value, 'email'));
    case 'okta':
    case 'azure':
    case 'azureAD':
    case 'azure_ad':
    case 'saml':
    case 'oidc':
      return ofProvider(kind, value);
    case 'auth_method':
      return valuesOf(value, 'auth_method').includes('mfa')
        ? [{ kind: 'amr', values: ['mfa'] }]
        : [lost('auth_method')];
    case 'email_domain':
      return [lost(`an address at ${valuesOf(value, 'domain').join(', ')}`)];
    default:
      return [lost(kind)];
  }
}

const claim = (name: string, values: readonly string[]): Clause =>
  values.length === 0 ? [lost(name)] : [{ kind: 'claim', name, values }];
const roles = (values: readonly string[]): Clause =>
  values.length === 0 ? [lost('a group')] : [{ kind: 'roles', values }];

function ofProvider(kind: string, value: unknown): Clause {
  const all = listOf(value).map(tableOf);
  if (kind === 'okta') return roles(all.flatMap((each) => textsOf(each['name'])));
  if (/^azure/i.test(kind)) return roles(all.flatMap((each) => textsOf(each['id'])));
  const [first = {}, ...more] = all;
  const name = textOf(first['claim_name'] ?? first['attribute_name']);
  const values = textsOf(first['claim_value'] ?? first['attribute_value']);
  if (name === undefined || more.length > 0) return [lost(kind)];
  return /^(?:groups?|roles?)$/.test(name) ? roles(values) : claim(name, values);
}
