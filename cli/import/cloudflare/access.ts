// Applications and policies of Cloudflare Access out of what its API answers, or out of a Terraform state, wherever they stand in it.

import { isTable } from '../../../src/config/values.ts';
import { listOf, type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';

export interface Application {
  readonly settings: Table;
  readonly name: string;
  /** `app.example.com/admin` */
  readonly domains: readonly string[];
  readonly policies: readonly Table[];
  /** Policies that are named by an id and are not in the files. */
  readonly missing: number;
}

const APPLICATION = /^cloudflare_(?:zero_trust_)?access_application$/;
const POLICY = /^cloudflare_(?:zero_trust_)?access_policy$/;

interface Collected {
  readonly applications: Table[];
  readonly policies: Table[];
}

export function readAccess(trees: readonly unknown[]): readonly Application[] {
  const collected: Collected = { applications: [], policies: [] };
  for (const tree of trees) visit(tree, collected);
  return collected.applications.map((settings) => toApplication(settings, collected.policies));
}

export const isAccess = (tree: unknown): boolean => readAccess([tree]).length > 0;

function visit(value: unknown, collected: Collected): void {
  if (Array.isArray(value)) for (const each of value) visit(each, collected);
  if (!isTable(value)) return;
  const { type, instances, values } = value;
  if (typeof type === 'string' && /^cloudflare_/.test(type)) {
    const found = [
      ...listOf(instances).map((each) => tableOf(tableOf(each)['attributes'])),
      ...(isTable(values) ? [values] : []),
    ];
    if (APPLICATION.test(type)) collected.applications.push(...found);
    if (POLICY.test(type)) collected.policies.push(...found);
    return;
  }
  if (isApplication(value)) collected.applications.push(value);
  else if (textOf(value['decision']) !== undefined && value['include'] !== undefined) collected.policies.push(value);
  else for (const inner of Object.values(value)) visit(inner, collected);
}

const isApplication = (table: Table): boolean =>
  ['domain', 'self_hosted_domains', 'destinations'].some((key) => table[key] !== undefined) &&
  ['policies', 'session_duration', 'aud', 'app_launcher_visible', 'allowed_idps', 'auto_redirect_to_identity'].some(
    (key) => table[key] !== undefined,
  );

function toApplication(settings: Table, all: readonly Table[]): Application {
  const id = textOf(settings['id'] ?? settings['uid']);
  const listed = listOf(settings['policies']);
  const found = listed.flatMap((each, index) => {
    if (isTable(each) && (each['include'] ?? null) !== null) return [{ precedence: index + 1, ...each }];
    const wanted = textOf(isTable(each) ? each['id'] : each);
    const policy = all.find((other) => textOf(other['id']) === wanted);
    return policy === undefined ? [] : [{ ...policy, precedence: index + 1 }];
  });
  const own = all.filter((policy) => id !== undefined && textOf(policy['application_id']) === id);
  return {
    settings,
    name: textOf(settings['name']) ?? 'an application',
    domains: domainsOf(settings),
    policies: [...found, ...own],
    missing: listed.length - found.length,
  };
}

function domainsOf(settings: Table): readonly string[] {
  const destinations = listOf(settings['destinations'])
    .map(tableOf)
    .filter((each) => (textOf(each['type']) ?? 'public') === 'public');
  const all = [
    ...destinations.flatMap((each) => textsOf(each['uri'])),
    ...textsOf(settings['self_hosted_domains']),
    ...textsOf(settings['domain']),
  ];
  return [...new Set(all.map((each) => each.replace(/^https?:\/\//i, '')))];
}
